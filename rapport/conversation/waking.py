"""Waking the job engine, from any process: a job says where to look, the rows say what there is to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate import exceptions

from rapport.vocabulary import SHARDS

log = structlog.get_logger()

QUEUES = {"drain": "dialogue", "pump": "outbox", "fetch": "media"}
"""Kind of work to the queue it waits in."""
AWAY = (exceptions.ConnectorException, exceptions.AppNotOpen, psycopg.Error, OSError)
"""What the engine raises while the database is away."""


def app_on(url: str, connections: int) -> procrastinate.App:
    """Procrastinate on our database, with at most so many connections."""
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=connections)
    return procrastinate.App(connector=connector)


class Waker:
    """Wakes whoever works on the queues, here or in another process. What it loses, the sweep finds."""

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app
        self._waking: set[asyncio.Future[None]] = set()

    def wake_turns(self, customer_ids: Iterable[int]) -> None:
        """Soon after the commit, have somebody look after these customers."""
        for shard in {customer_id % SHARDS for customer_id in customer_ids}:
            self._soon(self.defer("drain", f"drain:{shard}", shard=shard))

    def wake_sends(self, customer_ids: Iterable[int]) -> None:
        """Soon after the commit, have what is in these customers' outbox sent."""
        for shard in {customer_id % SHARDS for customer_id in customer_ids}:
            self._soon(self.defer("pump", f"pump:{shard}", shard=shard))

    def wake_media(self, media_ids: Iterable[str]) -> None:
        """Soon after the commit, have these files fetched."""
        for media_id in media_ids:
            self._soon(self.defer("fetch", f"fetch:{media_id}", media_id=media_id))

    async def defer(self, task: str, lock: str, **arguments: Any) -> None:
        """Queue one job, unless one with the same lock waits already."""
        job = self._app.configure_task(task, queue=QUEUES[task], queueing_lock=lock)
        try:
            await job.defer_async(**arguments)
        except exceptions.AlreadyEnqueued:
            pass
        except AWAY as error:
            log.warning("engine.wake_failed", lock=lock, error=type(error).__name__)

    async def keep_open(self) -> None:
        """Stay connected until cancelled, for a process that wakes and does not work."""
        while True:
            try:
                async with self._app.open_async():
                    await asyncio.Event().wait()
            except AWAY as error:
                log.warning("engine.database_away", error=type(error).__name__)
            await asyncio.sleep(1.0)

    def _soon(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)
