"""What Meta reports about our messages: a status climbs and never falls, an unknown outcome is settled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rapport.consent import withdrawal
from rapport.customers.state import rows
from rapport.db.conversation import Outbox, StatusUpdate
from rapport.vocabulary import STATUS_RANK, MessageStatus, SendState
from rapport.whatsapp.webhook import StatusReported

STOPPED_MARKETING = 131050
"""Meta: the user has stopped marketing messages from this business."""
IN_DOUBT = (SendState.UNKNOWN.value, SendState.SENDING.value)


def climb(session: Any, events: list[StatusReported], now: datetime) -> None:
    """Keep each status once, and lift the rows they belong to, found by wamid or by our own id in them."""
    rows.append(session, "message_status", [_report(event, now) for event in events])
    found = _Messages(session, events)
    for event in events:
        row = found.of(event)
        if row is not None:
            _lift(session, row, event, now)
            _settle_unknown(session, row, event, now)
            _stop_marketing(session, row.customer_id, event, now)


def _report(event: StatusReported, now: datetime) -> dict[str, Any]:
    return {
        "wamid": event.wamid,
        "status": event.raw_status,
        "at": min(event.at or now, now),
        "received_at": now,
        "callback_data": event.callback_data,
        "error_codes": list(event.error_codes),
        "pricing": event.pricing,
    }


class _Messages:
    """The messages of ours that statuses speak of, as they were before."""

    def __init__(self, session: Any, events: list[StatusReported]) -> None:
        own_ids = [own_id for event in events if (own_id := _own_id(event)) is not None]
        found = session.execute(
            sa.select(
                *(Outbox.id, Outbox.customer_id, Outbox.wamid, Outbox.state, Outbox.status_rank)
            ).where(
                sa.or_(
                    Outbox.wamid.in_([event.wamid for event in events]),
                    sa.and_(Outbox.id.in_(own_ids), Outbox.wamid.is_(None)),
                )
            )
        ).all()
        self._by_wamid = {row.wamid: row for row in found if row.wamid}
        self._unsettled = {row.id: row for row in found if not row.wamid}

    def of(self, event: StatusReported) -> Any:
        """The row, None for a message that is not ours."""
        return self._by_wamid.get(event.wamid) or self._unsettled.get(_own_id(event))


def _own_id(event: StatusReported) -> int | None:
    own_id = event.callback_data or ""
    return int(own_id) if own_id.isdecimal() and len(own_id) < 19 else None


def _lift(session: Any, row: Any, event: StatusReported, now: datetime) -> None:
    rank = STATUS_RANK[event.status]
    if row.status_rank >= rank:
        return
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == row.id, Outbox.status_rank < rank)
        .values(
            status=event.raw_status,
            status_rank=rank,
            status_at=min(event.at or now, now),
            error_code=event.error_codes[0] if event.error_codes else Outbox.error_code,
        )
        .execution_options(synchronize_session=False)
    )


def _settle_unknown(session: Any, row: Any, event: StatusReported, now: datetime) -> None:
    """A status is proof that Meta took the message, whatever became of its answer."""
    if row.wamid or row.state not in IN_DOUBT:
        return
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == row.id, Outbox.wamid.is_(None), Outbox.state.in_(IN_DOUBT))
        .values(wamid=event.wamid, state=SendState.ACCEPTED.value, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _stop_marketing(session: Any, customer_id: int, event: StatusReported, now: datetime) -> None:
    if STOPPED_MARKETING not in event.error_codes:
        return
    withdrawal.withdraw(
        session,
        customer_id=customer_id,
        topics=withdrawal.MARKETING,
        method="status_131050",
        origin=f"status:{event.wamid}",
        evidence=event.wamid,
        at=min(event.at or now, now),
        now=now,
    )


def catch_up(session: Any, wamid: str) -> None:
    """Apply what Meta reported about a message before its acceptance was written down."""
    reported = session.execute(
        sa.select(StatusUpdate.status, StatusUpdate.at).where(StatusUpdate.wamid == wamid)
    ).all()
    if not reported:
        return
    newest = max(reported, key=lambda row: STATUS_RANK[MessageStatus(row.status)])
    rank = STATUS_RANK[MessageStatus(newest.status)]
    session.execute(
        sa.update(Outbox)
        .where(Outbox.wamid == wamid, Outbox.status_rank < rank)
        .values(status=newest.status, status_rank=rank, status_at=newest.at)
    )
