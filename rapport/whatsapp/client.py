"""The only door to Meta: pywa's async client, its errors mapped to what to do next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pywa_async
from pywa_async.errors import WhatsAppError

from rapport.errors import (
    BadMessage,
    NeverToThisCustomer,
    OutcomeUnknown,
    SendError,
    StopEverything,
    TryLater,
)
from rapport.settings import GRAPH_API_VERSION, Settings

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0

RETRY_AFTER = {
    1: timedelta(seconds=5),
    2: timedelta(seconds=5),
    4: timedelta(minutes=5),
    80007: timedelta(minutes=5),
    130429: timedelta(seconds=5),
    131000: timedelta(seconds=5),
    131016: timedelta(seconds=30),
    131057: timedelta(minutes=2),
    133004: timedelta(seconds=30),
    134101: timedelta(minutes=10),
    2494100: timedelta(minutes=2),
    131049: timedelta(hours=24),
}
"""Meta, error codes page of 2026-09-11: faults that pass; 131049 not before 24 hours."""

PAIR_RATE = 131056
"""Meta, about the platform, 2026-09-11: retry after 4^X seconds, X from 0."""

NEVER = frozenset({130403, 130472, 131026, 131050, 137000})
STOP = frozenset({0, 3, 10, 104, 190, 131005, 368, 131031, 131042, 131037, 131045, 133010, 131048})
STOP_RANGES = (range(200, 300),)
TRANSIENT_HTTP = frozenset({429, 500, 503})
"""Answers that Meta's front end gives without having taken the message."""


@dataclass(frozen=True)
class Accepted:
    """Meta took the message; that is not yet delivery."""

    wamid: str
    message_status: str | None = None


class Cloud:
    """Meta's Cloud API for one business number."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._phone_id = settings.phone_number_id
        self._wa = pywa_async.WhatsApp(
            phone_id=settings.phone_number_id,
            token=settings.access_token,
            session=http,
            api_version=GRAPH_API_VERSION,
        )
        http.base_url = httpx.URL(f"{settings.graph_api_url}/v{GRAPH_API_VERSION}")
        self._http = http

    async def send(
        self,
        *,
        phone: str | None,
        bsuid: str | None,
        type: str,
        payload: dict[str, Any],
        callback_data: str,
        reply_to: str | None = None,
        attempt: int = 1,
    ) -> Accepted:
        """Send one message; `phone` in digits wins over `bsuid` when both are known, as Meta has it.

        `callback_data` comes back in every status. `attempt` counts from 1 and sets the wait after a
        pair-rate error. Raises one of the SendError classes.
        """
        try:
            answer = await self._wa.api.send_message(
                sender=self._phone_id,
                to=f"+{phone}" if phone else None,
                recipient=None if phone else bsuid,
                recipient_type="individual",
                typ=type,
                msg=payload,
                reply_to_message_id=reply_to,
                biz_opaque_callback_data=callback_data,
            )
            first = answer["messages"][0]
            return Accepted(first["id"], first.get("message_status"))
        except WhatsAppError as error:
            raise classified(error, attempt) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLater(0, timedelta(seconds=2), type_name(error)) from error
        except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
            raise OutcomeUnknown(0, type_name(error)) from error

    async def mark_read(self, wamid: str, *, typing: bool) -> None:
        """Blue ticks, and with `typing` the indicator for up to 25 seconds. Raises SendError."""
        body: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": wamid,
        }
        if typing:
            body["typing_indicator"] = {"type": "text"}
        try:
            await self._wa.api.send_raw_request("POST", f"/{self._phone_id}/messages", json=body)
        except WhatsAppError as error:
            raise classified(error, 1) from error
        except httpx.HTTPError as error:
            raise TryLater(0, timedelta(seconds=2), type_name(error)) from error

    async def media_url(self, media_id: str) -> dict[str, Any]:
        """Meta's description of a file: url (valid for 5 minutes), mime_type, sha256, file_size."""
        try:
            answer: dict[str, Any] = await self._wa.api.get_media_url(media_id=media_id)
            return answer
        except WhatsAppError as error:
            raise classified(error, 1) from error
        except httpx.HTTPError as error:
            raise TryLater(0, timedelta(seconds=10), type_name(error)) from error

    async def media_chunks(self, url: str) -> AsyncIterator[bytes]:
        """The bytes of a file, in pieces. Raises TryLater when the line or Meta fails."""
        try:
            async with self._http.stream("GET", url) as response:
                if response.status_code >= 400:
                    raise TryLater(response.status_code, timedelta(seconds=10), "media")
                async for chunk in response.aiter_bytes():
                    yield chunk
        except httpx.HTTPError as error:
            raise TryLater(0, timedelta(seconds=10), type_name(error)) from error

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """Read a node of the Graph, for checks. Raises SendError."""
        try:
            answer: dict[str, Any] = await self._wa.api.send_raw_request(
                "GET", f"/{path}", params=params
            )
            return answer
        except WhatsAppError as error:
            raise classified(error, 1) from error
        except httpx.HTTPError as error:
            raise TryLater(0, timedelta(seconds=2), type_name(error)) from error


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Cloud]:
    """A client with its own connections, closed at the end."""
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20)
    async with httpx.AsyncClient(timeout=timeout, limits=limits) as http:
        yield Cloud(settings, http)


def classified(error: WhatsAppError, attempt: int) -> SendError:
    """What to do next, by Meta's code; Meta says to branch on nothing else."""
    code = error.code
    if code == PAIR_RATE:
        return TryLater(code, timedelta(seconds=min(4 ** (attempt - 1), 600)))
    if code in RETRY_AFTER:
        return TryLater(code, _growing(RETRY_AFTER[code], attempt))
    if code in NEVER:
        return NeverToThisCustomer(code)
    if code in STOP or any(code in codes for codes in STOP_RANGES):
        return StopEverything(code)
    if code == error.status_code:  # no JSON of Meta's: a proxy or a front end spoke
        if code in TRANSIENT_HTTP:
            return TryLater(code, _growing(timedelta(seconds=5), attempt))
        return OutcomeUnknown(code) if code >= 500 else BadMessage(code)
    return BadMessage(code)


def _growing(base: timedelta, attempt: int) -> timedelta:
    return base * min(2 ** (attempt - 1), 64)


def type_name(error: BaseException) -> str:
    """The class of an exception: its text may hold an address or a number."""
    return type(error).__name__
