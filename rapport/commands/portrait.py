"""One customer drawn from every table: history, consent, conversation; veiled for other eyes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rapport.commands import output, rows
from rapport.consent import ledger
from rapport.customers import history_account, history_orders
from rapport.db.conversation import Conversation, Inbox, Outbox
from rapport.db.customers import BusinessEvent, Case, Customer, Identity, Product, WishlistItem
from rapport.vocabulary import CustomerId

PERSONAL = frozenset({"phone", "email", "address"})
PROFILE = (
    *("id", "business_id", "name", "profile_name", "language", "timezone", "country", "email"),
    *("is_verified", "created_at", "removed_at"),
)
CONVERSATION = ("last_inbound_at", "handover", "handover_reason", "verified_until")


def of(session: Any, customer_id: CustomerId, *, limit: int, now: datetime) -> dict[str, Any]:
    """All that is known of a customer; `conversation` holds the newest `limit` messages, oldest first."""
    customer = session.get(Customer, customer_id)
    plan = history_account.data_plan(session, customer_id, now.date())
    credit = history_account.credit(session, customer_id)
    drawn = {
        "customer": {key: getattr(customer, key) for key in PROFILE} | _chat(session, customer_id),
        "identities": _identities(session, customer_id),
        "orders": [asdict(order) for order in history_orders.orders(session, customer_id)],
        "plan": asdict(plan) if plan else None,
        "bills": [asdict(bill) for bill in history_account.bills(session, customer_id, limit=13)],
        "credit": asdict(credit) if credit else None,
        "wishlist": _wishlist(session, customer_id),
        "cases": _cases(session, customer_id),
        "events": _events(session, customer.business_id),
        "consent": ledger.states(session, customer_id, now),
        "consent_history": [asdict(entry) for entry in ledger.history(session, customer_id)],
        "conversation": _messages(session, customer_id, limit),
    }
    return dict(_named(drawn))


def veiled(portrait: dict[str, Any]) -> dict[str, Any]:
    """The same without phone numbers, e-mail and street addresses."""
    identities = [_veiled_identity(row) for row in portrait["identities"]]
    return {**_without_personal(portrait), "identities": identities}


def _named(value: Any) -> Any:
    """Tuples with names (money) as objects: JSON would make bare lists of them."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _named(inner) for key, inner in value.items()}
    return [_named(item) for item in value] if isinstance(value, (list, tuple)) else value


def _veiled_identity(row: dict[str, Any]) -> dict[str, Any]:
    is_phone = row["kind"] == "phone"
    return {**row, "address": output.masked(row["address"]) if is_phone else row["address"]}


def _without_personal(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "…" if key in PERSONAL and inner else _without_personal(inner)
            for key, inner in value.items()
        }
    return [_without_personal(item) for item in value] if isinstance(value, list) else value


def _chat(session: Any, customer_id: int) -> dict[str, Any]:
    row = session.get(Conversation, customer_id)
    return {key: getattr(row, key) for key in CONVERSATION} if row else {}


def _identities(session: Any, customer_id: int) -> list[dict[str, Any]]:
    columns = (Identity.kind, Identity.address, Identity.valid_from, Identity.valid_until)
    question = sa.select(*columns).where(Identity.customer_id == customer_id).order_by(Identity.id)
    return _dicts(session, question)


def _wishlist(session: Any, customer_id: int) -> list[dict[str, Any]]:
    question = (
        sa.select(WishlistItem.product_id, Product.name, WishlistItem.changed_at)
        .outerjoin(Product, Product.product_id == WishlistItem.product_id)
        .where(WishlistItem.customer_id == customer_id, WishlistItem.is_listed)
        .order_by(WishlistItem.changed_at)
    )
    return _dicts(session, question)


def _cases(session: Any, customer_id: int) -> list[dict[str, Any]]:
    columns = (Case.case_id, Case.topic, Case.order_id, Case.origin, Case.opened_at, Case.closed_at)
    question = sa.select(*columns).where(Case.customer_id == customer_id).order_by(Case.opened_at)
    return _dicts(session, question)


def _events(session: Any, business_id: str | None) -> list[dict[str, Any]]:
    event = BusinessEvent
    columns = (event.time, event.type, event.event_id.label("id"), event.source, event.data)
    question = sa.select(*columns).where(event.subject == business_id).order_by(event.time)
    return _dicts(session, question) if business_id else []


def _messages(session: Any, customer_id: int, limit: int) -> list[dict[str, Any]]:
    """Both directions on one line of time, each bounded, so that a long chat costs no more."""
    heard = session.scalars(_newest(Inbox, customer_id, limit)).all()
    told = session.scalars(_newest(Outbox, customer_id, limit)).all()
    merged = [_heard(row) for row in heard] + [_told(row) for row in told]
    return sorted(merged, key=lambda row: row["at"])[-limit:]


def _newest(model: Any, customer_id: int, limit: int) -> Any:
    newest = sa.select(model).where(model.customer_id == customer_id)
    return newest.order_by(model.id.desc()).limit(limit)


def _heard(row: Any) -> dict[str, Any]:
    keys = ("type", "text", "state", "wamid", "intent", "confidence", "turn_id")
    return {"at": row.received_at, "who": "customer"} | {key: getattr(row, key) for key in keys}


def _told(row: Any) -> dict[str, Any]:
    keys = ("origin", "state", "status", "wamid", "turn_id", "error_code")
    extra = {key: getattr(row, key) for key in keys}
    return {"at": row.created_at, "who": "business"} | rows.said(row.type, row.payload) | extra


def _dicts(session: Any, question: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(question).mappings()]
