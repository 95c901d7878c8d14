"""Consent is what was said last, by the clock of who said it; the ledger keeps every word."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from itertools import permutations

import pytest
import sqlalchemy as sa

from rapport.consent import ledger
from rapport.db.customers import Customer
from rapport.vocabulary import TOPICS, ConsentState

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
IN, OUT, PAUSED, UNKNOWN = (
    ConsentState.IN,
    ConsentState.OUT,
    ConsentState.PAUSED,
    ConsentState.UNKNOWN,
)


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


@pytest.fixture
def customer_id(session):
    return new_customer(session)


def new_customer(session):
    new = sa.insert(Customer).values(created_at=NOW).returning(Customer.id)
    return session.execute(new).scalar_one()


def say(session, customer_id, state, day, *, topic="offers", origin=None, until=None):
    return ledger.record(
        session,
        customer_id=customer_id,
        topic=topic,
        state=state,
        method="web_form",
        origin=origin or f"event:{customer_id}:{state.value}:{day}",
        at=NOW + timedelta(days=day),
        now=NOW,
        until=NOW + timedelta(days=until) if until is not None else None,
    )


def offers(session, customer_id, day=100):
    return ledger.states(session, customer_id, NOW + timedelta(days=day))["offers"]


def test_nobody_is_subscribed_by_default(session, customer_id):
    assert ledger.states(session, customer_id, NOW) == dict.fromkeys(TOPICS, UNKNOWN)


@pytest.mark.parametrize(
    "said, expected",
    [
        pytest.param([(IN, 1)], IN, id="granted"),
        pytest.param([(IN, 1), (OUT, 2)], OUT, id="withdrawn later"),
        pytest.param([(OUT, 1), (IN, 2)], IN, id="granted anew"),
        pytest.param([(IN, 1), (OUT, 1)], OUT, id="at the same instant no means no"),
        pytest.param([(IN, 1), (PAUSED, 2)], PAUSED, id="paused without an end"),
        pytest.param([(PAUSED, 2)], UNKNOWN, id="a pause of nothing is nothing"),
        pytest.param([(OUT, 1), (PAUSED, 2)], OUT, id="a pause does not soften a withdrawal"),
        pytest.param([(IN, 1), (PAUSED, 2), (OUT, 3)], OUT, id="withdrawn while paused"),
        pytest.param([(IN, 1), (PAUSED, 2), (IN, 3)], IN, id="resumed"),
    ],
)
def test_the_newest_word_counts_in_whatever_order_it_arrives(session, said, expected):
    for arrival in permutations(said):
        customer_id = new_customer(session)
        for state, day in arrival:
            say(session, customer_id, state, day)
        assert offers(session, customer_id) is expected, arrival


def test_a_pause_that_is_over_is_consent_again(session, customer_id):
    say(session, customer_id, IN, 1)
    say(session, customer_id, PAUSED, 2, until=30)
    assert offers(session, customer_id, day=29) is PAUSED
    assert offers(session, customer_id, day=30) is IN


def test_a_pause_of_everything_brings_nothing_new_when_it_ends(session, customer_id):
    say(session, customer_id, IN, 1, topic="wishlist")
    say(session, customer_id, OUT, 1, topic="offers")
    say(session, customer_id, PAUSED, 2, topic="*", until=30)
    after = ledger.states(session, customer_id, NOW + timedelta(days=31))
    expected = {**dict.fromkeys(TOPICS, UNKNOWN), "wishlist": IN, "offers": OUT}
    assert after == expected


def test_the_star_means_every_topic(session, customer_id):
    say(session, customer_id, IN, 1, topic="offers")
    say(session, customer_id, OUT, 2, topic="*")
    assert ledger.states(session, customer_id, NOW) == dict.fromkeys(TOPICS, OUT)


def test_a_repeated_delivery_is_recorded_once(session, customer_id):
    assert say(session, customer_id, IN, 1, origin="event:1")
    assert not say(session, customer_id, IN, 1, origin="event:1")
    assert len(ledger.history(session, customer_id)) == 1


def test_one_message_can_speak_of_two_topics(session, customer_id):
    assert say(session, customer_id, OUT, 1, topic="offers", origin="wamid.1")
    assert say(session, customer_id, OUT, 1, topic="wishlist", origin="wamid.1")


def test_the_ledger_keeps_every_word_and_its_proof(session, customer_id):
    ledger.record(
        session,
        customer_id=customer_id,
        topic="offers",
        state=IN,
        method="checkout",
        origin="event:7",
        at=NOW,
        now=NOW,
        wording="Send me offers on WhatsApp",
        evidence="form 12",
    )
    say(session, customer_id, OUT, 1)
    granted, withdrawn = ledger.history(session, customer_id)
    assert (granted.state, granted.method) == (IN, "checkout")
    assert (granted.wording, granted.evidence) == ("Send me offers on WhatsApp", "form 12")
    assert withdrawn.state is OUT


@pytest.mark.parametrize(
    "mistake",
    [{"topic": "horoscope"}, {"method": ""}, {"state": UNKNOWN}],
    ids=["unknown topic", "no method", "no statement"],
)
def test_what_proves_nothing_is_refused(session, customer_id, mistake):
    statement = {"topic": "offers", "method": "paper", "state": IN, **mistake}
    with pytest.raises(ValueError, match=r"topic|method|statement"):
        ledger.record(
            session, customer_id=customer_id, origin="event:1", at=NOW, now=NOW, **statement
        )
    assert ledger.history(session, customer_id) == []


def test_statements_at_the_same_time_do_not_overlook_each_other(sessions):
    """The older one waits for the newer one, and must not then write what it read before."""
    with sessions.begin() as session:
        customer_id = new_customer(session)
    newer = sessions()
    say(newer, customer_id, OUT, 2)
    with ThreadPoolExecutor(1) as pool:
        older = pool.submit(_say_alone, sessions, customer_id)
        _wait_until_somebody_waits(sessions)
        newer.commit()
        assert older.result()
    with sessions.begin() as session:
        assert offers(session, customer_id) is OUT
    newer.close()


def _say_alone(sessions, customer_id):
    with sessions.begin() as session:
        return say(session, customer_id, IN, 1)


def _wait_until_somebody_waits(sessions):
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        with sessions.begin() as session:
            if session.execute(waiting).scalar():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
