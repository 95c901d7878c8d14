"""One turn is one transaction: what actions write, the tracker and the replies stand or fall together."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rapport import clock
from rapport.conversation.replies import BotMessage
from rapport.db import session as db
from rapport.settings import load


@dataclass
class Turn:
    """What an action may use while it answers one customer.

    `wamid` is the idempotency key of whatever the action writes; `failure` is the first exception
    of an action, which Rasa itself would swallow. `said_at`: when the customer said what is answered. `to_come`: messages of the turn after the present
    one; `has_opened`: one of its replies left a question open; `is_asking`: one that the customer sees.
    """

    session: Any
    customer_id: int
    now: datetime
    wamid: str
    replies: list[BotMessage] = field(default_factory=list)
    failure: BaseException | None = None
    saves: int = 0
    to_come: int = 0
    has_opened: bool = False
    is_asking: bool = False
    said_at: datetime = field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Outside a conversation what is said is said now."""
        self.said_at = self.said_at or self.now


_current: ContextVar[Turn | None] = ContextVar("turn", default=None)


def current() -> Turn | None:
    """The turn that is being run, None outside of one."""
    return _current.get()


@contextmanager
def running(turn: Turn) -> Iterator[Turn]:
    """Make `turn` the current one for all that is awaited inside."""
    token = _current.set(turn)
    try:
        yield turn
    finally:
        _current.reset(token)


@contextmanager
def of(sender_id: str) -> Iterator[Turn]:
    """The running turn, or outside of one (`rasa shell`, `rasa run actions`) a transaction of its own.

    An id that is no customer's stands for a person unknown to the business.
    """
    turn = current()
    if turn is not None:
        yield turn
        return
    with own_sessions().begin() as session:
        customer_id = int(sender_id) if sender_id.isdecimal() and len(sender_id) < 19 else 0
        now = clock.utc_now()
        yield Turn(session, customer_id, now, wamid=f"shell:{sender_id}:{now.isoformat()}")


@functools.lru_cache(maxsize=1)
def own_sessions() -> Any:
    """The session factory on the configured database, for work outside a turn."""
    return db.sessions_for(db.engine_for(db.database_url(load())))
