"""The job engine: Procrastinate wakes the work, the rows say what it is.

A job carries no truth. One job per shard is enough for any number of messages (its queueing lock keeps
a second one from waiting beside it), a lost one is made up for by the sweep, one run twice finds the
rows done. Order per customer is kept by the lock on the conversation's row, which the database
releases the moment a process dies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import procrastinate
import sqlalchemy as sa
import structlog

from rapport import clock
from rapport.conversation import inbox, outbox, waking
from rapport.conversation.waking import AWAY, Waker
from rapport.db.conversation import Media
from rapport.vocabulary import SHARDS

log = structlog.get_logger()

CONNECTIONS, CONCURRENCY = 8, 24
SWEEP_SECONDS = 2.0
HEARTBEAT_SECONDS, STALLED_SECONDS = 2.0, 8.0
MEDIA_RETRY = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=4)

Work = Callable[..., Awaitable[None]]


class Engine:
    """Procrastinate on our database, with the three kinds of work: turns, sends, files."""

    def __init__(self, url: str, sessions: Any, *, drain: Work, pump: Work, fetch: Work) -> None:
        self.app = waking.app_on(url, CONNECTIONS)
        self.waker = Waker(self.app)
        self._sessions = sessions
        self.app.task(name="drain")(drain)
        self.app.task(name="pump")(pump)
        self.app.task(name="fetch", retry=MEDIA_RETRY)(fetch)

    async def run(self) -> None:
        """Work until cancelled; a database that is away is waited for."""
        while True:
            try:
                async with self.app.open_async():
                    await asyncio.gather(self._work(), self._keep_sweeping())
            except AWAY as error:
                log.warning("engine.database_away", error=type(error.__cause__ or error).__name__)
            await asyncio.sleep(1.0)

    async def _work(self) -> None:
        await self.app.run_worker_async(
            queues=list(waking.QUEUES.values()),
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            delete_jobs="always",
            fetch_job_polling_interval=2.0,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
            shutdown_graceful_timeout=3.0,
        )

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._sweep()
            except (sa.exc.SQLAlchemyError, *AWAY) as error:
                log.warning("engine.sweep_failed", error=type(error).__name__)

    async def _sweep(self) -> None:
        """Find rows whose job was lost with a process, and jobs whose worker was."""
        turns, sends, files = await asyncio.to_thread(self._forgotten)
        for shard in turns:
            await self.waker.defer("drain", f"drain:{shard}", shard=shard)
        for shard in sends:
            await self.waker.defer("pump", f"pump:{shard}", shard=shard)
        for media_id in files:
            await self.waker.defer("fetch", f"fetch:{media_id}", media_id=media_id)
        for job in await self.app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=STALLED_SECONDS
        ):
            # A dead worker's job is ended, not repeated: the rows it left wake a new one.
            await self.app.job_manager.finish_job(
                job, status=procrastinate.jobs.Status.FAILED, delete_job=True
            )

    def _forgotten(self) -> tuple[list[int], list[int], list[str]]:
        now = clock.utc_now()
        with self._sessions.begin() as session:
            outbox.give_up_crashed(session, now)
            outbox.repeat_never_taken(session, now)
            return (
                inbox.shards_waiting(session, SHARDS, now),
                outbox.shards_waiting(session, SHARDS, now),
                _files_waiting(session, now - timedelta(seconds=30)),
            )


def _files_waiting(session: Any, before: Any) -> list[str]:
    return list(
        session.scalars(
            sa.select(Media.media_id)
            .where(Media.state == "waiting", Media.received_at < before)
            .limit(20)
        )
    )
