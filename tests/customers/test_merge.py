"""Two rows that turn out to be one person become one, and nothing that was said is lost."""

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from rapport.consent import ledger
from rapport.customers import identity
from rapport.db.conversation import Conversation, Inbox, TrackerEvent
from rapport.db.customers import Customer, WishlistItem
from rapport.vocabulary import ConsentState

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
EARLIER = NOW - timedelta(hours=5)
PHONE, BSUID = "12025550101", "US.1001"


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


@pytest.fixture
def stranger(session):
    """Somebody who wrote under a user name, an hour ago."""
    return identity.find_or_create(session, bsuid=BSUID, phone=None, profile_name="m", now=NOW)


@pytest.fixture
def customer(session):
    """Somebody the business knows by their number."""
    customer_id = identity.find_or_create(
        session, bsuid=None, phone=PHONE, profile_name=None, now=NOW
    )
    session.execute(sa.update(Customer).where(Customer.id == customer_id).values(business_id="C-1"))
    return customer_id


def meet_as_one(session):
    return identity.find_or_create(session, bsuid=BSUID, phone=PHONE, profile_name="m", now=NOW)


def converse(session, customer_id, at, words):
    session.add(Conversation(customer_id=customer_id, last_inbound_at=at, base_seq=len(words)))
    for seq, word in enumerate(words):
        session.add(
            TrackerEvent(
                sender_id=str(customer_id), seq=seq, type_name="user", timestamp=0, data={"t": word}
            )
        )
    session.flush()


def dialogue(session, customer_id):
    query = sa.select(TrackerEvent.data).where(TrackerEvent.sender_id == str(customer_id))
    return [data["t"] for data in session.execute(query.order_by(TrackerEvent.seq)).scalars()]


def window(session, customer_id):
    query = sa.select(Conversation.last_inbound_at).where(Conversation.customer_id == customer_id)
    return session.execute(query).scalar()


def test_the_only_dialogue_there_is_goes_on(session, stranger, customer):
    converse(session, stranger, EARLIER, ["hello", "where is it"])
    assert meet_as_one(session) == customer
    assert dialogue(session, customer) == ["hello", "where is it"]
    assert window(session, customer) == EARLIER


def test_of_two_dialogues_the_known_customers_goes_on_with_the_later_window(
    session, stranger, customer
):
    converse(session, customer, EARLIER, ["my bill?"])
    converse(session, stranger, NOW, ["hello"])
    assert meet_as_one(session) == customer
    assert dialogue(session, customer) == ["my bill?"]
    assert dialogue(session, stranger) == []
    assert window(session, customer) == NOW


def test_a_conversation_without_a_dialogue_yields_to_one_with(session, stranger, customer):
    converse(session, customer, NOW, [])
    converse(session, stranger, EARLIER, ["hello"])
    meet_as_one(session)
    assert dialogue(session, customer) == ["hello"]
    assert window(session, customer) == NOW


def test_what_both_have_is_kept_once(session, stranger, customer):
    for customer_id, is_listed in ((stranger, False), (customer, True)):
        session.add(
            WishlistItem(
                customer_id=customer_id, product_id="lamp", is_listed=is_listed, changed_at=NOW
            )
        )
    session.add(
        WishlistItem(customer_id=stranger, product_id="tent", is_listed=True, changed_at=NOW)
    )
    session.flush()
    meet_as_one(session)
    kept = session.execute(sa.select(WishlistItem.product_id, WishlistItem.is_listed))
    assert sorted(tuple(row) for row in kept) == [("lamp", True), ("tent", True)]


def test_consent_is_read_off_what_both_said(session, stranger, customer):
    for customer_id, state, day in (
        (customer, ConsentState.IN, 1),
        (stranger, ConsentState.OUT, 2),
    ):
        ledger.record(
            session,
            customer_id=customer_id,
            topic="offers",
            state=state,
            method="message",
            origin=f"wamid.{day}",
            at=EARLIER + timedelta(minutes=day),
            now=NOW,
        )
    meet_as_one(session)
    assert ledger.states(session, customer, NOW)["offers"] is ConsentState.OUT
    assert [entry.state.value for entry in ledger.history(session, customer)] == ["in", "out"]


def test_a_waiting_message_still_has_somebody_to_answer(session, stranger, customer):
    session.add(
        Inbox(
            wamid="wamid.1",
            customer_id=stranger,
            type="text",
            text="hello",
            payload={},
            sent_at=NOW,
            received_at=NOW,
            state="pending",
            due_at=NOW,
        )
    )
    session.flush()
    meet_as_one(session)
    assert session.execute(sa.select(Inbox.customer_id)).scalar() == customer
    assert identity.address_of(session, customer) == (PHONE, BSUID)
