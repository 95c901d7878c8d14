"""The customer's own cadence: how many messages of ours, order updates and answers apart, are welcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db import consent as tables


def keep(
    session: Any, customer_id: int, *, messages: int, days: int, origin: str, at: datetime
) -> None:
    """From `at` on at most `messages` in any `days` days; an older wish changes nothing."""
    wish = {"messages": messages, "days": days, "origin": origin, "at": at}
    session.execute(
        insert(tables.Cadence)
        .values(customer_id=customer_id, **wish)
        .on_conflict_do_update(
            index_elements=["customer_id"], set_=wish, where=tables.Cadence.at <= at
        )
    )


def of(session: Any, customer_id: int) -> tuple[int, int] | None:
    """(messages, days) of the customer's wish, None without one."""
    wish = sa.select(tables.Cadence.messages, tables.Cadence.days)
    row = session.execute(wish.where(tables.Cadence.customer_id == customer_id)).first()
    return (row.messages, row.days) if row else None
