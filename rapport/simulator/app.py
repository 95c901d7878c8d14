"""The Sanic application: Graph API, control API and phone page on one loopback port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from rapport.clock import utc_now
from rapport.settings import Settings
from rapport.simulator import control, graph_api, page
from rapport.simulator.phonebook import Phonebook
from rapport.simulator.twin import Twin, Witness

log = logging.getLogger(__name__)

LARGEST_UPLOAD = 105_000_000
LONGEST_ANSWER_SECONDS = 3600


def create_app(
    settings: Settings,
    log_path: Path,
    witness: Witness,
    contacts: Callable[[], list[dict[str, Any]]] = list,
    now: Callable[[], datetime] = utc_now,
) -> Sanic:
    """A twin that keeps its log at `log_path`; `witness` and `contacts` may block, they run in a thread."""
    app = Sanic(f"twin-{uuid4().hex}", configure_logging=False)
    app.config.update(
        ACCESS_LOG=False,
        REQUEST_MAX_SIZE=LARGEST_UPLOAD,
        RESPONSE_TIMEOUT=LONGEST_ANSWER_SECONDS,
        MOTD=False,
        GRACEFUL_SHUTDOWN_TIMEOUT=1.0,
    )

    _register_life(app, lambda: Twin(settings, log_path, witness, now), contacts)
    app.blueprint(graph_api.blueprint)
    app.blueprint(control.blueprint)
    app.blueprint(page.blueprint)
    app.add_route(health, "/health", name="health")
    app.error_handler.add(SanicException, explain)
    app.error_handler.add(Exception, fail)
    return app


def _register_life(
    app: Sanic, make: Callable[[], Twin], contacts: Callable[[], list[dict[str, Any]]]
) -> None:
    async def remember(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.twin = make()
        app.ctx.phonebook = Phonebook(app.ctx.twin, contacts)
        app.ctx.twin.resume()

    async def go_on(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await app.ctx.twin.courier.open()  # only now: the service may answer a webhook at once

    async def hush(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.twin.is_stopping = True
        app.ctx.twin.news.set()

    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        await app.ctx.twin.stop()

    app.register_listener(remember, "before_server_start")
    app.register_listener(go_on, "after_server_start")
    app.register_listener(hush, "before_server_stop")
    app.register_listener(stop, "after_server_stop")


async def explain(request: Request, error: SanicException) -> HTTPResponse:
    """No such path, no such method, too large a body: JSON, and no word of the request in it."""
    message = f"({error.status_code}) This path or method is none of the twin's."
    return json({"error": {"message": message, "code": 2500}}, status=error.status_code)


async def fail(request: Request, error: Exception) -> HTTPResponse:
    """A bug of the twin's: logged without the address, which may hold a number."""
    log.error("twin.failed", exc_info=error)
    return json({"error": {"message": "The twin has failed; see its log.", "code": 1}}, status=500)


async def health(request: Request) -> HTTPResponse:
    """That the twin answers, and how much it remembers."""
    twin = request.app.ctx.twin
    return json({"status": "ok", "entries": len(twin.log), "waiting": len(twin.state.undelivered)})
