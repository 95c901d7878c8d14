"""Alembic environment; the connection is handed over by `rapport.db.schema`."""

from alembic import context

from rapport.db.base import UtcDateTime
from rapport.db.tables import Base

connection = context.config.attributes["connection"]


def include(name, type_, parent_names):
    """Only our own tables are compared; Procrastinate keeps its own."""
    return type_ != "table" or name in Base.metadata.tables


def render(type_, item, autogen_context):
    """Migrations know no application code: our timestamp type is written as the plain one."""
    if type_ == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=include,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
