"""Business events in: a batch is checked, kept once, and becomes state; the answer names every event of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NoReturn

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from rapport.customers.contract import envelope
from rapport.customers.contract.envelope import Event, Refusal, Unreadable
from rapport.customers.contract.types import OF_A_CUSTOMER
from rapport.customers.state import account, catalogue, people, rows, shopping
from rapport.errors import RapportError

log = structlog.get_logger()

JSON_LINES = ("application/jsonl", "application/x-ndjson", "application/x-jsonlines")


DEADLOCK = "40P01"
"""PostgreSQL, appendix A: deadlock_detected."""

INTRODUCTIONS = 7202
"""Our number for the advisory lock of a batch that introduces customers: one at a time decides whose a
number is."""


class BadBatch(RapportError):
    """The body as a whole is not a batch of events."""


@dataclass
class Receipt:
    """What became of each event, by its id. `unknown` are those accepted whose type has no meaning here yet."""

    accepted: list[str] = field(default_factory=list)
    duplicate: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def accept(session: Session, batch: list[Any], now: datetime) -> Receipt:
    """Keep the events of a batch and bring the state up to them.

    An event that is not of the contract is refused with its JSON path and disturbs no other; one that was
    seen before changes nothing.
    """
    parsed = [envelope.parse(index, item, now) for index, item in enumerate(batch)]
    events = [item for item in parsed if isinstance(item, Event)]
    refused = [item for item in parsed if isinstance(item, Refusal)]
    new, rejected = _keep(session, events, now)
    receipt = _receipt(events, new, refused + rejected)
    log.info("events.received", **{name: len(ids) for name, ids in vars(receipt).items()})
    return receipt


def accept_batch(
    sessions: Any, batch: list[Any], now: datetime, *, dry_run: bool = False, tries: int = 3
) -> Receipt:
    """`accept` in a transaction of its own, rolled back in a dry run.

    Begins again when PostgreSQL gave it up for another transaction that waited for the same rows, or when the
    connection had died while it was idle.
    """
    try:
        with sessions.begin() as session:
            receipt = accept(session, batch, now)
            if dry_run:
                session.rollback()
        return receipt
    except sa.exc.OperationalError as error:
        is_deadlock = getattr(error.orig, "pgcode", None) == DEADLOCK
        if tries == 1 or not (is_deadlock or error.connection_invalidated):
            raise
    return accept_batch(sessions, batch, now, dry_run=dry_run, tries=tries - 1)


def read_batch(body: bytes, content_type: str | None) -> list[Any]:
    """The items of a body: a JSON object, a JSON array, or JSON Lines. Raises BadBatch with the reason.

    A line that is not JSON becomes an item that `accept` refuses, so that its neighbours live.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadBatch("The body is not UTF-8.") from error
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in JSON_LINES:
        whole = read_json(text)
        if not isinstance(whole, Unreadable):
            return whole if isinstance(whole, list) else [whole]
    items = [read_json(line) for line in text.split("\n") if line.strip()]
    if all(isinstance(item, Unreadable) for item in items):
        raise BadBatch("The body is neither a JSON object, a JSON array nor JSON Lines.")
    return items


def read_json(text: str) -> Any:
    """The JSON value, or Unreadable with the reason."""
    try:
        return json.loads(text, parse_constant=no_number)
    except RecursionError:
        return Unreadable("nested too deep")
    except ValueError as error:
        return Unreadable(f"not JSON: {getattr(error, 'msg', error)}")


def receipt_as_json(receipt: Receipt) -> dict[str, Any]:
    """The answer to `POST /events`."""
    return asdict(receipt)


def no_number(name: str) -> NoReturn:
    """For NaN and Infinity, which Python reads and JSON does not know. Raises ValueError."""
    raise ValueError(f"{name} is not a number of JSON")


def _keep(
    session: Session, events: list[Event], now: datetime, *, is_second_try: bool = False
) -> tuple[set[tuple[str, str]], list[Refusal]]:
    """Keys of the events that are new and now in the state, and what the database would not take.

    Everything at once; should the database refuse it, each half by itself, down to the culprit. That one is
    tried again, for it may only have met another transaction.
    """
    try:
        with session.begin_nested():
            return _apply(session, events, now), []
    except (sa.exc.DataError, sa.exc.IntegrityError) as error:
        if is_second_try:
            return set(), [_rejection(events[0], error)]
    if len(events) == 1:
        return _keep(session, events, now, is_second_try=True)
    middle = len(events) // 2
    first, rejected = _keep(session, events[:middle], now)
    second, also_rejected = _keep(session, events[middle:], now)
    return first | second, rejected + also_rejected


def _rejection(event: Event, error: sa.exc.DBAPIError) -> Refusal:
    log.warning("events.rejected", type=event.type, error=type(error.orig).__name__)
    return Refusal(event.index, event.id, "$", "the database cannot hold it")


def _apply(session: Session, events: list[Event], now: datetime) -> set[tuple[str, str]]:
    if any(event.type == people.UPSERTED for event in events):
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(INTRODUCTIONS)))
    new = _insert(session, events, now)
    fresh = {event.key: event for event in reversed(events) if event.key in new}
    news = sorted((e for e in fresh.values() if e.data is not None), key=lambda e: e.stamp)
    customers = people.resolve(session, [e for e in news if e.type in OF_A_CUSTOMER], now)
    people.apply(session, news, customers, now)
    catalogue.apply(session, news)
    shopping.apply(session, news, customers)
    account.apply(session, news, customers, now)
    return new


def _insert(session: Session, events: list[Event], now: datetime) -> set[tuple[str, str]]:
    """Keys of the events that were not there yet."""
    if not events:
        return set()
    kept = [
        {
            "source": event.source,
            "event_id": event.id,
            "type": event.type,
            "subject": event.subject,
            "time": event.time,
            "data": {} if event.raw is None else event.raw,
            "is_known": event.data is not None,
            "received_at": now,
        }
        for event in sorted(events, key=lambda event: event.key)
    ]
    added = rows.append(session, "business_event", kept, returning=("source", "event_id"))
    return {(row.source, row.event_id) for row in added}


def _receipt(events: list[Event], new: set[tuple[str, str]], refused: list[Refusal]) -> Receipt:
    receipt = Receipt(refused=sorted(refused, key=lambda refusal: refusal.index))
    rejected = {refusal.index for refusal in refused}
    waiting = set(new)
    for event in events:
        if event.index in rejected:
            continue
        if event.key not in waiting:
            receipt.duplicate.append(event.id)
            continue
        waiting.remove(event.key)
        receipt.accepted.append(event.id)
        if event.data is None:
            receipt.unknown.append(event.id)
    return receipt
