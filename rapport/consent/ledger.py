"""The consent ledger: every change of mind is appended; the present state is read off it in order of `at`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rapport.db import consent as tables
from rapport.db.customers import Customer
from rapport.vocabulary import ANY_TOPIC, TOPICS, ConsentState

RANK = {ConsentState.IN: 0, ConsentState.PAUSED: 1, ConsentState.OUT: 2}
"""Of two statements of the same instant the more reticent one counts."""

VOID = "void"
"""State of a line that takes back another one."""
DOUBT = "doubt"
"""Method of what was narrowed without being sure; the only kind that an answer takes back."""
SUPPRESSION = "suppression"
"""Method of what an erased customer had ended; a mere import does not bring it back."""


@dataclass(frozen=True)
class Statement:
    """What a customer, or the business for them, said about a topic at `at`. `origin` names the message or event."""

    customer_id: int
    topic: str
    state: ConsentState
    method: str
    origin: str
    at: datetime
    wording: str | None = None
    evidence: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class ConsentEntry:
    """One line of the ledger."""

    id: int
    customer_id: int
    topic: str
    state: ConsentState
    method: str
    origin: str
    at: datetime
    recorded_at: datetime
    wording: str | None
    evidence: str | None
    until: datetime | None


def record(  # noqa: PLR0913  (a statement has that many sides)
    session: Session,
    *,
    customer_id: int,
    topic: str,
    state: ConsentState,
    method: str,
    origin: str,
    at: datetime,
    now: datetime,
    wording: str | None = None,
    evidence: str | None = None,
    until: datetime | None = None,
) -> bool:
    """True when the statement is new; a repeated `(origin, topic)` changes nothing. Raises ValueError.

    The newest `at` wins. Topic "*" stands for every topic. A pause quiets only what the customer had
    agreed to, so that its end never brings more than there was.
    """
    said = Statement(
        customer_id,
        topic,
        state,
        method,
        origin,
        at,
        wording=wording,
        evidence=evidence,
        until=until,
    )
    return record_all(session, [said], now) == 1


def record_all(session: Session, statements: list[Statement], now: datetime) -> int:
    """Number of statements that were new; the states of their customers follow. Raises ValueError."""
    for statement in statements:
        _check(statement)
    if not statements:
        return 0
    customers = sorted({statement.customer_id for statement in statements})
    _lock(session, customers)
    rows = [_row(statement, now) for statement in statements]
    new = insert(tables.ConsentEntry).values(rows).on_conflict_do_nothing()
    added = len(session.execute(new.returning(tables.ConsentEntry.id)).all())
    if added:
        refresh(session, customers)
    return added


def void(
    session: Session,
    *,
    customer_id: int,
    voids: str,
    method: str,
    origin: str,
    at: datetime,
    now: datetime,
) -> bool:
    """Take back what was recorded in doubt under the origin `voids`; False when there is nothing (more) of it.

    The states are those before it again, each with its own proof. What was not recorded in doubt stays.
    """
    if not any(e.origin == voids and e.method == DOUBT for e in history(session, customer_id)):
        return False
    _lock(session, [customer_id])
    line = {
        "customer_id": customer_id,
        "topic": ANY_TOPIC,
        "state": VOID,
        "voids": voids,
        "method": method,
        "origin": origin,
        "at": at,
        "recorded_at": now,
    }
    new = insert(tables.ConsentEntry).values(line).on_conflict_do_nothing()
    is_new = session.execute(new.returning(tables.ConsentEntry.id)).first() is not None
    if is_new:
        refresh(session, [customer_id])
    return is_new


def states(session: Session, customer_id: int, now: datetime) -> dict[str, ConsentState]:
    """The state of every topic; UNKNOWN where nothing was said. A pause that is over is IN again."""
    rows = session.execute(
        sa.select(tables.Consent.topic, tables.Consent.state, tables.Consent.until).where(
            tables.Consent.customer_id == customer_id
        )
    )
    said = {row.topic: _present(ConsentState(row.state), row.until, now) for row in rows}
    return {topic: said.get(topic, ConsentState.UNKNOWN) for topic in TOPICS}


def paused_until(session: Session, customer_id: int, now: datetime) -> datetime | None:
    """The last moment at which a pause of this customer's ends, None for one without an end."""
    state = tables.Consent
    ends = session.scalars(
        sa.select(state.until).where(
            state.customer_id == customer_id,
            state.state == ConsentState.PAUSED.value,
            sa.or_(state.until.is_(None), state.until > now),
        )
    ).all()
    return None if None in ends else max(ends, default=None)


def history(session: Session, customer_id: int) -> list[ConsentEntry]:
    """The customer's ledger, in the order in which things were said."""
    return list(_entries(session, [customer_id]))


def is_in_doubt(session: Session, customer_id: int, *, apart_from: str = "") -> bool:
    """Whether the last word of the ledger, apart from one origin, was recorded in doubt and never settled."""
    said = [entry for entry in history(session, customer_id) if entry.origin != apart_from]
    return bool(said) and said[-1].method == DOUBT


def refresh(session: Session, customer_ids: list[int]) -> None:
    """Read the states of these customers off their ledgers anew. The caller holds the customers' rows."""
    rows = [
        {"customer_id": customer_id, "topic": topic} | deciding
        for customer_id, entries in groupby(
            _entries(session, customer_ids), key=lambda entry: entry.customer_id
        )
        for topic, deciding in _fold(list(entries)).items()
    ]
    _forget_rest(session, customer_ids, rows)
    if not rows:
        return
    new = insert(tables.Consent).values(rows)
    changed = {name: new.excluded[name] for name in ("state", "until", "at", "entry_id")}
    session.execute(
        new.on_conflict_do_update(index_elements=["customer_id", "topic"], set_=changed)
    )


def _forget_rest(session: Session, customer_ids: list[int], rows: list[dict[str, Any]]) -> None:
    """A topic of which nothing is left in the ledger is unknown again."""
    state = tables.Consent
    kept = [(row["customer_id"], row["topic"]) for row in rows]
    session.execute(
        sa.delete(state)
        .where(state.customer_id.in_(customer_ids))
        .where(sa.tuple_(state.customer_id, state.topic).not_in(kept))
        .execution_options(synchronize_session=False)
    )


def _check(statement: Statement) -> None:
    if statement.topic != ANY_TOPIC and statement.topic not in TOPICS:
        raise ValueError(f"unknown topic: {statement.topic!r}")
    if statement.state not in RANK:
        raise ValueError("a statement is in, out or paused")
    if not statement.method:
        raise ValueError("consent needs the method by which it was given or withdrawn")


def _lock(session: Session, customer_ids: list[int]) -> None:
    """Two statements of one customer at once would each miss the other when reading the state off."""
    session.execute(
        sa.select(Customer.id)
        .where(Customer.id.in_(customer_ids))
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )


def _row(statement: Statement, now: datetime) -> dict[str, Any]:
    return {**vars(statement), "state": statement.state.value, "recorded_at": now}


def _entries(session: Session, customer_ids: Iterable[int]) -> Iterator[ConsentEntry]:
    """Ledger lines that count, by customer, oldest first; at one instant the more reticent one last."""
    entry, voider = tables.ConsentEntry, sa.orm.aliased(tables.ConsentEntry)
    is_void = sa.exists().where(
        voider.customer_id == entry.customer_id, voider.voids == entry.origin
    )
    rank = sa.case({state.value: rank for state, rank in RANK.items()}, value=entry.state)
    columns = [getattr(entry, name) for name in ConsentEntry.__dataclass_fields__]
    rows = session.execute(
        sa.select(*columns)
        .where(entry.customer_id.in_(customer_ids), entry.state != VOID)
        .where(sa.or_(entry.method != DOUBT, ~is_void))
        .order_by(entry.customer_id, entry.at, rank, entry.id)
    )
    for row in rows:
        yield ConsentEntry(**{**row._mapping, "state": ConsentState(row.state)})


def _fold(entries: list[ConsentEntry]) -> dict[str, dict[str, Any]]:
    """Topic to the columns of its state: the last statement that had a say."""
    found: dict[str, ConsentEntry] = {}
    for entry in entries:
        for topic in TOPICS if entry.topic == ANY_TOPIC else (entry.topic,):
            if _has_a_say(entry, found.get(topic)):
                found[topic] = entry
    return {topic: _state_columns(entry) for topic, entry in found.items()}


def _has_a_say(entry: ConsentEntry, before: ConsentEntry | None) -> bool:
    if entry.method == "import" and before is not None and before.method == SUPPRESSION:
        return False
    if entry.state is not ConsentState.PAUSED:
        return True
    return before is not None and before.state is not ConsentState.OUT


def _state_columns(entry: ConsentEntry) -> dict[str, Any]:
    return {
        "state": entry.state.value,
        "until": entry.until,
        "at": entry.at,
        "entry_id": entry.id,
    }


def _present(state: ConsentState, until: datetime | None, now: datetime) -> ConsentState:
    is_over = state is ConsentState.PAUSED and until is not None and until <= now
    return ConsentState.IN if is_over else state
