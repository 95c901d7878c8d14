"""The business's own doors on the same server: `POST /events` and `GET /health`."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
import structlog
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from rapport import clock
from rapport.customers import events
from rapport.db.conversation import Inbox, Outbox, RateBucket
from rapport.dialogue import life
from rapport.dialogue.channel import BODY_LIMIT
from rapport.dialogue.runtime import Runtime
from rapport.settings import Settings, load
from rapport.vocabulary import InboxState, SendState

log = structlog.get_logger()


class BusinessDoors(InputChannel):
    """Business events in, health out; a channel to Rasa, so that `rasa run` serves it too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "business"

    def url_prefix(self) -> str:
        """At the root of the server."""
        return "/"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The doors, with the key from the environment."""
        return cls(load())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two routes."""
        doors = Blueprint("business")
        settings = self._settings

        @doors.post("/events")
        async def accept(request: Request) -> HTTPResponse:
            return await accepted(request, settings.events_key, life.runtime_of(request.app))

        @doors.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await healthy(life.runtime_of(request.app))

        return doors


async def accepted(request: Request, key: str, runtime: Runtime | None) -> HTTPResponse:
    """202 with the answer per event; 401 without the key, 413 too large, 400 unreadable, 503 to come again."""
    if not _has_key(request, key):
        return json({"error": "Send Authorization: Bearer <key>."}, status=401)
    if len(request.body) > BODY_LIMIT:
        return json({"error": "A batch may hold 3 MB; send it in parts."}, status=413)
    if runtime is None:
        return json({"error": "Starting; come again."}, status=503)
    try:
        batch = events.read_batch(request.body, request.headers.get("content-type") or "")
    except events.BadBatch as error:
        return json({"error": str(error)}, status=400)
    try:
        receipt = await asyncio.to_thread(
            events.accept_batch, runtime.sessions, batch, clock.utc_now()
        )
    except sa.exc.SQLAlchemyError as error:
        log.error("events.not_recorded", error=type(error).__name__)
        return json({"error": "The database is away; come again."}, status=503)
    return json(events.receipt_as_json(receipt), status=202)


def _has_key(request: Request, key: str) -> bool:
    given = request.headers.get("authorization") or ""
    return bool(key) and hmac.compare_digest(given.encode(), f"Bearer {key}".encode())


async def healthy(runtime: Runtime | None) -> HTTPResponse:
    """200 when the model is loaded and the database answers, with the queues' depths; 503 otherwise."""
    if runtime is None:
        return json({"status": "starting"}, status=503)
    try:
        depths = await asyncio.to_thread(_depths, runtime)
    except sa.exc.SQLAlchemyError:
        return json({"status": "database away"}, status=503)
    model = runtime.agent.processor.model_filename
    return json({"status": "ok", "model": model, **depths})


def _depths(runtime: Runtime) -> dict[str, Any]:
    with runtime.sessions.begin() as session:
        stopped = session.scalar(sa.select(sa.func.max(RateBucket.stopped_code)))
        return {
            "inbox_pending": _count(session, Inbox, InboxState.PENDING.value),
            "outbox_queued": _count(session, Outbox, SendState.QUEUED.value),
            "outbox_unknown": _count(session, Outbox, SendState.UNKNOWN.value),
            "stopped_by_meta": stopped,
        }


def _count(session: Any, table: Any, state: str) -> int:
    return int(
        session.scalar(sa.select(sa.func.count()).select_from(table).where(table.state == state))
    )
