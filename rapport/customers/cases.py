"""Cases opened in the conversation: something a person has to look at."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.customers import hiding
from rapport.db.customers import Case

ORIGIN = "conversation"
STILL_THE_SAME = timedelta(days=14)
"""A second word about the same order within two weeks belongs to the case that is open already."""
SUMMARY_LENGTH = 2000


def case_id_of(origin: str) -> str:
    """A short case number that follows from the message that opened it: "K-" and ten letters and digits."""
    digest = hashlib.sha256(origin.encode()).digest()
    return "K-" + base64.b32encode(digest).decode()[:10]


def open_case(
    session: Any,
    *,
    customer_id: int,
    topic: str,
    summary: str,
    order_id: str | None,
    origin: str,
    now: datetime,
) -> str:
    """The number of the case; the same message twice opens it once.

    People read the summary: account and card numbers in it are masked, as in `add`.
    """
    case_id = case_id_of(origin)
    session.execute(
        insert(Case)
        .values(
            case_id=case_id,
            customer_id=customer_id,
            topic=topic,
            summary=hiding.in_text(session, customer_id, summary)[:SUMMARY_LENGTH],
            order_id=order_id,
            opened_at=now,
            origin=ORIGIN,
        )
        .on_conflict_do_nothing(index_elements=["case_id"])
    )
    return case_id


def is_there(session: Any, case_id: str) -> bool:
    """Whether there is a case of that number, open or closed."""
    return session.get(Case, case_id) is not None


def open_one(
    session: Any,
    customer_id: int,
    now: datetime,
    *,
    topic: str = "%",
    order_id: str | None = None,
    within: timedelta = STILL_THE_SAME,
) -> str | None:
    """The customer's newest case that is still open, of a topic (LIKE pattern) and an order; None without one.

    `within`: how long ago it may have been opened.
    """
    query = (
        sa.select(Case.case_id)
        .where(
            Case.customer_id == customer_id,
            Case.closed_at.is_(None),
            Case.opened_at > now - within,
            Case.topic.like(topic),
        )
        .order_by(Case.opened_at.desc(), Case.case_id)
        .limit(1)
    )
    if order_id is not None:
        query = query.where(Case.order_id == order_id)
    found: str | None = session.scalar(query)
    return found


def add(session: Any, case_id: str, note: str) -> None:
    """Append a line to a case's summary; a line that is there already is not repeated."""
    case = session.get(Case, case_id)
    note = hiding.in_text(session, case.customer_id if case else None, note)
    summary = sa.func.coalesce(Case.summary, "")
    session.execute(
        sa.update(Case)
        .where(Case.case_id == case_id, sa.func.strpos(summary, note) == 0)
        .values(summary=sa.func.left(summary + "\n" + note, SUMMARY_LENGTH))
        .execution_options(synchronize_session=False)
    )


def newest_note(session: Any, case_id: str) -> str:
    """The last line of a case's summary: what is wished for by now."""
    summary: str | None = session.scalar(sa.select(Case.summary).where(Case.case_id == case_id))
    return (summary or "").rpartition("\n")[2]
