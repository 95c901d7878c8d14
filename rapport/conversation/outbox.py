"""Messages of ours: the row first, then the request, then what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.conversation.replies import Outgoing
from rapport.db.conversation import Conversation, Outbox, SendAttempt
from rapport.vocabulary import SERVICE_WINDOW, SendState

CRASHED_AFTER = timedelta(seconds=25)
"""A request that has been under way for longer than the client's own time-outs has lost its process."""

WINDOW_CLOSED = 131047
"""Meta: more than 24 hours since the customer last replied."""

PROOF_AFTER, PROOF_COUNT = timedelta(seconds=60), 5
"""Meta reports "sent" within seconds; five later messages reported mean that statuses do flow."""

WAITING = (SendState.QUEUED.value, SendState.SENDING.value)


@dataclass(frozen=True)
class Claim:
    """A row whose request is about to leave."""

    outbox_id: int
    attempt_id: int
    attempts: int
    customer_id: int
    type: str
    payload: dict[str, Any]
    context_wamid: str | None


def enqueue(
    session: Any,
    *,
    customer_id: int,
    turn_id: int,
    origin: str,
    messages: list[Outgoing],
    now: datetime,
) -> None:
    """Commit-to-be rows for the messages of a turn; the same turn can enqueue them only once."""
    rows = [
        {
            "customer_id": customer_id,
            "turn_id": turn_id,
            "ordinal": ordinal,
            "origin": origin,
            "type": message.type,
            "payload": message.payload,
            "choices": message.choices or None,
            "state": SendState.QUEUED.value,
            "due_at": now,
            "created_at": now,
        }
        for ordinal, message in enumerate(messages)
    ]
    if rows:
        session.execute(insert(Outbox).on_conflict_do_nothing(), rows)


def heads(session: Any, shard: int, shards: int, now: datetime, limit: int) -> list[Outbox]:
    """The next message of each customer of a shard that is due, locked; one a customer keeps their order.

    A message whose outcome is unknown does not hold back the next one.
    """
    first = (
        sa.select(sa.func.min(Outbox.id))
        .where(Outbox.state.in_(WAITING), Outbox.customer_id % shards == shard)
        .group_by(Outbox.customer_id)
    )
    return list(
        session.scalars(
            sa.select(Outbox)
            .where(
                Outbox.id.in_(first), Outbox.state == SendState.QUEUED.value, Outbox.due_at <= now
            )
            .order_by(Outbox.due_at, Outbox.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def shards_waiting(session: Any, shards: int, now: datetime) -> list[int]:
    """Shards with a due message."""
    return list(
        session.scalars(
            sa.select((Outbox.customer_id % shards).label("shard"))
            .where(Outbox.state == SendState.QUEUED.value, Outbox.due_at <= now)
            .distinct()
        )
    )


def claim(session: Any, row: Outbox, now: datetime) -> Claim:
    """Mark a row "sending" and open its attempt: after the commit the request may have left."""
    row.state = SendState.SENDING.value
    row.attempts += 1
    attempt = SendAttempt(outbox_id=row.id, at=now)
    session.add(attempt)
    session.flush()
    return Claim(
        row.id, attempt.id, row.attempts, row.customer_id, row.type, row.payload, row.context_wamid
    )


def refuse(session: Any, row: Outbox, code: int, now: datetime) -> None:
    """Settle a row that will never be sent."""
    row.state, row.error_code, row.settled_at = SendState.REFUSED.value, code, now


def windows(session: Any, customer_ids: list[int], now: datetime) -> set[int]:
    """Which of these customers wrote within Meta's 24 hours."""
    return set(
        session.scalars(
            sa.select(Conversation.customer_id).where(
                Conversation.customer_id.in_(customer_ids),
                Conversation.last_inbound_at > now - SERVICE_WINDOW,
            )
        )
    )


def settle(
    session: Any,
    sent: Claim,
    *,
    state: SendState,
    now: datetime,
    wamid: str | None = None,
    code: int | None = None,
    due_at: datetime | None = None,
) -> None:
    """Write what came of a request; a status that was faster keeps its word."""
    session.execute(
        sa.update(SendAttempt)
        .where(SendAttempt.id == sent.attempt_id)
        .values(outcome=state.value, code=code, settled_at=now)
    )
    in_doubt = (SendState.SENDING.value, SendState.UNKNOWN.value)
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == sent.outbox_id, Outbox.state.in_(in_doubt))
        .values(
            state=state.value,
            wamid=wamid,
            error_code=code,
            due_at=due_at or Outbox.due_at,
            settled_at=None if state is SendState.QUEUED else now,
        )
    )


def give_up_crashed(session: Any, now: datetime) -> int:
    """Requests whose process died become "unknown": never repeated, settled by their status."""
    return int(
        session.execute(
            sa.update(Outbox)
            .where(
                Outbox.state == SendState.SENDING.value,
                sa.select(sa.func.max(SendAttempt.at))
                .where(SendAttempt.outbox_id == Outbox.id)
                .scalar_subquery()
                < now - CRASHED_AFTER,
            )
            .values(state=SendState.UNKNOWN.value)
            .execution_options(synchronize_session=False)
        ).rowcount
    )


def repeat_never_taken(session: Any, now: datetime) -> int:
    """Queue again what Meta provably never took: in doubt for a minute without any status, while
    statuses of messages sent later to the same or other customers have come in.

    Without that proof a message stays in doubt; it is never repeated blindly.
    """
    attempted = (
        sa.select(sa.func.max(SendAttempt.at))
        .where(SendAttempt.outbox_id == Outbox.id)
        .correlate(Outbox)
        .scalar_subquery()
    )
    later = sa.orm.aliased(Outbox)
    reported_later = (
        sa.select(sa.func.count())
        .where(later.created_at > attempted, later.status_rank > 0)
        .correlate(Outbox)
        .scalar_subquery()
    )
    return int(
        session.execute(
            sa.update(Outbox)
            .where(
                Outbox.state == SendState.UNKNOWN.value,
                Outbox.wamid.is_(None),
                attempted < now - PROOF_AFTER,
                attempted > now - SERVICE_WINDOW,
                reported_later >= PROOF_COUNT,
            )
            .values(state=SendState.QUEUED.value, due_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount
    )
