"""From one item of a batch to an event we can act on, or to the path and reason of its refusal."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from rapport.customers.contract.types import OF_A_CUSTOMER, ORDER_MOVES, TYPES, Data
from rapport.customers.contract.values import Id, Instant, Text

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for tab and line ends, and halves of characters; PostgreSQL refuses some of them."""

DEEPEST, HUGE = 20, 2**53
"""Beyond 2**53 the readers of JSON no longer agree on a number (RFC 8259, section 6)."""
AHEAD = timedelta(days=366)
"""An event further ahead than this would keep every later one from counting."""

RANK = {f"order.{move}": rank for rank, move in enumerate(ORDER_MOVES, 1)}
"""What counts when two things happened to an order at the same instant."""


class Envelope(BaseModel):
    """CloudEvents 1.0, structured mode."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Id
    time: Instant
    subject: Id | None
    datacontenttype: Text | None
    data: Any


@dataclass(frozen=True)
class Event:
    """An event that is well-formed; `data` is None for a type we do not know."""

    index: int
    id: str
    source: str
    type: str
    time: datetime
    subject: str | None
    data: Any
    raw: Any

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the event."""
        return self.source, self.id

    @property
    def origin(self) -> str:
        """The event's name in the rows it leaves."""
        return f"event:{self.source}:{self.id}"

    @cached_property
    def stamp(self) -> str:
        """Orders events: by time, then by what an order goes through, then by name."""
        name = hashlib.sha256(self.origin.encode()).hexdigest()[:8]
        return f"{instant_text(self.time)}-{RANK.get(self.type, 0)}-{name}"


@dataclass(frozen=True)
class Refusal:
    """An item that is not an event of the contract: where and why."""

    index: int
    id: str | None
    path: str
    reason: str


@dataclass(frozen=True)
class Unreadable:
    """Stands for a line of a batch that is not JSON."""

    reason: str


def instant_text(moment: datetime) -> str:
    """UTC with microseconds, of fixed width, so that texts compare as moments do."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")


def parse(index: int, item: Any, now: datetime) -> Event | Refusal:
    """The event, or why the item is refused."""
    if isinstance(item, Unreadable):
        return Refusal(index, None, "$", item.reason)
    if not isinstance(item, dict):
        return Refusal(index, None, "$", "not a JSON object")
    name = _name(item)
    dirt = _dirt(item, "$", 0)
    if dirt:
        return Refusal(index, name, *dirt)
    try:
        return _event(index, item, now)
    except ValidationError as error:
        return Refusal(index, name, *_first(error, "$"))
    except Refused as refused:
        return Refusal(index, name, refused.path, refused.reason)


class Refused(ValueError):
    """Carries path and reason from a check to `parse`."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


def _event(index: int, item: dict[str, Any], now: datetime) -> Event:
    envelope = Envelope.parse_obj(item)
    if envelope.time > now + AHEAD:
        raise Refused("$.time", "more than a year ahead")
    if envelope.type in OF_A_CUSTOMER and envelope.subject is None:
        raise Refused("$.subject", "missing: the business's id of the customer")
    return Event(
        index=index,
        id=str(envelope.id),
        source=str(envelope.source),
        type=str(envelope.type),
        time=envelope.time,
        subject=envelope.subject,
        data=_data(envelope),
        raw=envelope.data,
    )


def _data(envelope: Envelope) -> Data | None:
    shape = TYPES.get(envelope.type)
    if shape is None:
        return None
    if "json" not in (envelope.datacontenttype or "application/json"):
        raise Refused("$.datacontenttype", "not application/json")
    if not isinstance(envelope.data, dict):
        raise Refused("$.data", "not a JSON object")
    try:
        return shape.parse_obj(envelope.data)
    except ValidationError as error:
        raise Refused(*_first(error, "$.data")) from error


def _first(error: ValidationError, root: str) -> tuple[str, str]:
    """Path and reason of the first thing that is wrong."""
    first = error.errors()[0]
    return root + "".join(_step(key) for key in first["loc"] if key != "__root__"), first["msg"]


def _step(key: str | int) -> str:
    return f"[{key}]" if isinstance(key, int) else f".{key}"


def _name(item: dict[str, Any]) -> str | None:
    name = item.get("id")
    return UNPRINTABLE.sub("", name)[:200] if isinstance(name, str) else None


def _dirt(value: Any, path: str, depth: int) -> tuple[str, str] | None:
    """Path and reason of the first thing in a JSON value that cannot be kept."""
    if depth > DEEPEST:
        return path[:200], f"nested more than {DEEPEST} deep"
    if isinstance(value, str):
        return (path, "has a control character") if UNPRINTABLE.search(value) else None
    if isinstance(value, (int, float)):
        return None if _is_sane(value) else (path, "is a huge number")
    if isinstance(value, dict):
        return _dirt_in([(f".{key}", key, item) for key, item in value.items()], path, depth)
    if isinstance(value, list):
        return _dirt_in([(f"[{n}]", "", item) for n, item in enumerate(value)], path, depth)
    return None


def _dirt_in(entries: list[tuple[str, str, Any]], path: str, depth: int) -> tuple[str, str] | None:
    for step, key, item in entries:
        if UNPRINTABLE.search(key):
            return path, "has a key with a control character"
        found = _dirt(item, path + step, depth + 1)
        if found:
            return found
    return None


def _is_sane(number: float) -> bool:
    return math.isfinite(number) and abs(number) < HUGE
