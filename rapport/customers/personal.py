"""Which rows of which tables are about a customer: found in the schema, so that a new table is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.db.tables import Base

TABLES = Base.metadata.tables
CUSTOMER = TABLES["customer"]


def rows_of(session: Session, customer_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row about a customer by table, empty ones left out; one query a table."""
    found = {
        table.name: [dict(row._mapping) for row in session.execute(sa.select(table).where(mine))]
        for table, mine in conditions(customer_id)
    }
    return {name: rows for name, rows in found.items() if rows}


def counts(session: Session, customer_id: int, *names: str) -> dict[str, int]:
    """Number of rows about a customer in these tables, in one query."""
    wanted = {table.name: (table, mine) for table, mine in conditions(customer_id)}
    columns = [
        sa.select(sa.func.count())
        .select_from(wanted[name][0])
        .where(wanted[name][1])
        .scalar_subquery()
        .label(name)
        for name in names
    ]
    return dict(session.execute(sa.select(*columns)).one()._mapping)


def first_message_at(session: Session, customer_id: int) -> datetime | None:
    """When the customer wrote for the first time, None for never."""
    inbox = TABLES["inbox"]
    first = sa.select(sa.func.min(inbox.c.sent_at)).where(inbox.c.customer_id == customer_id)
    told: datetime | None = session.scalar(first)
    return told


def conditions(customer_id: int) -> Iterator[tuple[Any, Any]]:
    """Each table that knows a customer and the condition for their rows; what hangs on others comes first."""
    tables = reversed(Base.metadata.sorted_tables)
    for table in sorted(tables, key=lambda table: table.name != "message_status"):
        mine = condition(table, customer_id)
        if mine is not None:
            yield table, mine


def condition(table: Any, customer_id: int) -> Any | None:
    """The condition for a customer's rows of a table, None where there are none by nature."""
    if table is CUSTOMER:
        return CUSTOMER.c.id == customer_id
    ways = [_way(column, customer_id) for column in table.columns]
    ways.append(_by_name(table, customer_id))
    found = [way for way in ways if way is not None]
    return sa.or_(*found) if found else None


def _way(column: Any, customer_id: int) -> Any | None:
    """By a foreign key: to the customer, or to a row that is the customer's."""
    for key in column.foreign_keys:
        parent = key.column.table
        if parent is CUSTOMER:
            return column == customer_id
        inner = condition(parent, customer_id)
        if inner is not None:
            return column.in_(sa.select(key.column).where(inner))
    return None


def _by_name(table: Any, customer_id: int) -> Any | None:
    """By a name of the customer's, where the schema has no foreign key."""
    if table.name == "tracker_event":
        return table.c.sender_id == str(customer_id)
    if table.name == "business_event":
        known = sa.select(CUSTOMER.c.business_id).where(CUSTOMER.c.id == customer_id)
        return table.c.subject == known.scalar_subquery()
    if table.name == "message_status":
        outbox = TABLES["outbox"]
        sent = sa.select(outbox.c.wamid).where(
            outbox.c.customer_id == customer_id, outbox.c.wamid.is_not(None)
        )
        return table.c.wamid.in_(sent)
    return None
