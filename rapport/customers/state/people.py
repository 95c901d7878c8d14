"""Customers: found or made by the business's id, met again when they had written before, reached where the business says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.consent import suppression
from rapport.customers import identity, names
from rapport.customers.contract.envelope import Event
from rapport.customers.names import Name
from rapport.customers.state import rows
from rapport.db.customers import Customer, Identity
from rapport.vocabulary import CustomerId

UPSERTED, REMOVED = "customer.upserted", "customer.removed"
PROFILE = ("name", "language", "timezone", "country", "email")


def resolve(session: Session, events: list[Event], now: datetime) -> dict[str, CustomerId]:
    """The customer of every subject, locked; one not introduced yet gets a row that waits for it."""
    subjects = sorted({event.subject for event in events if event.subject is not None})
    found = _known(session, subjects)
    missing = set(subjects) - set(found)
    if missing:
        _adopt(session, [event for event in events if event.subject in missing])
        stubs = [{"business_id": subject, "created_at": now} for subject in sorted(missing)]
        rows.append(session, "customer", stubs)
        found = _known(session, subjects)
    _lock(session, list(found.values()))
    return found


def apply(
    session: Session, events: list[Event], customers: dict[str, CustomerId], now: datetime
) -> None:
    """What the business says about its customers, `customer.*` in the order of their stamps."""
    told = [event for event in events if event.type in {UPSERTED, REMOVED}]
    if not told:
        return
    people = rows.load(session, "customer", "id", (customers[str(e.subject)] for e in told))
    moved = [event for event in told if _learn(people[customers[str(event.subject)]], event)]
    rows.store(session, "customer", people.values(), "id")
    _reach(session, [(customers[str(event.subject)], event) for event in moved], now)


def _known(session: Session, subjects: list[str]) -> dict[str, CustomerId]:
    known = sa.select(Customer.business_id, Customer.id).where(Customer.business_id.in_(subjects))
    return {row.business_id: row.id for row in session.execute(known)}


def _lock(session: Session, customer_ids: list[CustomerId]) -> None:
    """All customers of a batch at once and in order, lest two batches wait for each other."""
    session.execute(
        sa.select(Customer.id)
        .where(Customer.id.in_(customer_ids))
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )


def _adopt(session: Session, events: list[Event]) -> None:
    """Somebody who wrote before the business told us who they are is that customer."""
    told = {
        _phone(event): event.subject for event in events if event.type == UPSERTED
    }  # the newest event comes last and has the say
    held = names.holders(session, list(told))
    adopted: set[str | None] = set()
    for name, subject in told.items():
        holder = held.get(name)
        if holder and not holder.is_known and subject not in adopted:
            adopted.add(subject)
            session.execute(
                sa.update(Customer)
                .where(Customer.id == holder.customer_id, Customer.business_id.is_(None))
                .values(business_id=subject),
                execution_options=names.QUIETLY,
            )


def _learn(person: rows.Row, event: Event) -> bool:
    """Take in one event; True when the business now says another phone than before."""
    if event.type == REMOVED:
        person.learn(event, {"removed_at": event.time, "is_verified": False})
        return False
    before = person.values["phone"]
    facts = {
        "upserted_at": event.time,
        "removed_at": None,
        "is_verified": bool(event.data.verified),
        "phone": str(event.data.phone),
        **event.data.given(*PROFILE),
    }
    person.learn(event, facts)
    return bool(person.values["phone"] != before)


def _reach(session: Session, moved: list[tuple[CustomerId, Event]], now: datetime) -> None:
    """Make the stated phones addresses: all new ones at once, those of somebody already one by one."""
    taken = names.holders(session, [_phone(event) for _, event in moved])
    simple: list[dict[str, Any]] = []
    contested: list[tuple[CustomerId, Event]] = []
    has_phone = _with_phone(session, [customer_id for customer_id, _ in moved])
    for customer_id, event in moved:
        name = _phone(event)
        if name in taken or customer_id in has_phone:
            contested.append((customer_id, event))
            continue
        has_phone.add(customer_id)
        taken[name] = names.Holder(customer_id, True, event.time, name.address)
        simple.append({"customer_id": customer_id, "valid_from": event.time, **vars(name)})
    added = rows.append(session, "identity", simple)
    suppression.tell(session, [(r["customer_id"], r["kind"], r["value"]) for r in simple], now)
    if len(added) < len(simple):
        contested = moved  # somebody wrote in this very moment
    for customer_id, event in contested:
        identity.take(session, customer_id, _phone(event), event.time, now)


def _with_phone(session: Session, customer_ids: list[CustomerId]) -> set[CustomerId]:
    held = sa.select(Identity.customer_id).where(
        Identity.customer_id.in_(customer_ids),
        Identity.kind == names.PHONE,
        Identity.valid_until.is_(None),
    )
    return set(session.execute(held).scalars())


def _phone(event: Event) -> Name:
    return names.given(None, event.data.phone)[0]
