"""Where sessions come from. The edge opens a transaction; functions take a session and never commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from rapport.db import embedded
from rapport.errors import RapportError
from rapport.settings import Settings

Sessions = Callable[[], Any]
"""A session factory: `with sessions.begin() as session: …`."""

TIMEOUTS = "-c lock_timeout=10s -c statement_timeout=60s -c timezone=UTC"


def database_url(settings: Settings) -> str:
    """URL of the configured database, the embedded one when none is configured (started if need be)."""
    return settings.database_url or embedded.start(settings.data_dir)


def engine_for(url: str, pool_size: int = 10, *, asks_first: bool = True) -> Engine:
    """An engine for a PostgreSQL URL. Raises RapportError for a URL that cannot be one.

    `asks_first` sends a short question before each use of a connection, whether it is still alive.
    """
    try:
        parsed = sa.engine.make_url(url)
    except sa.exc.ArgumentError as error:
        raise RapportError(
            "DATABASE_URL is not a URL; write postgresql://user:password@host:5432/name."
        ) from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise RapportError("DATABASE_URL must name a PostgreSQL database: postgresql://…")
    return sa.create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        future=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=asks_first,
        hide_parameters=True,  # an error's text must not tell a customer's words or number
        connect_args={"options": TIMEOUTS, "connect_timeout": 5},
    )


def sessions_for(engine: Engine) -> Any:
    """The session factory of an engine."""
    return sessionmaker(engine, class_=Session, future=True, expire_on_commit=False)


def check_reachable(engine: Engine) -> None:
    """Raises RapportError naming the fix when the database does not answer."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise RapportError(
            f"The database does not answer ({reason}); check DATABASE_URL and that it runs."
        ) from error
