"""A webhook with many messages is written as if each had come alone, and costs hardly more than one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.conversation import inbox
from rapport.customers import identity, senders
from rapport.db.customers import Customer
from rapport.vocabulary import CustomerId
from rapport.whatsapp import webhook
from rapport.whatsapp.webhook import Sender
from tests.conftest import EMPTY, execute
from tests.model import trained_guard

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
PHONES = ("525512345678", "5215512345678", "12025550101")
USER_IDS = ("US.1001", "US.1002")


@pytest.fixture(scope="module", autouse=True)
def trained() -> None:
    trained_guard()


def message(number: int, text: str = "hello", **who: Any) -> dict[str, Any]:
    """A text as Meta sends it; `phone`, `user_id` and `profile` name the sender."""
    found = {"from": who.get("phone"), "from_user_id": who.get("user_id")}
    return {
        **{key: value for key, value in found.items() if value},
        "id": f"wamid.{number}",
        "timestamp": str(int((NOW - timedelta(seconds=who.get("seconds_ago", 0))).timestamp())),
        "type": "text",
        "text": {"body": text},
        "profile": who.get("profile"),
    }


def record(session: Any, messages: list[dict[str, Any]]) -> inbox.Recorded:
    return inbox.record(session, webhook.parse(json.dumps(body(messages)).encode()), NOW)


def body(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """One change a message, since a change has one profile name per sender."""
    values = [
        {
            "metadata": {"phone_number_id": "1"},
            "contacts": [
                {
                    "profile": {"name": one["profile"]} if one["profile"] else {},
                    **({"wa_id": one["from"]} if "from" in one else {}),
                    **({"user_id": one["from_user_id"]} if "from_user_id" in one else {}),
                }
            ],
            "messages": [{key: value for key, value in one.items() if key != "profile"}],
        }
        for one in messages
    ]
    changes = [{"field": "messages", "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


people = st.fixed_dictionaries(
    {"phone": st.sampled_from(PHONES) | st.none(), "user_id": st.sampled_from(USER_IDS) | st.none()}
).filter(lambda who: who["phone"] or who["user_id"])
messages = st.builds(
    lambda number, text, who, profile, ago: message(
        number, text, profile=profile, seconds_ago=ago, **who
    ),
    st.integers(1, 12),
    st.sampled_from(["hello", "STOP", "stop all", " "]),
    people,
    st.sampled_from([None, "Mara", "Mara O."]),
    st.integers(0, 90),
)

SEEN = {
    "names": "SELECT kind, value, address, valid_until IS NULL, c.business_id, c.profile_name, "
    "c.is_verified FROM identity JOIN customer c ON c.id = customer_id ORDER BY 1, 2, 3, 4, 5, 6",
    "inbox": "SELECT wamid, text, sent_at, state, intent, (SELECT array_agg(value ORDER BY value) "
    "FROM identity i WHERE i.customer_id = inbox.customer_id), c.business_id FROM inbox "
    "JOIN customer c ON c.id = customer_id ORDER BY inbox.id",
    "windows": "SELECT last_inbound_at, phone_number_id, (SELECT array_agg(value ORDER BY value) "
    "FROM identity i WHERE i.customer_id = conversation.customer_id) FROM conversation ORDER BY 3, 1",
    "consent": "SELECT evidence, topic, state, at FROM consent_ledger ORDER BY id",
    "customers": "SELECT count(*) FROM customer",
}


def everything(session: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {name: session.execute(sa.text(query)).all() for name, query in SEEN.items()}


@pytest.fixture(scope="module")
def module_sessions(shared_database: str) -> Any:
    from rapport.db import session as db

    execute(shared_database, EMPTY)
    engine = db.engine_for(shared_database)
    yield db.sessions_for(engine)
    engine.dispose()


def outcome(sessions: Any, webhooks: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """What is left behind, beside a customer known to the business by the first of the phones."""
    with sessions() as session:
        names = {"bsuid": None, "phone": PHONES[0], "profile_name": None}
        known = identity.find_or_create(session, **names, now=NOW - timedelta(days=1))
        session.execute(sa.update(Customer).where(Customer.id == known).values(business_id="C-1"))
        told = [record(session, one) for one in webhooks]
        found: dict[str, Any] = everything(session)
        found["new"] = sum(recorded.new for recorded in told)
        found["known"] = sum(recorded.known for recorded in told)
        session.rollback()
    return found


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(messages, min_size=1, max_size=6))
def test_messages_that_come_together_leave_what_they_would_leave_alone(module_sessions, sent):
    with patch.object(senders, "meet", one_alone):
        alone = outcome(module_sessions, [[one] for one in sent])
    assert outcome(module_sessions, [sent]) == alone


def one_alone(session: Any, given: list[Sender], now: datetime) -> list[CustomerId]:
    """The plain way: whoever wrote is looked up, made or learned about by themselves."""
    names = {name: getattr(given[0], name) for name in ("bsuid", "phone", "profile_name")}
    return [identity.find_or_create(session, **names, now=now)]


def test_a_webhook_costs_the_same_number_of_queries_however_many_messages_it_has(sessions, engine):
    queries: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))

    def cost(wave: int, people: range) -> int:
        sent = [message(1000 * wave + n, phone=f"1202555{n:04d}", profile=f"P{n}") for n in people]
        queries.clear()
        with sessions.begin() as session:
            assert record(session, sent).new == len(people)
        return len(queries)

    two, two_hundred = range(2), range(10, 210)
    assert cost(1, two) == cost(2, two_hundred) <= 9  # strangers
    assert cost(3, two) == cost(4, two_hundred) == 3


def test_statuses_that_come_together_are_kept_by_one_statement(sessions, engine):
    queries: list[str] = []
    statuses = [
        {"id": f"wamid.{n}", "status": status, "timestamp": "1763000000", "recipient_id": PHONES[0]}
        for n in range(50)
        for status in ("sent", "delivered", "sent")
    ]
    value = {"metadata": {"phone_number_id": "1"}, "statuses": statuses}
    changes = [{"field": "messages", "value": value}]
    whole = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    events = webhook.parse(json.dumps(whole).encode())
    sa.event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    with sessions.begin() as session:
        inbox.record(session, events, NOW)
    assert len(queries) == 2
    with sessions.begin() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM message_status")) == 100
