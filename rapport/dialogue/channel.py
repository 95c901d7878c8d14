"""WhatsApp's door on Rasa's server: signature, size, rows, 200; the dialogue comes after."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
import structlog
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json, text

from rapport import clock
from rapport.conversation import inbox
from rapport.dialogue import checks, life
from rapport.dialogue.output import TurnOutput
from rapport.dialogue.runtime import Runtime
from rapport.settings import Settings, load
from rapport.whatsapp import webhook

log = structlog.get_logger()

BODY_LIMIT = 3_000_000
"""Meta, webhooks overview, 2026-09-11: payloads of up to 3 MB."""


class WhatsAppInput(InputChannel):
    """Meta's webhook at `/webhooks/whatsapp/webhook`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """The channel's name, the same everywhere: Rasa matches on it."""
        return "whatsapp"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel from the environment. Ends the start when a class of ours cannot be loaded."""
        checks.check_classes()
        return cls(load())

    def get_output_channel(self) -> OutputChannel:
        """Where replies go: into the running turn."""
        return TurnOutput()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes and the life of what runs beside them."""
        door = Blueprint("whatsapp")
        settings = self._settings

        @door.listener("before_server_start")
        async def bound(app: Sanic, _: Any) -> None:
            app.config.REQUEST_MAX_SIZE = BODY_LIMIT

        @door.listener("after_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            await life.begin(app, settings)

        @door.listener("before_server_stop")
        async def end(app: Sanic, _: Any) -> None:
            await life.end(app)

        @door.get("/")
        async def here(_: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @door.get("/webhook")
        async def verify(request: Request) -> HTTPResponse:
            return verified(request, settings.verify_token)

        @door.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return await received(request, settings.app_secret, life.runtime_of(request.app))

        return door


def verified(request: Request, token: str) -> HTTPResponse:
    """Meta's handshake: the challenge as it came for the right token, 403 otherwise."""
    given = request.args.get("hub.verify_token") or ""
    is_subscription = request.args.get("hub.mode") == "subscribe"
    if token and is_subscription and hmac.compare_digest(given.encode(), token.encode()):
        return text(request.args.get("hub.challenge") or "")
    return text("Forbidden", status=403)


async def received(request: Request, app_secret: str, runtime: Runtime | None) -> HTTPResponse:
    """200 once the rows are committed; 403 unsigned, 413 too large, 400 no JSON, 503 to come again."""
    body = request.body
    if len(body) > BODY_LIMIT:
        return text("Too large", status=413)
    if not webhook.is_signed(body, request.headers.get("x-hub-signature-256"), app_secret):
        return text("Forbidden", status=403)
    try:
        events = webhook.parse(body)
    except webhook.NotAWebhook:
        return text("Not a webhook", status=400)
    if runtime is None:
        return text("Starting", status=503)
    try:
        recorded = await asyncio.to_thread(_record, runtime, events)
    except sa.exc.SQLAlchemyError as error:
        log.error("webhook.not_recorded", error=type(error).__name__)
        return text("Come again", status=503)
    runtime.engine.wake_turns(recorded.customers)
    runtime.engine.wake_media(recorded.media)
    log.info("webhook.recorded", new=recorded.new, known=recorded.known)
    return text("")


def _record(runtime: Runtime, events: list[webhook.Event]) -> inbox.Recorded:
    with runtime.sessions.begin() as session:
        return inbox.record(session, events, clock.utc_now())
