"""The routes of the service: Meta's webhook, business events, health.

They know no Rasa: a process of their own serves them beside the dialogue, and Rasa's server as channels.
The process puts a Desk into `app.ctx.desk` when it is ready.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

import sqlalchemy as sa
import structlog
from sanic import Blueprint, Sanic
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse, json, text

from rapport import clock
from rapport.conversation import inbox, presence
from rapport.customers import events
from rapport.db.conversation import Inbox, Outbox, RateBucket
from rapport.door.desk import Desk
from rapport.settings import Settings
from rapport.vocabulary import InboxState, SendState
from rapport.whatsapp import webhook

log = structlog.get_logger()

BODY_LIMIT = 3_000_000
"""Meta, webhooks overview, 2026-09-11: payloads of up to 3 MB."""


def bound(app: Sanic) -> None:
    """Have the server itself refuse bodies beyond the limit, in JSON."""
    app.config.REQUEST_MAX_SIZE = BODY_LIMIT
    app.error_handler.add(PayloadTooLarge, too_large)


def whatsapp(settings: Settings) -> Blueprint:
    """Meta's webhook, at `/webhooks/whatsapp/webhook`; `/webhooks/whatsapp/` says that the door is open."""
    door = Blueprint("whatsapp")

    @door.get("/")
    async def here(_: Request) -> HTTPResponse:
        return json({"status": "ok"})

    @door.get("/webhook")
    async def verify(request: Request) -> HTTPResponse:
        return verified(request, settings.verify_token)

    @door.post("/webhook")
    async def receive(request: Request) -> HTTPResponse:
        return await received(request, settings.app_secret, desk_of(request.app))

    return door


def business(settings: Settings) -> Blueprint:
    """The business's own doors, at the root: `POST /events` and `GET /health`."""
    doors = Blueprint("business")

    @doors.post("/events")
    async def accept(request: Request) -> HTTPResponse:
        return await accepted(request, settings.events_key, desk_of(request.app))

    @doors.get("/health")
    async def health(request: Request) -> HTTPResponse:
        return await healthy(desk_of(request.app))

    return doors


def desk_of(app: Sanic) -> Desk | None:
    """What the routes work with, None while the process starts."""
    return getattr(app.ctx, "desk", None)


def too_large(request: Request, error: Exception) -> HTTPResponse:
    """413, and what to do."""
    return json({"error": "A body may hold 3 MB; send it in parts."}, status=413)


def verified(request: Request, token: str) -> HTTPResponse:
    """Meta's handshake: the challenge as it came for the right token, 403 otherwise."""
    given = request.args.get("hub.verify_token") or ""
    is_subscription = request.args.get("hub.mode") == "subscribe"
    if token and is_subscription and hmac.compare_digest(given.encode(), token.encode()):
        return text(request.args.get("hub.challenge") or "")
    return text("Forbidden", status=403)


async def received(request: Request, app_secret: str, desk: Desk | None) -> HTTPResponse:
    """200 once the rows are committed; 403 unsigned, 400 no webhook, 503 to come again."""
    body = request.body
    if not webhook.is_signed(body, request.headers.get("x-hub-signature-256"), app_secret):
        return text("Forbidden", status=403)
    try:
        events = webhook.parse(body)
    except webhook.NotAWebhook:
        return text("Not a webhook", status=400)
    if desk is None:
        return text("Starting", status=503)
    try:
        recorded = await asyncio.to_thread(_record, desk.sessions, events)
    except sa.exc.SQLAlchemyError as error:
        log.error("webhook.not_recorded", error=type(error).__name__)
        return text("Come again", status=503)
    desk.waker.wake_turns(recorded.customers)
    desk.waker.wake_media(recorded.media)
    log.info("webhook.recorded", new=recorded.new, known=recorded.known)
    return text("")


def _record(sessions: Any, events: list[webhook.Event]) -> inbox.Recorded:
    with sessions.begin() as session:
        return inbox.record(session, events, clock.utc_now())


async def accepted(request: Request, key: str, desk: Desk | None) -> HTTPResponse:
    """202 with the answer per event; 401 without the key, 400 unreadable, 503 to come again."""
    if not _has_key(request, key):
        return json({"error": "Send Authorization: Bearer <key>."}, status=401)
    if desk is None:
        return json({"error": "Starting; come again."}, status=503)
    try:
        batch = events.read_batch(request.body, request.headers.get("content-type") or "")
    except events.BadBatch as error:
        return json({"error": str(error)}, status=400)
    try:
        receipt = await asyncio.to_thread(
            events.accept_batch, desk.sessions, batch, clock.utc_now()
        )
    except sa.exc.SQLAlchemyError as error:
        log.error("events.not_recorded", error=type(error).__name__)
        return json({"error": "The database is away; come again."}, status=503)
    return json(events.receipt_as_json(receipt), status=202)


def _has_key(request: Request, key: str) -> bool:
    given = request.headers.get("authorization") or ""
    return bool(key) and hmac.compare_digest(given.encode(), f"Bearer {key}".encode())


async def healthy(desk: Desk | None) -> HTTPResponse:
    """200 when a dialogue with a model is at work and the database answers, with the queues' depths; else 503."""
    if desk is None:
        return json({"status": "starting"}, status=503)
    try:
        found = await asyncio.to_thread(_state, desk.sessions)
    except sa.exc.SQLAlchemyError:
        return json({"status": "database away"}, status=503)
    is_whole = found["dialogues"] > 0
    status = "ok" if is_whole else "no dialogue; what comes in is kept"
    return json({"status": status, **found}, status=200 if is_whole else 503)


def _state(sessions: Any) -> dict[str, Any]:
    with sessions.begin() as session:
        models = presence.models(session)
        return {
            "model": models[0] if models else None,
            "dialogues": len(models),
            "inbox_pending": _count(session, Inbox, InboxState.PENDING.value),
            "outbox_queued": _count(session, Outbox, SendState.QUEUED.value),
            "outbox_unknown": _count(session, Outbox, SendState.UNKNOWN.value),
            "stopped_by_meta": session.scalar(sa.select(sa.func.max(RateBucket.stopped_code))),
        }


def _count(session: Any, table: Any, state: str) -> int:
    return int(
        session.scalar(sa.select(sa.func.count()).select_from(table).where(table.state == state))
    )
