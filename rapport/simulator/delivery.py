"""Signed webhooks out to the service: in order per customer, again until it answers 200."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from rapport.simulator.webhooks import signature

WAITS_SECONDS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Meta: the first retry at once, then spaced out. The last wait repeats."""

REFUSED_WAIT_SECONDS = 30.0
"""Pause before a webhook that the service refused (4xx) is brought again."""

HORIZON_ATTEMPTS = 20_000
"""Meta brings a webhook for 7 days; at the longest wait this is about as long."""

TIMEOUT_SECONDS = 10.0
"""Meta's own is not published; providers report 5 to 10 s."""


@dataclass
class Parcel:
    """One webhook to bring, `copies` times; `answer` is the service's first HTTP status, None for none."""

    ref: int
    body: bytes
    copies: int = 1
    is_patient: bool = True  # False: a refusal (4xx) is final
    answer: asyncio.Future[int | None] = field(default_factory=asyncio.Future)


class Courier:
    """Brings parcels lane by lane: a lane keeps its order and waits for its head.

    `taken(ref, status)` is called once, when a parcel needs no further attempt.
    """

    def __init__(self, url: str, app_secret: str, taken: Callable[[int, int], None]) -> None:
        self._url, self._app_secret, self._taken = url, app_secret, taken
        self._lanes: dict[str, deque[Parcel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._is_open = asyncio.Event()
        self._is_closed = False

    async def open(self) -> None:
        """Begin to bring what was put. Must run on the loop that delivers."""
        connector = aiohttp.TCPConnector(limit=64)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout)
        self._is_open.set()

    async def close(self) -> None:
        """Stop bringing; what was not taken is in the log and is brought after the next start."""
        self._is_closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def put(self, lane: str, parcel: Parcel) -> None:
        """Queue a parcel behind those of its lane."""
        if self._is_closed:
            return
        queue = self._lanes.get(lane)
        if queue is not None:
            queue.append(parcel)
            return
        self._lanes[lane] = deque([parcel])
        task = asyncio.get_running_loop().create_task(self._run(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, lane: str) -> None:
        queue = self._lanes[lane]
        await self._is_open.wait()
        try:
            while queue:
                await self._bring(queue[0])
                queue.popleft()
        finally:
            del self._lanes[lane]

    async def _bring(self, parcel: Parcel) -> None:
        for attempt in range(HORIZON_ATTEMPTS):
            status = await self._post(parcel.body)
            if not parcel.answer.done():
                parcel.answer.set_result(status)
            if status == 200:
                await self._bring_copies(parcel)
                return
            if status is not None and 400 <= status < 500 and status not in {408, 429}:
                self._set_aside(parcel, status)
                return
            await asyncio.sleep(WAITS_SECONDS[min(attempt, len(WAITS_SECONDS) - 1)])

    async def _bring_copies(self, parcel: Parcel) -> None:
        self._taken(parcel.ref, 200)
        await asyncio.gather(*(self._post(parcel.body) for _ in range(parcel.copies - 1)))

    def _set_aside(self, parcel: Parcel, status: int) -> None:
        """What the service refuses must not hold up the rest of its lane."""
        if not parcel.is_patient:
            self._taken(parcel.ref, status)
            return
        loop = asyncio.get_running_loop()
        lane = f"aside {parcel.ref}"
        loop.call_later(REFUSED_WAIT_SECONDS, lambda: self.put(lane, parcel))

    async def _post(self, body: bytes) -> int | None:
        assert self._http is not None  # noqa: S101 (open() comes first)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(body, self._app_secret),
        }
        with suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
            async with self._http.post(self._url, data=body, headers=headers) as response:
                return int(response.status)
        return None
