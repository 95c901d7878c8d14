"""`GET /export/<token>`: everything about a customer as a file, for whoever has the link."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa
import structlog
from sanic.request import Request
from sanic.response import HTTPResponse, raw, text

from rapport import clock
from rapport.customers import export
from rapport.door.desk import Desk

log = structlog.get_logger()

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'",
}
FILE = {"Content-Disposition": 'attachment; filename="my-data.json"'}


async def download(_: Request, token: str, desk: Desk | None) -> HTTPResponse:
    """200 with the file; 404 for a link that is unknown, over or used up, 503 to come again."""
    if desk is None:
        return text("Starting; come again.", status=503, headers=HEADERS)
    try:
        told = await asyncio.to_thread(_redeem, desk.sessions, token)
    except sa.exc.SQLAlchemyError as error:
        log.error("export.failed", error=type(error).__name__)
        return text("Come again.", status=503, headers=HEADERS)
    if told is None:
        return text("This link is not valid (any more).", status=404, headers=HEADERS)
    log.info("export.given", size=len(told))
    return raw(told, content_type="application/json", headers={**HEADERS, **FILE})


def _redeem(sessions: Any, token: str) -> bytes | None:
    with sessions.begin() as session:
        return export.redeem(session, token, clock.utc_now())
