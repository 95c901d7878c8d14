"""Two rows turn out to be one person: everything moves to the one that stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.consent import ledger
from rapport.db.tables import Base
from rapport.vocabulary import ConsentState

TABLES = Base.metadata.tables
CUSTOMER, CONSENT = TABLES["customer"], TABLES["consent"]
CONVERSATION, TRACKER = TABLES["conversation"], TABLES["tracker_event"]


def merge(session: Session, *, loser: int, winner: int) -> None:
    """Move what hangs on `loser` to `winner` and delete it.

    Where a customer can have only one row, the winner's stays. Consent is read off the joint ledger, so
    a withdrawal follows the person.
    """
    _lock(session, loser, winner)
    _join_conversations(session, loser, winner)
    session.execute(sa.delete(CONSENT).where(CONSENT.c.customer_id.in_([loser, winner])))
    for table, column in _references():
        _move(session, table, column, loser, winner)
    ledger.refresh(session, [winner])
    session.execute(sa.delete(CUSTOMER).where(CUSTOMER.c.id == loser))


def carry_withdrawals(session: Session, *, source: int, target: int, now: datetime) -> None:
    """A number that goes from a removed customer to another one keeps its withdrawals."""
    is_removed = sa.select(CUSTOMER.c.removed_at.is_not(None)).where(CUSTOMER.c.id == source)
    if session.execute(is_removed).scalar():
        said = ledger.history(session, source)
        carried = [
            ledger.Statement(
                customer_id=target,
                topic=entry.topic,
                state=entry.state,
                method=entry.method,
                origin=f"customer:{source}:{target}:{entry.origin}",
                at=entry.at,
                wording=entry.wording,
                evidence=entry.evidence,
            )
            for entry in said
            if entry.state is ConsentState.OUT
        ]
        ledger.record_all(session, carried, now)


def _lock(session: Session, loser: int, winner: int) -> None:
    """In order of the ids, lest two transactions wait for each other."""
    both = sa.select(CUSTOMER.c.id).where(CUSTOMER.c.id.in_([loser, winner]))
    session.execute(both.order_by(CUSTOMER.c.id).with_for_update())


def _join_conversations(session: Session, loser: int, winner: int) -> None:
    """The winner's dialogue goes on if there is one, else the loser's; the window is the later one's."""
    has_dialogue = sa.select(TRACKER.c.seq).where(TRACKER.c.sender_id == str(winner)).limit(1)
    theirs = TRACKER.c.sender_id == str(loser)
    if session.execute(has_dialogue).first():
        session.execute(sa.delete(TRACKER).where(theirs))
        _widen_window(session, loser, winner)
    else:
        session.execute(sa.update(TRACKER).where(theirs).values(sender_id=str(winner)))
        _widen_window(session, winner, loser)
        _prefer_conversation_of(session, loser, winner)


def _widen_window(session: Session, source: int, target: int) -> None:
    other = CONVERSATION.alias()
    session.execute(
        sa.update(CONVERSATION)
        .where(CONVERSATION.c.customer_id == target, other.c.customer_id == source)
        .values(
            last_inbound_at=sa.func.greatest(
                CONVERSATION.c.last_inbound_at, other.c.last_inbound_at
            )
        )
    )


def _prefer_conversation_of(session: Session, loser: int, winner: int) -> None:
    """`_move` keeps the winner's row when there are two; here the loser's has the dialogue."""
    is_there = sa.exists().where(CONVERSATION.alias().c.customer_id == loser)
    session.execute(sa.delete(CONVERSATION).where(CONVERSATION.c.customer_id == winner, is_there))


def _references() -> Iterator[tuple[Any, Any]]:
    """Every table with a column that names a customer, the consent state apart: it follows the ledger."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if table is not CONSENT and column.references(CUSTOMER.c.id):
                yield table, column


def _move(session: Session, table: Any, column: Any, loser: int, winner: int) -> None:
    if column.primary_key:
        other = table.alias()
        rest = [key.name for key in table.primary_key if key is not column]
        same = [other.c[name] == table.c[name] for name in rest]
        is_taken = sa.exists().where(other.c[column.name] == winner, *same)
        session.execute(sa.delete(table).where(column == loser, is_taken))
    session.execute(sa.update(table).where(column == loser).values({column.name: winner}))
