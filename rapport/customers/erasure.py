"""A customer who wants to be forgotten is: every row and word about them, in every table, and their files.

What stays: an anonymous row that the proof of consent hangs on, stripped of words and messages, and by hash of the
address what must never be sent again. The wish is a row of its own, so that no crash forgets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rapport.consent import suppression
from rapport.customers import personal
from rapport.customers.names import PHONE, canonical_phone
from rapport.customers.personal import CUSTOMER, TABLES
from rapport.db.consent import Erasure
from rapport.db.customers import Customer
from rapport.vocabulary import ANY_TOPIC, MARKETING_TOPICS, ConsentState

AT_THE_LATEST = timedelta(minutes=5)
"""A farewell that cannot be sent holds the erasure up no longer than this."""
SETTLING = timedelta(seconds=10)
"""What Meta still reports of a message that was just sent belongs to what is erased."""
STAYS = ("customer", "consent_ledger", "consent", "erasure")
WAITING = ("queued", "sending")
PENDING = "pending"


def ask(session: Session, customer_id: int, *, origin: str, now: datetime) -> None:
    """Erase this customer when the running turn is answered; asking twice changes nothing."""
    session.execute(
        insert(Erasure)
        .values(customer_id=customer_id, origin=origin, asked_at=now)
        .on_conflict_do_update(
            index_elements=["customer_id"],
            set_={"asked_at": now, "origin": origin, "done_at": None},
            where=Erasure.done_at.is_not(None),
        )
    )


def due(session: Session, now: datetime) -> list[int]:
    """Customers whose farewell is on its way and whose messages are answered, or who have waited long enough."""
    inbox, outbox = TABLES["inbox"], TABLES["outbox"]
    is_open = sa.exists().where(
        inbox.c.customer_id == Erasure.customer_id, inbox.c.state == PENDING
    ) | sa.exists().where(
        outbox.c.customer_id == Erasure.customer_id,
        outbox.c.state.in_(WAITING) | (outbox.c.settled_at > now - SETTLING),
    )
    wishes = sa.select(Erasure.customer_id).where(
        Erasure.done_at.is_(None), ~is_open | (Erasure.asked_at < now - AT_THE_LATEST)
    )
    return list(session.scalars(wishes.order_by(Erasure.asked_at).limit(20)))


def erase(session: Session, customer_id: int, files: Path, now: datetime) -> bool:
    """Forget a customer whose wish is open; False when it is done already. Repeating it harms nothing."""
    wish = session.get(Erasure, customer_id, with_for_update=True, populate_existing=True)
    if wish is None or wish.done_at is not None:
        return False
    session.execute(sa.select(Customer.id).where(Customer.id == customer_id).with_for_update())
    _suppress(session, customer_id, now)
    _remove_files(session, customer_id, files)
    _blank_news(session, customer_id)
    for table, mine in personal.conditions(customer_id):
        if table.name not in (*STAYS, "business_event"):
            session.execute(sa.delete(table).where(mine))
    _strip_proof(session, customer_id)
    _blank_customer(session, customer_id, now)
    wish.done_at = now
    wish.origin = f"erased:{customer_id}"
    return True


def _suppress(session: Session, customer_id: int, now: datetime) -> None:
    """Advertising, and whatever else was ended, to any address this person ever had."""
    consent, identity = TABLES["consent"], TABLES["identity"]
    ended = session.scalars(
        sa.select(consent.c.topic).where(
            consent.c.customer_id == customer_id, consent.c.state == ConsentState.OUT.value
        )
    )
    topics = sorted({*MARKETING_TOPICS, *ended} - {ANY_TOPIC})
    named = session.execute(
        sa.select(identity.c.kind, identity.c.value).where(identity.c.customer_id == customer_id)
    )
    names = {(row.kind, row.value) for row in named}
    phone = session.scalar(sa.select(Customer.phone).where(Customer.id == customer_id))
    if phone:
        names.add((PHONE, canonical_phone(phone)))
    suppression.keep(session, [suppression.hash_of(*name) for name in sorted(names)], topics, now)


def _remove_files(session: Session, customer_id: int, files: Path) -> None:
    """Before the commit: after a crash the rows are still there and it is done again."""
    media = TABLES["media"]
    mine: Any = personal.condition(media, customer_id)
    for name in session.scalars(sa.select(media.c.path).where(mine, media.c.path.is_not(None))):
        (files / Path(name).name).unlink(missing_ok=True)


def _blank_news(session: Session, customer_id: int) -> None:
    """The business's events lose subject and content; their ids stay, so that none is taken in again."""
    events = TABLES["business_event"]
    mine: Any = personal.condition(events, customer_id)
    session.execute(sa.update(events).where(mine).values(subject=None, data={}))
    notices = TABLES["webhook_notice"]
    for word in _addresses(session, customer_id):
        told = sa.cast(notices.c.value, sa.Text).contains(word, autoescape=True)
        session.execute(sa.delete(notices).where(told))


def _addresses(session: Session, customer_id: int) -> Iterable[str]:
    identity = TABLES["identity"]
    mine = sa.select(identity.c.address).where(identity.c.customer_id == customer_id)
    return [address for address in session.scalars(mine) if len(address) >= len("1234567")]


def _strip_proof(session: Session, customer_id: int) -> None:
    """That, when and how it was said stays; which message or event it was does not."""
    lines = TABLES["consent_ledger"]
    nameless = sa.literal("erased:") + sa.cast(lines.c.id, sa.Text)
    session.execute(
        sa.update(lines)
        .where(lines.c.customer_id == customer_id)
        .values(origin=nameless, voids=None, evidence=None)
    )


def _blank_customer(session: Session, customer_id: int, now: datetime) -> None:
    blank: dict[str, Any] = {column.name: None for column in CUSTOMER.columns if column.nullable}
    session.execute(
        sa.update(CUSTOMER)
        .where(CUSTOMER.c.id == customer_id)
        .values({**blank, "is_verified": False, "news": {}, "removed_at": now})
    )
