"""Which dialogues are at work, as the database sees it: each keeps a connection named after its model.

The connection of a killed process is gone at once; one whose process hangs falls silent.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog

log = structlog.get_logger()

PREFIX = "rapport dialogue "
NAME_BYTES = 63
"""PostgreSQL, application_name: longer ones are cut."""
BEAT_SECONDS = 1.0
SILENT_SECONDS = 10.0

AT_WORK = sa.text(
    "SELECT substr(application_name, :start) FROM pg_stat_activity "
    "WHERE datname = current_database() AND starts_with(application_name, :prefix) "
    "AND state_change > clock_timestamp() - make_interval(secs => :silent) ORDER BY 1"
).bindparams(start=len(PREFIX) + 1, prefix=PREFIX, silent=SILENT_SECONDS)


async def show(url: str, model: str) -> None:
    """Be seen at work with this model until cancelled; a database that is away is waited for."""
    name = f"{PREFIX}{model}"[:NAME_BYTES]
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url, application_name=name, autocommit=True
            ) as connection:
                await _beat(connection)
        except (psycopg.Error, OSError) as error:
            log.info("presence.database_away", error=type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)


async def _beat(connection: Any) -> None:
    while True:
        await connection.execute("SELECT 1")
        await asyncio.sleep(BEAT_SECONDS)


def models(session: Any) -> list[str]:
    """The model of every dialogue at work on this database, in order of their names."""
    return list(session.scalars(AT_WORK))
