"""WhatsApp's names for a person lead to one customer, whatever is known first and whoever writes at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier

import pytest
import sqlalchemy as sa

from rapport.consent import ledger
from rapport.customers import identity
from rapport.db.conversation import Conversation, Inbox
from rapport.db.customers import Customer, Identity
from rapport.vocabulary import ConsentState

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
LATER = NOW + timedelta(days=1)
PHONE, OTHER_PHONE = "12025550101", "12025550102"
BSUID, OTHER_BSUID = "US.1001", "US.1002"


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


def meet(session, phone=None, bsuid=None, now=NOW, profile_name=None):
    return identity.find_or_create(
        session, bsuid=bsuid, phone=phone, profile_name=profile_name, now=now
    )


def known(session, business_id, phone, at=NOW, verified=True):
    """A customer the business told us about."""
    customer_id = meet(session, phone=phone, now=at)
    session.execute(
        sa.update(Customer)
        .where(Customer.id == customer_id)
        .values(business_id=business_id, is_verified=verified)
    )
    return customer_id


def change(session, at=LATER, **which):
    nothing = {"old_phone": None, "new_phone": None, "old_bsuid": None, "new_bsuid": None}
    return identity.change(session, **{**nothing, **which}, at=at, now=at)


def customers(session):
    return session.execute(sa.select(sa.func.count()).select_from(Customer)).scalar()


def history(session, customer_id, kind="phone"):
    rows = session.execute(
        sa.select(Identity.value, Identity.valid_from, Identity.valid_until)
        .where(Identity.customer_id == customer_id, Identity.kind == kind)
        .order_by(Identity.valid_from)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    "spelled, canonical",
    [
        pytest.param("5215512345678", "525512345678", id="Mexico with the mobile 1"),
        pytest.param("525512345678", "525512345678", id="Mexico without"),
        pytest.param("551187654321", "5511987654321", id="Brazil without the ninth digit"),
        pytest.param("5511987654321", "5511987654321", id="Brazil with it"),
        pytest.param("551133334444", "551133334444", id="Brazilian landline"),
        pytest.param("+1 202-555-0101", "12025550101", id="punctuation"),
        pytest.param("4915112345678", "4915112345678", id="anywhere else"),
    ],
)
def test_both_spellings_of_a_number_meet(spelled, canonical):
    assert identity.canonical_phone(spelled) == canonical


@pytest.mark.parametrize(
    "first, second",
    [
        ({"phone": PHONE}, {"phone": PHONE}),
        ({"bsuid": BSUID}, {"bsuid": BSUID}),
        ({"phone": PHONE}, {"phone": PHONE, "bsuid": BSUID}),
        ({"bsuid": BSUID}, {"phone": PHONE, "bsuid": BSUID}),
        ({"phone": PHONE, "bsuid": BSUID}, {"phone": PHONE}),
        ({"phone": PHONE, "bsuid": BSUID}, {"bsuid": BSUID}),
        ({"phone": "5215512345678"}, {"phone": "525512345678"}),
    ],
)
def test_the_same_person_is_one_customer(session, first, second):
    assert meet(session, **first) == meet(session, **second)
    assert customers(session) == 1


def test_a_sender_without_any_name_is_refused(session):
    with pytest.raises(ValueError, match="phone number"):
        meet(session)


def test_a_stranger_is_not_found_and_not_made_by_looking(session):
    assert identity.find(session, phone=PHONE, bsuid=BSUID) is None
    assert customers(session) == 0


def test_the_other_name_is_learned(session):
    customer_id = meet(session, phone=PHONE)
    meet(session, phone=PHONE, bsuid=BSUID)
    assert identity.address_of(session, customer_id) == (PHONE, BSUID)
    assert identity.find(session, bsuid=BSUID) == customer_id


def test_messages_go_to_the_spelling_whatsapp_uses(session):
    customer_id = meet(session, phone="525512345678")
    meet(session, phone="5215512345678")
    assert identity.address_of(session, customer_id) == ("5215512345678", None)


def test_the_profile_name_follows_the_profile(session):
    customer_id = meet(session, phone=PHONE, profile_name="Mara")
    meet(session, phone=PHONE, profile_name="Mara O.")
    meet(session, phone=PHONE)
    name = session.execute(sa.select(Customer.profile_name).where(Customer.id == customer_id))
    assert name.scalar() == "Mara O."


def test_a_changed_number_keeps_the_customer_and_its_history(session):
    customer_id = meet(session, phone=PHONE)
    assert change(session, old_phone=PHONE, new_phone=OTHER_PHONE) == customer_id
    assert identity.find(session, phone=OTHER_PHONE) == customer_id
    assert identity.find(session, phone=PHONE) is None
    assert history(session, customer_id) == [(PHONE, NOW, LATER), (OTHER_PHONE, LATER, None)]


def test_a_changed_user_id_keeps_the_customer(session):
    customer_id = meet(session, bsuid=BSUID, phone=PHONE)
    assert change(session, old_bsuid=BSUID, new_bsuid=OTHER_BSUID) == customer_id
    assert identity.address_of(session, customer_id) == (PHONE, OTHER_BSUID)


def test_a_repeated_change_does_nothing_even_when_the_old_number_has_a_new_owner(session):
    customer_id = meet(session, phone=PHONE)
    change(session, old_phone=PHONE, new_phone=OTHER_PHONE)
    newcomer = meet(session, phone=PHONE, now=LATER + timedelta(days=1))
    assert change(session, old_phone=PHONE, new_phone=OTHER_PHONE) == customer_id
    assert identity.find(session, phone=PHONE) == newcomer
    assert identity.find(session, phone=OTHER_PHONE) == customer_id


def test_a_change_of_somebody_unknown_makes_nobody(session):
    assert change(session, old_phone=PHONE, new_phone=OTHER_PHONE) is None
    assert customers(session) == 0


def test_a_change_reported_within_the_second_of_the_first_message_counts(session):
    customer_id = meet(session, phone=PHONE, now=NOW + timedelta(milliseconds=700))
    assert change(session, at=NOW, old_phone=PHONE, new_phone=OTHER_PHONE) == customer_id
    assert identity.address_of(session, customer_id) == (OTHER_PHONE, None)


def test_the_customer_known_to_the_business_keeps_the_number_of_a_stranger(session):
    customer_id = known(session, "C-1", PHONE)
    stranger = meet(session, phone=OTHER_PHONE)
    assert change(session, old_phone=PHONE, new_phone=OTHER_PHONE) == customer_id
    assert identity.find(session, phone=OTHER_PHONE) == customer_id
    assert session.get(Customer, stranger) is None


def test_a_stranger_who_changes_to_a_known_customers_number_is_that_customer(session):
    customer_id = known(session, "C-1", PHONE)
    meet(session, phone=OTHER_PHONE)
    assert change(session, old_phone=OTHER_PHONE, new_phone=PHONE) == customer_id
    assert customers(session) == 1


def test_between_two_known_customers_the_newer_statement_counts(session):
    first = known(session, "C-1", PHONE)
    second = known(session, "C-2", OTHER_PHONE)
    assert change(session, old_phone=PHONE, new_phone=OTHER_PHONE) == first
    assert identity.find(session, phone=OTHER_PHONE) == first
    assert identity.address_of(session, second) == (None, None)


def test_a_person_met_under_both_names_apart_becomes_one_with_all_they_said(session):
    by_name = meet(session, bsuid=BSUID)
    _write(session, by_name, "wamid.1")
    ledger.record(
        session,
        customer_id=by_name,
        topic="offers",
        state=ConsentState.OUT,
        method="message",
        origin="wamid.1",
        at=NOW,
        now=NOW,
    )
    customer_id = known(session, "C-1", PHONE)
    assert meet(session, bsuid=BSUID, phone=PHONE) == customer_id
    messages = session.execute(sa.select(Inbox.customer_id)).scalars().all()
    window = session.get(Conversation, customer_id).last_inbound_at
    assert (messages, window) == ([customer_id], NOW)
    assert ledger.states(session, customer_id, NOW)["offers"] is ConsentState.OUT
    assert customers(session) == 1


def _write(session, customer_id, wamid):
    session.add(Conversation(customer_id=customer_id, last_inbound_at=NOW))
    session.add(
        Inbox(
            wamid=wamid,
            customer_id=customer_id,
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


def test_a_number_with_a_new_user_id_out_of_the_blue_hears_no_account_figures(session):
    customer_id = known(session, "C-1", PHONE)
    meet(session, phone=PHONE, bsuid=BSUID)
    assert _is_verified(session, customer_id)
    meet(session, phone=PHONE, bsuid=OTHER_BSUID, now=LATER)
    assert not _is_verified(session, customer_id)
    assert history(session, customer_id, "bsuid")[0] == (BSUID, NOW, LATER)


def test_a_number_change_that_meta_announced_keeps_the_trust(session):
    customer_id = known(session, "C-1", PHONE)
    meet(session, phone=PHONE, bsuid=BSUID)
    change(session, old_phone=PHONE, new_phone=OTHER_PHONE)
    assert meet(session, phone=OTHER_PHONE, bsuid=OTHER_BSUID, now=LATER) == customer_id
    assert _is_verified(session, customer_id)


def _is_verified(session, customer_id):
    return session.execute(
        sa.select(Customer.is_verified).where(Customer.id == customer_id)
    ).scalar()


def test_a_stranger_who_writes_many_times_at_once_becomes_one_customer(sessions):
    writers = 8
    together = Barrier(writers)

    def write(number):
        together.wait()
        with sessions.begin() as session:
            return meet(session, phone=PHONE, bsuid=BSUID if number % 2 else None)

    with ThreadPoolExecutor(writers) as pool:
        met = list(pool.map(write, range(writers)))
    with sessions.begin() as session:
        assert len(set(met)) == 1
        assert customers(session) == 1
        assert identity.address_of(session, met[0]) == (PHONE, BSUID)
