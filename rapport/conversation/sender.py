"""Sends what is waiting: Meta's throughput and pair rate held, the window respected, nothing sent twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert

from rapport import clock
from rapport.conversation import outbox, statuses
from rapport.conversation.outbox import Claim
from rapport.customers import identity
from rapport.db.conversation import Outbox, PairRate, RateBucket
from rapport.errors import (
    NeverToThisCustomer,
    OutcomeUnknown,
    SendError,
    StopEverything,
    TryLater,
)
from rapport.vocabulary import SHARDS, SendState
from rapport.whatsapp.client import Accepted, Cloud

log = structlog.get_logger()

SLICE = 20
"""Messages under way at once from one shard."""
PACE, BURST = 0.88, 0.05
"""Shares of Meta's throughput: what flows in a second and what may leave at once. Together 93 %, since
the worst second was measured to overshoot by up to 5 %."""
PAIR_INTERVAL = timedelta(seconds=6.05)
PAIR_BURST = 44
"""Meta, about the platform, 2026-09-11: 1 message per 6 s to one user, up to 45 at once on credit that
is paid back in the time that follows. A little less of both, for the way to Meta is not always as long."""
ATTEMPTS = 8


class Pacer:
    """Lets requests of this process leave evenly: after a stall, what has piled up does not leave at once."""

    def __init__(self, per_second: float) -> None:
        self._spacing = 1 / per_second
        self._free_at = 0.0

    async def pace(self) -> None:
        """Return when the next request may leave."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._free_at)
        self._free_at = start + self._spacing
        await asyncio.sleep(start - now)


@dataclass(frozen=True)
class Post:
    """What the sender needs to know of the world; one a process."""

    sessions: Any
    cloud: Cloud
    phone_number_id: str
    messages_per_second: int
    pacer: Pacer


async def pump(post: Post, shard: int) -> None:
    """Send everything of a shard that is due; returns when nothing is left that may go now."""
    while True:
        claims, wait = await asyncio.to_thread(_claim, post, shard, clock.utc_now())
        if claims:
            await asyncio.gather(*(_deliver(post, claim) for claim in claims))
        elif wait is None:
            return
        else:
            await asyncio.sleep(wait)


def _claim(post: Post, shard: int, now: datetime) -> tuple[list[tuple[Claim, Any]], float | None]:
    """Claims whose requests may leave now; without any, seconds to wait for a token or None."""
    with post.sessions.begin() as session:
        rows = outbox.heads(session, shard, SHARDS, now, SLICE)
        rows = [row for row in rows if _may_go(session, row, now)]
        rows = _within_window(session, rows, now)
        rows = [row for row in rows if _pair_allows(session, row, now)]
        if not rows:
            return [], None
        granted = take_tokens(session, post, len(rows), now)
        if granted is None:
            return [], None
        if granted == 0:
            return [], 1 / post.messages_per_second
        for row in rows[:granted]:
            _pay_pair(session, row.customer_id, now)
        claims = [outbox.claim(session, row, now) for row in rows[:granted]]
        return [(claim, identity.address_of(session, claim.customer_id)) for claim in claims], None


def _may_go(session: Any, row: Outbox, now: datetime) -> bool:
    if row.attempts < ATTEMPTS:
        return True
    outbox.refuse(session, row, row.error_code or 0, now)
    return False


def _within_window(session: Any, rows: list[Outbox], now: datetime) -> list[Outbox]:
    free_form = [row for row in rows if row.type != "template"]
    open_for = outbox.windows(session, [row.customer_id for row in free_form], now)
    for row in free_form:
        if row.customer_id not in open_for:
            outbox.refuse(session, row, outbox.WINDOW_CLOSED, now)
            log.warning("send.window_closed", send_id=row.id, customer_id=row.customer_id)
    return [row for row in rows if row.type == "template" or row.customer_id in open_for]


def _pair_allows(session: Any, row: Outbox, now: datetime) -> bool:
    """A message over Meta's pace for this customer waits; others are not held up by it."""
    paid = session.scalar(
        sa.select(PairRate.paid_until).where(PairRate.customer_id == row.customer_id)
    )
    free_at = (paid or now) - PAIR_INTERVAL * (PAIR_BURST - 1)
    if free_at <= now:
        return True
    row.due_at = free_at
    return False


def _pay_pair(session: Any, customer_id: int, now: datetime) -> None:
    statement = insert(PairRate).values(customer_id=customer_id, paid_until=now + PAIR_INTERVAL)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={"paid_until": sa.func.greatest(PairRate.paid_until, now) + PAIR_INTERVAL},
        )
    )


def take_tokens(session: Any, post: Post, wanted: int, now: datetime) -> int | None:
    """How many messages may leave now, taken from the number's bucket; None while it is stopped."""
    rate = post.messages_per_second * PACE
    most = max(post.messages_per_second * BURST, 1.0)
    session.execute(
        insert(RateBucket)
        .values(phone_number_id=post.phone_number_id, tokens=most, at=now)
        .on_conflict_do_nothing()
    )
    bucket = session.scalars(
        sa.select(RateBucket)
        .where(RateBucket.phone_number_id == post.phone_number_id)
        .with_for_update()
    ).one()
    if bucket.stopped_at is not None:
        return None
    elapsed = max((now - bucket.at).total_seconds(), 0.0)
    available = min(bucket.tokens + elapsed * rate, most)
    granted = min(wanted, int(available))
    bucket.tokens, bucket.at = available - granted, max(now, bucket.at)
    return granted


async def _deliver(post: Post, claimed: tuple[Claim, tuple[str | None, str | None]]) -> None:
    claim, (phone, bsuid) = claimed
    await post.pacer.pace()
    try:
        outcome: Accepted | SendError = await post.cloud.send(
            phone=phone,
            bsuid=bsuid,
            type=claim.type,
            payload=claim.payload,
            callback_data=str(claim.outbox_id),
            reply_to=claim.context_wamid,
            attempt=claim.attempts,
        )
    except SendError as error:
        outcome = error
    await asyncio.to_thread(_settle, post, claim, outcome, clock.utc_now())


def _settle(post: Post, claim: Claim, outcome: Accepted | SendError, now: datetime) -> None:
    with post.sessions.begin() as session:
        if isinstance(outcome, Accepted):
            outbox.settle(session, claim, state=SendState.ACCEPTED, wamid=outcome.wamid, now=now)
            statuses.catch_up(session, outcome.wamid)
            return
        _log(claim, outcome)
        if isinstance(outcome, StopEverything):
            _stop(session, post, outcome.code, now)
        outbox.settle(session, claim, now=now, code=outcome.code, **_next(outcome, now))


def _next(outcome: SendError, now: datetime) -> dict[str, Any]:
    if isinstance(outcome, TryLater):
        return {"state": SendState.QUEUED, "due_at": now + outcome.after}
    if isinstance(outcome, OutcomeUnknown):
        return {"state": SendState.UNKNOWN}
    if isinstance(outcome, StopEverything):
        return {"state": SendState.QUEUED, "due_at": now}
    return {"state": SendState.REFUSED}


def _stop(session: Any, post: Post, code: int, now: datetime) -> None:
    session.execute(
        sa.update(RateBucket)
        .where(RateBucket.phone_number_id == post.phone_number_id)
        .values(stopped_code=code, stopped_at=now)
    )


def resume(session: Any, phone_number_id: str) -> bool:
    """Let a stopped number send again; True when it was stopped."""
    changed = session.execute(
        sa.update(RateBucket)
        .where(RateBucket.phone_number_id == phone_number_id, RateBucket.stopped_at.is_not(None))
        .values(stopped_code=None, stopped_at=None)
    )
    return bool(changed.rowcount)


def _log(claim: Claim, outcome: SendError) -> None:
    event = {"send_id": claim.outbox_id, "code": outcome.code, "detail": outcome.detail}
    if isinstance(outcome, TryLater):
        log.info("send.later", seconds=outcome.after.total_seconds(), **event)
    elif isinstance(outcome, NeverToThisCustomer):
        log.info("send.never", **event)
    elif isinstance(outcome, OutcomeUnknown):
        log.warning("send.unknown", **event)
    else:
        log.error("send.refused", outcome=type(outcome).__name__, **event)
