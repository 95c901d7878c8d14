"""Alembic, called from our own commands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from rapport.errors import SchemaBehind

MIGRATION_LOCK = 0x5241_5050
"""Names the lock within the database; any number that nobody else uses."""
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the schema up to the code, in one transaction, one process after the other."""
    config = _config()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(engine: Engine) -> str | None:
    """The revision the database is at, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision the code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def check_current(engine: Engine) -> None:
    """Raises SchemaBehind, naming the command to run, unless the schema is the code's own."""
    found, needed = current(engine), newest()
    if found != needed:
        raise SchemaBehind(
            f"The database schema is at {found or 'nothing'}, the code needs {needed}; "
            "run: rapport db upgrade"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
