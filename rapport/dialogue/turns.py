"""From waiting messages to committed replies: Rasa is asked, and everything is kept in one transaction."""

from __future__ import annotations

import time
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
import structlog
from rasa.core.processor import MessageProcessor

from rapport import clock
from rapport.conversation import handover, inbox, outbox, replies, tongue
from rapport.conversation.replies import BotMessage
from rapport.db.conversation import Inbox
from rapport.dialogue import phrases, reading, turn
from rapport.vocabulary import InboxState

log = structlog.get_logger()


class Outcome(Enum):
    """What came of looking after one customer."""

    ANSWERED = "answered"
    NOTHING_WAITING = "nothing_waiting"
    BUSY = "busy"  # another turn of this customer is running
    FAILED = "failed"


async def serve(processor: MessageProcessor, sessions: Any, customer_id: int) -> Outcome:
    """Answer what this customer has waiting; any failure is counted on the first message.

    After the last attempt the customer gets one apology and a person the conversation.
    """
    now = clock.utc_now()
    first: list[int] = []
    try:
        with sessions.begin() as session:
            return await _turn(processor, session, customer_id, now, first)
    except Exception as error:
        log.warning(
            "turn.failed", customer_id=customer_id, error=type(error).__name__, exc_info=True
        )
        if first:
            _count_failure(sessions, customer_id, first[0], error)
        return Outcome.FAILED


async def _turn(
    processor: MessageProcessor, session: Any, customer_id: int, now: datetime, first: list[int]
) -> Outcome:
    if not inbox.lock(session, customer_id):
        return Outcome.BUSY
    rows = inbox.pending(session, customer_id, now)
    if not rows:
        return Outcome.NOTHING_WAITING
    first.append(rows[0].id)
    if handover.is_with_human(session, customer_id):
        inbox.noted(session, rows, now)
        return Outcome.ANSWERED
    started = time.perf_counter()
    running = turn.Turn(session, customer_id, now, rows[0].wamid)
    with turn.running(running):
        await _ask(processor, running, rows)
    turn_id = rows[-1].id
    _keep(session, customer_id, rows, turn_id, running.replies, clock.utc_now())
    milliseconds = round((time.perf_counter() - started) * 1000)
    log.info("turn.done", customer_id=customer_id, turn_id=turn_id, ms=milliseconds)
    return Outcome.ANSWERED


async def _ask(processor: MessageProcessor, running: turn.Turn, rows: list[Inbox]) -> None:
    messages = await reading.read(processor, running, rows)
    for running.to_come, message in zip(reversed(range(len(messages))), messages, strict=True):
        running.wamid = message.message_id or running.wamid
        running.said_at = datetime.fromisoformat(message.metadata["said_at"])
        before = running.saves
        await processor.handle_message(message)
        if running.failure is not None:
            raise running.failure
        if running.saves == before:
            raise RuntimeError("the tracker was not saved")


def _keep(
    session: Any,
    customer_id: int,
    rows: list[Inbox],
    turn_id: int,
    said: list[BotMessage],
    now: datetime,
) -> None:
    label = phrases.say("list.choose", tongue.of(session, customer_id))
    outbox.enqueue(
        session,
        customer_id=customer_id,
        turn_id=turn_id,
        origin="turn",
        messages=replies.compose(said, turn_id, label),
        now=now,
    )
    inbox.handled(session, rows, turn_id, now)


def _count_failure(sessions: Any, customer_id: int, inbox_id: int, error: BaseException) -> None:
    now = clock.utc_now()
    try:
        with sessions.begin() as session:
            if inbox.failed(session, inbox_id, error, now):
                _apologise(session, customer_id, inbox_id, now)
    except sa.exc.SQLAlchemyError as fault:  # the message stays pending; the sweep brings it again
        log.warning("turn.failure_not_counted", inbox_id=inbox_id, error=type(fault).__name__)


def _apologise(session: Any, customer_id: int, inbox_id: int, now: datetime) -> None:
    apology = phrases.say("apology", tongue.of(session, customer_id))
    outbox.enqueue(
        session,
        customer_id=customer_id,
        turn_id=inbox_id,
        origin="apology",
        messages=replies.compose([BotMessage(apology)], inbox_id),
        now=now,
    )
    handover.to_human(session, customer_id, "turn_failed", now)
    session.execute(
        sa.update(Inbox)
        .where(Inbox.id == inbox_id, Inbox.state == InboxState.FAILED.value)
        .values(turn_id=inbox_id)
    )
    log.error("turn.given_up", customer_id=customer_id, inbox_id=inbox_id)
