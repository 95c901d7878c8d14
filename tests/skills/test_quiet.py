"""A pause has an end, a cadence is said back, and every message of ours can be explained."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from rapport.consent import cadence, ledger
from rapport.db.conversation import Inbox, Outbox
from rapport.vocabulary import ConsentState
from tests.model import Chat
from tests.skills.conftest import NOW, World

IN, OUT, PAUSED = ConsentState.IN, ConsentState.OUT, ConsentState.PAUSED


def agree(world: World, *topics: str) -> None:
    for topic in topics:
        world.tell("consent.granted", topic=topic, method="checkout", days=-100)


def states(chat: Chat, at: datetime = NOW) -> dict[str, ConsentState]:
    with chat.sessions() as session:
        return ledger.states(session, chat.customer_id, at)


def until(chat: Chat) -> datetime | None:
    with chat.sessions() as session:
        return ledger.paused_until(session, chat.customer_id, NOW)


def wish(chat: Chat) -> tuple[int, int] | None:
    with chat.sessions() as session:
        return cadence.of(session, chat.customer_id)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("pause the offers for two weeks", NOW + timedelta(days=14)),
        ("not this month please", datetime(2026, 11, 30, 23, 0, tzinfo=timezone.utc)),
    ],
)
def test_a_pause_ends_by_itself(world: World, text: str, end: datetime) -> None:
    agree(world, "offers", "order_updates")
    chat = world.chat()
    said = chat.say(text)
    assert "no offers for now. The pause ends" in said
    assert until(chat) == end
    assert (states(chat)["offers"], states(chat)["order_updates"]) == (PAUSED, IN)
    assert states(chat, end + timedelta(seconds=1))["offers"] is IN


def test_a_pause_without_an_end_is_held_and_asked_about(world: World) -> None:
    agree(world, "offers")
    chat = world.chat()
    said = chat.say("pause the offers please")
    assert [b["title"] for b in said.buttons] == ["One week", "One month", "Until I say so"]
    assert (states(chat)["offers"], until(chat)) == (PAUSED, None)
    chat.now += timedelta(minutes=1)
    chat.tap("One week")
    assert until(chat) == chat.now + timedelta(days=7)
    chat.now += timedelta(minutes=1)
    chat.say("no, two weeks")
    assert until(chat) == chat.now + timedelta(days=14)


@pytest.mark.parametrize("text", ["no", "never mind"])
def test_a_pause_that_was_not_meant_leaves_the_proof_as_it_was(world: World, text: str) -> None:
    agree(world, "offers")
    chat = world.chat()
    chat.say("pause the offers please")
    chat.say(text)
    assert states(chat)["offers"] is IN
    assert "since Saturday, 15 August (at checkout)" in chat.say("what am i signed up to")


def test_nothing_to_pause_is_said(world: World) -> None:
    assert "nothing to pause" in world.chat().say("pause the offers for two weeks")


@pytest.mark.parametrize(
    ("text", "expected", "said_back"),
    [
        ("once a week is plenty", (1, 7), "At most one message a week"),
        ("twice a month at most", (2, 30), "At most 2 messages a month"),
        ("one message every two weeks please", (1, 14), "At most one message every two weeks"),
    ],
)
def test_a_cadence_is_kept_and_said_back(
    world: World, text: str, expected: tuple[int, int], said_back: str
) -> None:
    chat = world.chat()
    assert said_back in chat.say(text)
    assert wish(chat) == expected


def test_fewer_without_a_number_asks(world: World) -> None:
    chat = world.chat()
    said = chat.say("fewer messages please")
    assert [b["title"] for b in said.buttons] == ["One a week", "One a month", "Leave it as it is"]
    assert wish(chat) is None
    chat.tap("One a month")
    assert wish(chat) == (1, 30)
    assert "nothing changes" in chat.send('/fewer_messages{"days": "0"}')


def test_subscriptions_tell_of_pause_and_cadence(world: World) -> None:
    agree(world, "offers", "order_updates")
    chat = world.chat()
    chat.say("pause the offers for two weeks")
    chat.say("once a week is plenty")
    said = chat.say("what am i signed up to")
    assert "On pause: offers; the pause ends on Monday, 7 December." in said
    assert "You asked for at most one message a week." in said


def sent(world: World, chat: Chat, topic: str | None, because: Any = None, **row: Any) -> None:
    """A message that we wrote by ourselves a day ago."""
    values = {
        "customer_id": chat.customer_id,
        "ordinal": 0,
        "origin": "outreach",
        "type": "template",
        "payload": {"name": "news"},
        "topic": topic,
        "because": because,
        "state": "accepted",
        "due_at": NOW,
        "created_at": NOW - timedelta(days=1),
        **row,
    }
    with world.sessions.begin() as session:
        session.add(Outbox(**values))


PRICE = {"type": "product.price_changed", "time": "2026-11-22T08:00:00Z", "about": "Rain jacket"}


def test_why_names_topic_consent_and_news(world: World) -> None:
    agree(world, "wishlist")
    chat = world.chat()
    sent(world, chat, "wishlist", PRICE)
    said = chat.say("why did you send me this")
    assert "It was a message about wish-list news, sent yesterday." in said
    assert "You agreed to wish-list news on Saturday, 15 August (at checkout)." in said
    assert "the price of Rain jacket changed yesterday" in said
    chat.now += timedelta(minutes=1)
    chat.tap("Stop these")
    assert states(chat)["wishlist"] is OUT


def test_the_message_that_is_quoted_is_the_one_that_is_meant(world: World) -> None:
    agree(world, "wishlist", "offers")
    chat = world.chat()
    sent(world, chat, "wishlist", PRICE, wamid="wamid.old", turn_id=1)
    sent(world, chat, "offers", turn_id=2)
    assert "about offers" in chat.say("why did you send me this")
    with world.sessions.begin() as session:
        session.add(
            Inbox(
                wamid=f"wamid.{id(chat)}.{chat.turns + 1}",
                customer_id=chat.customer_id,
                type="text",
                text="why this",
                context_wamid="wamid.old",
                payload={},
                sent_at=NOW,
                received_at=NOW,
                state="pending",
                due_at=NOW,
            )
        )
    assert "about wish-list news" in chat.say("why did you send me this")


def test_a_message_of_another_topic_that_was_never_sent_is_not_made_up(world: World) -> None:
    chat = world.chat()
    sent(world, chat, "offers")
    chat.say("why did you send me this")
    assert "can't find a message of mine about order updates" in chat.say("no, the order update")


def test_without_a_consent_on_file_it_is_said_plainly(world: World) -> None:
    chat = world.chat()
    sent(world, chat, "offers")
    assert "can't find your consent to offers on file" in chat.say("why did you send me this")


def test_when_we_only_answered_that_is_said(world: World) -> None:
    agree(world, "offers")
    chat = world.chat()
    sent(world, chat, None)
    said = chat.say("why did you send me this")
    assert "I've only answered what you wrote" in said
    assert "offers, since" in chat.tap("My messages")
