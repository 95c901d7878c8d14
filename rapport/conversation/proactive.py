"""What we wrote to a customer by ourselves, and what it rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from rapport.db.conversation import Inbox, Outbox
from rapport.vocabulary import TOPICS, SendState

SINCE = timedelta(days=30)
"""Nobody asks about a message that is older, unless it is quoted."""


@dataclass(frozen=True)
class Sent:
    """A message of ours that answered nothing: its topic, and the news that prompted it."""

    at: datetime
    topic: str
    news: str | None
    news_at: datetime | None
    about: str | None


def meant(
    session: Any,
    customer_id: int,
    wamid: str,
    now: datetime,
    topics: Collection[str] = tuple(TOPICS),
) -> Sent | None:
    """The message that the customer's message `wamid` quotes, else the newest one about one of `topics`.

    None without any.
    """
    quoted = sa.select(Inbox.context_wamid).where(Inbox.wamid == wamid).scalar_subquery()
    is_quoted = sa.func.coalesce(Outbox.wamid == quoted, sa.false())
    row = session.execute(
        sa.select(Outbox.topic, Outbox.because, Outbox.created_at)
        .where(
            Outbox.customer_id == customer_id,
            sa.or_(is_quoted, Outbox.topic.in_(topics)),
            Outbox.topic.is_not(None),
            Outbox.state.in_((SendState.ACCEPTED.value, SendState.UNKNOWN.value)),
            sa.or_(is_quoted, Outbox.created_at > now - SINCE),
        )
        .order_by(is_quoted.desc(), Outbox.id.desc())
        .limit(1)
    ).first()
    return _sent(row) if row else None


def _sent(row: Any) -> Sent:
    because = row.because or {}
    time = because.get("time")
    return Sent(
        at=row.created_at,
        topic=row.topic,
        news=because.get("type"),
        news_at=datetime.fromisoformat(time.replace("Z", "+00:00")) if time else None,
        about=because.get("about"),
    )
