"""Short questions about the inbox, asked by the runtime between turns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rapport import clock
from rapport.conversation import handover, inbox
from rapport.db.conversation import Inbox
from rapport.vocabulary import SHARDS, InboxState


def customers(sessions: Any, shard: int) -> list[int]:
    """Customers of a shard with a due message, longest waiting first."""
    with sessions.begin() as session:
        return inbox.customers_waiting(session, shard, SHARDS, clock.utc_now())


def newest_wamid(sessions: Any, customer_id: int) -> str | None:
    """The newest waiting message of a customer whom the assistant is about to answer."""
    with sessions.begin() as session:
        if handover.is_with_human(session, customer_id):
            return None
        wamid: str | None = session.scalar(
            sa.select(Inbox.wamid)
            .where(Inbox.customer_id == customer_id, Inbox.state == InboxState.PENDING.value)
            .order_by(Inbox.sent_at.desc(), Inbox.id.desc())
            .limit(1)
        )
        return wamid
