"""What commands ask the database: one question, one statement."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from rapport.customers import identity
from rapport.db.conversation import Inbox, Outbox
from rapport.db.customers import Customer
from rapport.errors import RapportError
from rapport.vocabulary import CustomerId

INBOX_KEYS = (
    *("id", "wamid", "type", "text", "tap", "state", "attempts", "intent", "confidence"),
    *("language", "error", "turn_id", "sent_at", "received_at", "handled_at"),
)
OUTBOX_KEYS = (
    *("id", "wamid", "turn_id", "ordinal", "origin", "type", "payload", "state", "status"),
    *("attempts", "error_code", "created_at", "settled_at"),
)


def inbox(
    session: Any, *, customer: str | None = None, state: str | None = None, limit: int = 1_000
) -> list[dict[str, Any]]:
    """Messages of customers, oldest first, the newest `limit` of them. Raises RapportError for nobody's id."""
    return _newest(session, Inbox, INBOX_KEYS, _where(session, Inbox, customer, state), limit)


def outbox(
    session: Any, *, customer: str | None = None, state: str | None = None, limit: int = 1_000
) -> list[dict[str, Any]]:
    """Messages to customers with a `text` of what they say, oldest first. Raises RapportError for nobody's id."""
    found = _newest(session, Outbox, OUTBOX_KEYS, _where(session, Outbox, customer, state), limit)
    return [{**row, "text": said(row["type"], row.pop("payload"))["text"]} for row in found]


def customer_named(session: Any, name: str) -> CustomerId | None:
    """The customer with this business id, phone (with or without +) or user id; None for nobody."""
    known = session.scalar(sa.select(Customer.id).where(Customer.business_id == name))
    if known is not None:
        return CustomerId(known)
    phone = phone_of(name)
    return identity.find(session, phone=phone) if phone else identity.find(session, bsuid=name)


def phone_of(name: str) -> str | None:
    """The digits of what looks like a phone number: 6 to 15 of them (E.164), None for anything else."""
    digits = re.sub(r"[\s()+.-]", "", name)
    return digits if re.fullmatch(r"[0-9]{6,15}", digits) else None


def said(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What a message says to the person who gets it: `type`, `text` and, when it offers some, `buttons`.

    Buttons are the titles of reply buttons or list rows, in order.
    """
    body = payload.get("body")
    text = body.get("text") if isinstance(body, dict) else body or payload.get("caption") or ""
    action = payload.get("action") or {}
    titles = [button["reply"]["title"] for button in action.get("buttons", [])]
    for section in action.get("sections", []):
        titles += [row["title"] for row in section.get("rows", [])]
    return {"type": kind, "text": text, **({"buttons": titles} if titles else {})}


def _where(session: Any, model: Any, customer: str | None, state: str | None) -> list[Any]:
    where = [model.state == state] if state else []
    if customer:
        customer_id = customer_named(session, customer)
        if customer_id is None:
            raise RapportError(f"There is no customer {customer}.")
        where.append(model.customer_id == customer_id)
    return where


def _newest(
    session: Any, model: Any, keys: tuple[str, ...], where: list[Any], limit: int
) -> list[dict[str, Any]]:
    columns = [getattr(model, key) for key in keys]
    question = (
        sa.select(*columns, model.customer_id, Customer.business_id.label("customer"))
        .join(Customer, Customer.id == model.customer_id)
        .where(*where)
        .order_by(model.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in reversed(session.execute(question).mappings().all())]
