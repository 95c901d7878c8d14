"""A conversation that is a person's: the assistant keeps quiet until it is given back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rapport import clock
from rapport.conversation import handover
from rapport.customers import identity
from rapport.db import session
from tests.service import Service, text_of

LONG = "5 hours"
"""Longer than Rasa's session (domain.yml, 60 minutes), shorter than WhatsApp's window."""


@pytest.fixture
def sessions(service: Service) -> Iterator[Any]:
    engine = session.engine_for(service.database_url)
    yield session.sessions_for(engine)
    engine.dispose()


@pytest.fixture
def with_a_person(service: Service, guest: str) -> str:
    """Somebody who asked for a person and was told that one takes over."""
    assert "colleague" in text_of(service.ask(guest, "let me talk to someone real"))
    return guest


def test_who_asked_for_a_person_is_not_answered_by_the_assistant(service, with_a_person):
    wamids = [service.write(with_a_person, text) for text in ("hello?", "where is my order")]
    wamids.append(service.write(with_a_person, type="image"))
    assert [state_of(service, wamid) for wamid in wamids] == ["noted"] * 3
    assert len(service.replies_to(with_a_person)) == 1


def test_what_is_noted_keeps_its_words_for_the_person(service, with_a_person):
    wamid = service.write(with_a_person, "the lamp is broken, can somebody call me")
    state_of(service, wamid)
    kept = service.database("SELECT text, turn_id, attempts FROM inbox WHERE wamid = %s", wamid)
    assert kept == [("the lamp is broken, can somebody call me", None, 0)]


def test_nobody_seems_to_be_typing_while_the_assistant_keeps_quiet(service, with_a_person):
    wamid = service.write(with_a_person, "hello?")
    state_of(service, wamid)
    kinds = {entry["kind"] for entry in service.twin_log() if entry.get("wamid") == wamid}
    assert "received" in kinds and "typing" not in kinds


def test_a_new_session_of_rasas_does_not_end_it(service, sessions, with_a_person):
    customer_id = customer_of(sessions, with_a_person)
    long_ago(service, customer_id)
    wamid = service.write(with_a_person, "is anybody there")
    assert state_of(service, wamid) == "noted"
    give_back(sessions, customer_id)
    service.ask(with_a_person, "hello")
    assert sessions_of_rasas(service, customer_id) == 2, "the session had not expired at all"
    assert len(service.replies_to(with_a_person)) == 2


def test_the_assistant_answers_again_once_the_conversation_is_given_back(
    service, sessions, with_a_person
):
    quiet = service.write(with_a_person, "are you still there")
    assert state_of(service, quiet) == "noted"
    give_back(sessions, customer_of(sessions, with_a_person))
    reply = service.ask(with_a_person, "are you a bot")
    assert "automated" in text_of(reply)
    assert state_of(service, quiet) == "noted", "what a person has seen is not answered late"
    assert len(service.replies_to(with_a_person)) == 2


def test_a_stop_is_obeyed_while_a_person_has_the_conversation(service, sessions, with_a_person):
    wamid = service.write(with_a_person, "STOP")
    assert state_of(service, wamid) == "noted"
    withdrawn = service.database(
        "SELECT topic, state FROM consent WHERE customer_id = %s ORDER BY topic",
        customer_of(sessions, with_a_person),
    )
    assert withdrawn == [("offers", "out"), ("wishlist", "out")]


def test_one_customers_person_does_not_silence_the_assistant_for_others(service, with_a_person):
    other = f"{int(with_a_person) + 1}"
    assert text_of(service.ask(other, "hello"))


def state_of(service: Service, wamid: str) -> str:
    """What became of a message, waited for."""
    rows = service.database(
        "SELECT state FROM inbox WHERE wamid = %s AND state <> 'pending'", wamid, rows=1
    )
    return str(rows[0][0])


def customer_of(sessions: Any, phone: str) -> int:
    with sessions.begin() as reading:
        found = identity.find(reading, phone=phone)
    assert found is not None
    return int(found)


def give_back(sessions: Any, customer_id: int) -> None:
    with sessions.begin() as writing:
        handover.to_bot(writing, customer_id, clock.utc_now())


def long_ago(service: Service, customer_id: int) -> None:
    """Let hours pass over what is on file."""
    service.database(
        f"""UPDATE tracker_event SET timestamp = timestamp - extract(epoch FROM interval '{LONG}'),
            data = jsonb_set(data, '{{timestamp}}', to_jsonb(
                (data->>'timestamp')::float8 - extract(epoch FROM interval '{LONG}')))
            WHERE sender_id = %s RETURNING 1""",
        str(customer_id),
    )
    service.database(
        f"""UPDATE conversation SET last_inbound_at = last_inbound_at - interval '{LONG}',
            handover_at = handover_at - interval '{LONG}' WHERE customer_id = %s RETURNING 1""",
        customer_id,
    )


def sessions_of_rasas(service: Service, customer_id: int) -> int:
    rows = service.database(
        "SELECT 1 FROM tracker_event WHERE sender_id = %s AND type_name = 'session_started'",
        str(customer_id),
    )
    return len(rows)
