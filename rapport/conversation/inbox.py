"""Webhook events become rows: once per wamid, in one transaction, before Meta gets its 200."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from rapport.consent import withdrawal
from rapport.conversation import arrivals, statuses, stops
from rapport.customers import hiding, identity, senders
from rapport.db.conversation import Inbox, Notice
from rapport.understanding.guard import Decision
from rapport.vocabulary import InboxState
from rapport.whatsapp import webhook

log = structlog.get_logger()

TURN_LOCK = 7201
"""Our number for advisory locks on a customer's turn."""

RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=20))
"""Pauses between attempts at a turn; after the last one a person gets the conversation."""


@dataclass
class Recorded:
    """What a webhook left behind: who has something waiting, which files are to be fetched."""

    customers: set[int] = field(default_factory=set)
    media: list[str] = field(default_factory=list)
    new: int = 0
    known: int = 0
    wishes: dict[str, Decision] = field(default_factory=dict)


def record(session: Any, events: list[webhook.Event], now: datetime) -> Recorded:
    """Write every event of a webhook; a second delivery changes nothing."""
    recorded = Recorded(wishes=stops.decisions(events))
    for kind, group in groupby(events, key=type):
        together: list[Any] = list(group)
        if kind is webhook.MessageReceived:
            _messages(session, together, now, recorded)
        elif kind is webhook.StatusReported:
            statuses.climb(session, together, now)
        else:
            for event in together:
                _other(session, event, now)
    return recorded


def _messages(session: Any, events: list[Any], now: datetime, recorded: Recorded) -> None:
    while events:
        customers = senders.meet(session, [event.sender for event in events], now)
        met, events = events[: len(customers)], events[len(customers) :]
        new = arrivals.keep(session, list(zip(met, customers, strict=True)), now)
        waiting = [arrival for arrival in new if arrival.needs_turn]
        arrivals.open_windows(session, waiting)
        for arrival in new:
            wish = recorded.wishes.get(arrival.event.wamid)
            if wish is not None and not arrival.event.group_id:
                _obey_keyword(session, arrival, wish, now)
        recorded.customers |= {arrival.customer_id for arrival in waiting}
        recorded.media += arrivals.keep_files(session, new, now)
        recorded.new += len(new)
        recorded.known += len(met) - len(new)


def _other(session: Any, event: Any, now: datetime) -> None:
    if isinstance(event, webhook.IdentityChanged):
        _identity(session, event, now)
    elif isinstance(event, webhook.PreferenceStated):
        _preference(session, event, now)
    else:
        _notice(session, event, now)


def _obey_keyword(session: Any, arrival: arrivals.Arrival, wish: Decision, now: datetime) -> None:
    """A stop is obeyed here and now, whatever the dialogue is doing."""
    if stops.obey(session, arrival.event, wish, arrival.customer_id, now):
        session.execute(
            sa.update(Inbox)
            .where(Inbox.id == arrival.inbox_id)
            .values(intent="opt_out", confidence=wish.confidence)
        )


def _identity(session: Any, event: webhook.IdentityChanged, now: datetime) -> None:
    identity.change(
        session,
        old_phone=event.old.phone,
        new_phone=event.new.phone,
        old_bsuid=event.old.bsuid,
        new_bsuid=event.new.bsuid,
        at=min(event.at or now, now),
        now=now,
    )


def _preference(session: Any, event: webhook.PreferenceStated, now: datetime) -> None:
    """Meta's "stop marketing" is a withdrawal; its "resume" is kept but raises no consent of ours."""
    at = min(event.at or now, now)
    _keep(session, event.fingerprint, "user_preferences", None, {"value": event.value}, now)
    sender = event.sender
    customer_id = identity.find_or_create(
        session, bsuid=sender.bsuid, phone=sender.phone, profile_name=sender.profile_name, now=now
    )
    if event.category == "marketing_messages" and event.value == "stop":
        withdrawal.withdraw(
            session,
            customer_id=customer_id,
            topics=withdrawal.MARKETING,
            method="user_preferences",
            origin=f"webhook:{event.fingerprint}",
            evidence=event.fingerprint,
            at=at,
            now=now,
        )


def _notice(
    session: Any, event: webhook.NoticeReceived | webhook.Unrecognised, now: datetime
) -> None:
    if isinstance(event, webhook.Unrecognised):
        log.warning("webhook.unrecognised", field=event.field, fingerprint=event.fingerprint)
        raw = {"raw": event.raw}
        _keep(session, event.fingerprint, event.field, event.reason, raw, now)
    else:
        _keep(session, event.fingerprint, event.field, None, event.value, now)


def _keep(
    session: Any,
    fingerprint: str,
    field_name: str,
    reason: str | None,
    value: dict[str, Any],
    now: datetime,
) -> None:
    session.execute(
        insert(Notice)
        .values(
            fingerprint=fingerprint, field=field_name, reason=reason, value=value, received_at=now
        )
        .on_conflict_do_nothing()
    )


def lock(session: Any, customer_id: int) -> bool:
    """Take the customer's turn for this transaction; False while another process has it.

    The lock is the database's, so a crashed process lets go of it at once; it is no row's, so that
    webhooks are never kept waiting by a turn.
    """
    key = sa.func.pg_try_advisory_xact_lock(TURN_LOCK, customer_id % 2**31)
    return bool(session.scalar(sa.select(key)))


def pending(session: Any, customer_id: int, now: datetime) -> list[Inbox]:
    """The customer's waiting messages that are due, oldest first by Meta's time.

    A message that failed before waits for its pause and holds back what came after it.
    """
    rows = list(
        session.scalars(
            sa.select(Inbox)
            .where(Inbox.customer_id == customer_id, Inbox.state == InboxState.PENDING.value)
            .order_by(Inbox.sent_at, Inbox.id)
            .limit(20)
        )
    )
    if not rows or rows[0].due_at > now:
        return []
    return rows[:1] if rows[0].attempts else [row for row in rows if not row.attempts]


def customers_waiting(session: Any, shard: int, shards: int, now: datetime) -> list[int]:
    """Customers of a shard with a due message, longest waiting first."""
    waiting = sa.func.min(Inbox.id)
    return list(
        session.scalars(
            sa.select(Inbox.customer_id)
            .where(
                Inbox.state == InboxState.PENDING.value,
                Inbox.due_at <= now,
                Inbox.customer_id % shards == shard,
            )
            .group_by(Inbox.customer_id)
            .order_by(waiting)
            .limit(200)
        )
    )


def shards_waiting(session: Any, shards: int, now: datetime) -> list[int]:
    """Shards with a due message."""
    return list(
        session.scalars(
            sa.select((Inbox.customer_id % shards).label("shard"))
            .where(Inbox.state == InboxState.PENDING.value, Inbox.due_at <= now)
            .distinct()
        )
    )


def handled(session: Any, rows: list[Inbox], turn_id: int, now: datetime) -> None:
    """Mark the messages of a turn answered. Raises when another process was faster: the turn is void."""
    ids = [row.id for row in rows]
    changed = session.execute(
        sa.update(Inbox)
        .where(Inbox.id.in_(ids), Inbox.state == InboxState.PENDING.value)
        .values(state=InboxState.HANDLED.value, handled_at=now, turn_id=turn_id, error=None)
        .execution_options(synchronize_session=False)
    ).rowcount
    if changed != len(ids):
        raise RuntimeError("messages of this turn were handled by another process")
    mask(session, rows)


def mask(session: Any, rows: list[Inbox]) -> None:
    """Account and card numbers are dots once nobody has to understand the message any more."""
    for row in rows:
        row.text = hiding.in_text(session, row.customer_id, row.text)
        row.payload = hiding.in_data(session, row.customer_id, row.payload)


def noted(session: Any, rows: list[Inbox], now: datetime) -> None:
    """Keep messages without a turn: a person has the conversation."""
    session.execute(
        sa.update(Inbox)
        .where(Inbox.id.in_([row.id for row in rows]))
        .values(state=InboxState.NOTED.value, handled_at=now)
        .execution_options(synchronize_session=False)
    )
    mask(session, rows)


def failed(session: Any, inbox_id: int, error: BaseException, now: datetime) -> bool:
    """Count a failed attempt and set the next one; True when it was the last."""
    row = session.get(Inbox, inbox_id, with_for_update=True)
    if row is None or row.state != InboxState.PENDING.value:
        return False
    row.error = type(error).__name__
    row.attempts += 1
    if row.attempts > len(RETRY_AFTER):
        row.state, row.handled_at = InboxState.FAILED.value, now
        return True
    row.due_at = now + RETRY_AFTER[row.attempts - 1]
    return False
