"""What a tap, a number or a typed title means: exact intent and entities, kept on our side."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa

from rapport.db.conversation import Outbox

CONTEXTUAL = frozenset({"/affirm", "/deny"})
"""Payloads that mean something only while their question is on the table."""


def payload_of_tap(session: Any, customer_id: int, tap: str) -> str | None:
    """The payload behind the id of a tapped button or row, None for an id we never gave this customer.

    A yes or no to a question that is no longer on the table is `/nlu_fallback`: it must not answer
    the present one.
    """
    match = re.fullmatch(r"(\d{1,18})\.(\d{1,3})\.(\d{1,3})", tap)
    if not match:
        return None
    turn_id, ordinal = int(match[1]), int(match[2])
    choices = session.scalar(
        _offered(customer_id).where(Outbox.turn_id == turn_id, Outbox.ordinal == ordinal)
    )
    payload = next((choice["payload"] for choice in choices or [] if choice["id"] == tap), None)
    if payload in CONTEXTUAL and turn_id != _newest_turn(session, customer_id):
        return "/nlu_fallback"
    return payload


def payload_of_text(session: Any, customer_id: int, text: str) -> str | None:
    """The payload that a typed number or title picks from what the newest turn offered.

    An old question is no longer on the table.
    """
    newest = _newest_turn(session, customer_id)
    choices = session.scalar(
        _offered(customer_id)
        .where(Outbox.turn_id == newest, Outbox.choices.is_not(None))
        .order_by(Outbox.ordinal.desc())
        .limit(1)
    )
    wanted = _plain(text)
    if not choices or not wanted:
        return None
    if wanted.isdecimal() and 0 < int(wanted) <= len(choices):
        return str(choices[int(wanted) - 1]["payload"])
    titles = {_plain(choice["title"]): choice["payload"] for choice in choices}
    return titles.get(wanted)


def is_asked(session: Any, customer_id: int) -> bool:
    """Whether the newest turn put a choice on the table."""
    newest = _newest_turn(session, customer_id)
    offered = _offered(customer_id).where(Outbox.turn_id == newest, Outbox.choices.is_not(None))
    return bool(session.scalar(sa.select(offered.exists())))


def _offered(customer_id: int) -> Any:
    return sa.select(Outbox.choices).where(
        Outbox.customer_id == customer_id, Outbox.origin == "turn"
    )


def _newest_turn(session: Any, customer_id: int) -> int | None:
    newest: int | None = session.scalar(
        sa.select(Outbox.turn_id)
        .where(Outbox.customer_id == customer_id, Outbox.origin == "turn")
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    return newest


def _plain(text: str) -> str:
    """Letters and digits only: a title is typed without its punctuation."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def parse_data(payload: str, text: str) -> dict[str, Any] | None:
    """Rasa's parse of a payload `/intent{"entity": "value"}`, None when it is not one."""
    match = re.fullmatch(r"/([A-Za-z_]\w*)\s*(\{.*\})?", payload, re.DOTALL)
    if not match:
        return None
    entities = json.loads(match[2]) if match[2] else {}
    return exact(match[1], text, entities)


def exact(intent: str, text: str, entities: dict[str, Any] | None = None) -> dict[str, Any]:
    """Rasa's parse of something that is known for certain, without asking NLU."""
    ranked = {"name": intent, "confidence": 1.0}
    found = [
        {"entity": name, "value": value, "start": 0, "end": len(text), "extractor": "choice"}
        for name, value in (entities or {}).items()
    ]
    return {"text": text, "intent": ranked, "intent_ranking": [ranked], "entities": found}
