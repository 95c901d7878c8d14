"""A real PostgreSQL for everyone: one server a run, one fresh copy of the migrated schema a test."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from hypothesis import settings
from sqlalchemy.engine import Engine

from rapport.db import embedded, schema, session

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")  # a busy machine is no fault of the code


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.workers import InParts

    config.option.loadscopereorder = False
    return InParts(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        from tests.workers import put_in_order

        put_in_order(items)


UNSAFE_BUT_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder of this run's own: pytest's are cleared away when several runs go on side by side."""
    folder = Path(tempfile.mkdtemp(prefix="rapport-tests-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[str]:
    """URL of a server with a migrated database named `template`."""
    data_dir = scratch / "server"
    url = embedded.start(data_dir)
    for setting in UNSAFE_BUT_FAST:
        execute(url, f"ALTER SYSTEM SET {setting}")
    execute(url, "SELECT pg_reload_conf()")
    execute(url, "CREATE DATABASE template")
    engine = session.engine_for(renamed(url, "template"))
    schema.upgrade(engine)
    engine.dispose()
    yield url
    embedded.stop(data_dir)


@pytest.fixture(scope="session")
def shared_database(postgres: str) -> str:
    """URL of the database that the tests without processes of their own share."""
    execute(postgres, "CREATE DATABASE shared TEMPLATE template")
    return renamed(postgres, "shared")


@pytest.fixture(scope="session")
def as_new() -> str:
    """The statements that make a database an empty, migrated one again."""
    return f"{EMPTY}; UPDATE alembic_version SET version_num = '{schema.newest()}'"


@pytest.fixture
def database_url(shared_database: str, as_new: str) -> str:
    """URL of an empty, migrated database; emptied, since making one takes a hundred times longer."""
    execute(shared_database, as_new)
    return shared_database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = session.engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Any:
    """A session factory on this test's own database."""
    return session.sessions_for(engine)


EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$
"""


def renamed(url: str, database: str) -> str:
    """The same server's URL with another database name."""
    return url.replace("/postgres?", f"/{database}?", 1)


def execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def kill(pid: int) -> None:
    """A real crash."""
    os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def service(postgres: str, scratch: Path) -> Iterator[Any]:
    """Twin, door and dialogue with a trained model, shared by the tests of a module."""
    from tests.model import trained_model
    from tests.service import Service

    trained_model()
    data_dir = Path(tempfile.mkdtemp(prefix="service-", dir=scratch))
    name = f"service_{abs(hash(str(data_dir))) % 10**12}"
    execute(postgres, f"CREATE DATABASE {name} TEMPLATE template")
    running = Service(renamed(postgres, name), data_dir)
    try:
        yield running.start()
    finally:
        running.stop()
        execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def guest(request: pytest.FixtureRequest) -> str:
    """The number of somebody who never wrote before."""
    return f"1555{abs(hash((request.node.nodeid, time.time_ns()))) % 10**7:07d}"


SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Third-party payload files beside the checkout; tests that read them run only where they lie."""
