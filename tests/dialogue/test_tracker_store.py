"""Rasa's conversations in our tables: appended once, replayed cheaply, lost never."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from rapport import clock
from rapport.conversation import inbox
from rapport.customers import identity
from rapport.db.conversation import Conversation, TrackerEvent
from rapport.db.customers import Order
from rapport.dialogue import tracker_store, turn
from rapport.dialogue.tracker_store import PostgresTrackerStore

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  order_id: {type: text, mappings: [{type: custom}]}
actions: [utter_greet]
responses:
  utter_greet: [{text: Hello}]
"""
)


@pytest.fixture
def store():
    return PostgresTrackerStore(DOMAIN)


@pytest.fixture
def customer_id(sessions):
    with sessions.begin() as session:
        found = identity.find_or_create(
            session, bsuid=None, phone="15550100001", profile_name=None, now=clock.utc_now()
        )
        session.add(Conversation(customer_id=found))
    return found


def in_turn(sessions, customer_id, work):
    """Run one turn's work on the tracker store, committed at the end."""
    with sessions.begin() as session:
        running = turn.Turn(session, customer_id, clock.utc_now(), "wamid.1")
        with turn.running(running):
            return asyncio.run(work())


def exchange(text):
    return [
        UserUttered(text, {"name": "greet"}),
        ActionExecuted("utter_greet"),
        BotUttered("Hello"),
        ActionExecuted("action_listen"),
    ]


async def add(store, customer_id, events):
    tracker = await store.get_or_create_tracker(str(customer_id))
    for event in events:
        tracker.update(event, DOMAIN)
    await store.save(tracker)
    return tracker


def test_a_conversation_comes_back_as_it_was_saved(store, sessions, customer_id):
    events = [SessionStarted(), ActionExecuted("action_listen"), *exchange("hi")]
    in_turn(sessions, customer_id, lambda: add(store, customer_id, events))
    tracker = in_turn(sessions, customer_id, lambda: store.retrieve(str(customer_id)))
    assert [type(event) for event in tracker.events] == [type(event) for event in events]
    assert tracker.latest_message.text == "hi"


def test_each_event_is_appended_once(store, sessions, customer_id):
    for text in ("one", "two", "three"):
        in_turn(sessions, customer_id, lambda t=text: add(store, customer_id, exchange(t)))
    with sessions.begin() as session:
        seqs = list(session.scalars(sa.select(TrackerEvent.seq).order_by(TrackerEvent.seq)))
    assert seqs == list(range(1, 14))  # the first listen, and four events an exchange


def test_only_the_present_session_is_replayed(store, sessions, customer_id):
    in_turn(sessions, customer_id, lambda: add(store, customer_id, exchange("yesterday")))
    start = [SessionStarted(), ActionExecuted("action_listen"), *exchange("today")]
    in_turn(sessions, customer_id, lambda: add(store, customer_id, start))
    tracker = in_turn(sessions, customer_id, lambda: store.retrieve(str(customer_id)))
    texts = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    assert texts == ["today"]


def test_a_long_conversation_stays_cheap_and_keeps_its_slots(store, sessions, customer_id):
    first = [SessionStarted(), ActionExecuted("action_listen"), SlotSet("order_id", "A7041")]
    in_turn(sessions, customer_id, lambda: add(store, customer_id, first))
    replayed = []
    for number in range(150):
        talk = exchange(str(number))
        tracker = in_turn(sessions, customer_id, lambda t=talk: add(store, customer_id, t))
        replayed.append(len(tracker.events))
    assert max(replayed) <= tracker_store.REPLAY_AT_MOST + 10
    assert tracker.get_slot("order_id") == "A7041"
    with sessions.begin() as session:
        kept = session.scalar(sa.select(sa.func.count()).select_from(TrackerEvent))
    assert kept == 3 + 1 + 150 * 4


def test_a_paused_process_that_wakes_up_late_loses_cleanly(store, sessions, customer_id):
    in_turn(sessions, customer_id, lambda: add(store, customer_id, exchange("hi")))
    stale = in_turn(sessions, customer_id, lambda: store.retrieve(str(customer_id)))
    in_turn(sessions, customer_id, lambda: add(store, customer_id, exchange("faster")))
    for event in exchange("late"):
        stale.update(event, DOMAIN)
    with pytest.raises(sa.exc.IntegrityError):
        in_turn(sessions, customer_id, lambda: store.save(stale))


def test_one_customer_has_one_turn_at_a_time(sessions, customer_id):
    with sessions.begin() as one, sessions.begin() as other:
        assert inbox.lock(one, customer_id)
        assert not inbox.lock(other, customer_id)
    with sessions.begin() as later:
        assert inbox.lock(later, customer_id)


def test_ones_own_order_number_stays_readable_an_account_number_does_not(
    store, sessions, customer_id
):
    now = clock.utc_now()
    with sessions.begin() as session:
        session.add(
            Order(
                order_id="1000123456",
                customer_id=customer_id,
                status="placed",
                status_at=now,
                news={},
            )
        )

    async def work():
        tracker = store.init_tracker(str(customer_id))
        for text in ("1000123456", "my account is 2000123456"):
            tracker.update(
                UserUttered(text, entities=[{"entity": "order_id", "value": text[-10:]}])
            )
        await store.save(tracker)

    in_turn(sessions, customer_id, work)
    with sessions() as session:
        kept = list(session.scalars(sa.select(TrackerEvent.data).order_by(TrackerEvent.seq)))
    assert [data["text"] for data in kept] == ["1000123456", "my account is ••••3456"]
    assert [data["parse_data"]["entities"][0]["value"] for data in kept] == [
        "1000123456",
        "••••3456",
    ]
