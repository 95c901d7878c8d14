"""What Meta reports about our messages: a status climbs and never falls, an unknown outcome is settled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.consent import withdrawal
from rapport.db.conversation import Outbox, StatusUpdate
from rapport.vocabulary import STATUS_RANK, MessageStatus, SendState
from rapport.whatsapp.webhook import StatusReported

STOPPED_MARKETING = 131050
"""Meta: the user has stopped marketing messages from this business."""


def climb(session: Any, event: StatusReported, now: datetime) -> None:
    """Keep the status once, and lift the row it belongs to, found by wamid or by our own id in it."""
    at = min(event.at or now, now)
    _keep(session, event, at, now)
    rank = STATUS_RANK[event.status]
    row = session.execute(
        sa.select(Outbox.id, Outbox.customer_id).where(_belongs(event)).limit(1)
    ).first()
    if row is None:
        return
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == row.id, Outbox.status_rank < rank)
        .values(
            status=event.raw_status,
            status_rank=rank,
            status_at=at,
            error_code=event.error_codes[0] if event.error_codes else Outbox.error_code,
        )
    )
    _settle_unknown(session, row.id, event, now)
    if STOPPED_MARKETING in event.error_codes:
        withdrawal.withdraw(
            session,
            customer_id=row.customer_id,
            topics=withdrawal.MARKETING,
            method="status_131050",
            origin=f"status:{event.wamid}",
            evidence=event.wamid,
            at=at,
            now=now,
        )


def _keep(session: Any, event: StatusReported, at: datetime, now: datetime) -> None:
    session.execute(
        insert(StatusUpdate)
        .values(
            wamid=event.wamid,
            status=event.raw_status,
            at=at,
            received_at=now,
            callback_data=event.callback_data,
            error_codes=list(event.error_codes),
            pricing=event.pricing,
        )
        .on_conflict_do_nothing()
    )


def _belongs(event: StatusReported) -> Any:
    own_id = event.callback_data or ""
    if own_id.isdecimal() and len(own_id) < 19:
        return sa.or_(
            Outbox.wamid == event.wamid,
            sa.and_(Outbox.id == int(own_id), Outbox.wamid.is_(None)),
        )
    return Outbox.wamid == event.wamid


def _settle_unknown(session: Any, outbox_id: int, event: StatusReported, now: datetime) -> None:
    """A status is proof that Meta took the message, whatever became of its answer."""
    in_doubt = (SendState.UNKNOWN.value, SendState.SENDING.value)
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == outbox_id, Outbox.wamid.is_(None), Outbox.state.in_(in_doubt))
        .values(wamid=event.wamid, state=SendState.ACCEPTED.value, settled_at=now)
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
