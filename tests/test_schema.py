"""The schema and the code agree, or nothing starts."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rapport.db import schema, session
from rapport.db.tables import Base
from rapport.errors import RapportError, SchemaBehind


def test_the_migrations_make_exactly_the_tables_of_the_code(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, Base.metadata) == []


def _is_ours(name, type_, parent_names):
    return type_ != "table" or name in Base.metadata.tables


def test_a_schema_behind_the_code_is_refused_with_the_command_to_run(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SchemaBehind, match="rapport db upgrade"):
        schema.check_current(engine)


@pytest.mark.parametrize(
    "url, hint",
    [
        ("nonsense", "postgresql://"),
        ("mysql://a/b", "postgresql://"),
        ("postgresql://nobody@127.0.0.1:1/x", "check DATABASE_URL"),
    ],
)
def test_a_wrong_database_url_names_the_fix(url, hint):
    with pytest.raises(RapportError, match=hint):
        session.check_reachable(session.engine_for(url))
