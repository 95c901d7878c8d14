"""How state keeps up with events that come in any order: every fact carries the stamp of its news."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from rapport.customers.contract.envelope import Event, instant_text
from rapport.db.tables import Base

TABLES = Base.metadata.tables


@dataclass
class Row:
    """A row of state under a lock, and what the events of a batch change in it."""

    values: dict[str, Any]
    changed: set[str] = field(default_factory=set)

    def learn(self, event: Event, facts: dict[str, Any], weight: str = "") -> bool:
        """True when the event is the newest news of at least one of these columns.

        `weight` puts the word of one type of event above that of others, whatever their time. A column
        `x` with a sibling `x_at` was also news at that time, whoever wrote it.
        """
        stamp = weight + event.stamp
        newer = {name: value for name, value in facts.items() if stamp > self._stamp(name)}
        for name, value in newer.items():
            self.values["news"] = {**self.values["news"], name: stamp}
            self._set(name, value)
            if f"{name}_at" in self.values:
                self._set(f"{name}_at", event.time)
        return bool(newer)

    def _stamp(self, name: str) -> str:
        since = self.values.get(f"{name}_at")
        by_sibling = instant_text(since) if isinstance(since, datetime) else ""
        return max(self.values["news"].get(name, ""), by_sibling)

    def _set(self, name: str, value: Any) -> None:
        self.values[name] = value
        self.changed |= {name, "news"}


def load(session: Session, table: str, key: str, keys: Iterable[Any]) -> dict[Any, Row]:
    """The rows of these keys, locked in the order of the keys, lest two batches wait for each other."""
    columns = TABLES[table].c
    found = session.execute(
        sa.select(TABLES[table])
        .where(columns[key].in_(set(keys)))
        .order_by(columns[key])
        .with_for_update(key_share=True)
    )
    return {row[key]: Row(dict(row)) for row in found.mappings()}


def store(session: Session, table: str, rows: Iterable[Row], key: str) -> None:
    """Write what was learned."""
    changed = [row for row in rows if row.changed]
    if not changed:
        return
    names = sorted(set().union(*(row.changed for row in changed)))
    given = _given(table, _plainly([row.values for row in changed], [key, *names]), [key, *names])
    target = TABLES[table]
    session.execute(
        sa.update(target)
        .where(target.c[key] == given.c[key])
        .values({name: given.c[name] for name in names})
    )


def replace(session: Session, table: str, rows: list[dict[str, Any]], at: str) -> None:
    """Insert each row, or replace the one of its key whose `at` is older.

    Of two of the same instant the greater counts, so that the order of arrival never does.
    """
    if not rows:
        return
    target, names = TABLES[table], list(rows[0])
    keys = [column.name for column in target.primary_key]
    given = _given(table, _plainly(rows, names), names)
    content = sa.func.to_jsonb(sa.literal_column("given"))
    newest = (
        sa.select(*(given.c[name] for name in names))
        .distinct(*(given.c[name] for name in keys))
        .order_by(*(given.c[name] for name in keys), given.c[at].desc(), content.desc())
    )
    new = insert(target).from_select(names, newest)
    session.execute(
        new.on_conflict_do_update(
            index_elements=keys,
            set_={name: new.excluded[name] for name in names if name not in keys},
            where=sa.tuple_(new.excluded[at], sa.func.to_jsonb(sa.literal_column("excluded.*")))
            > sa.tuple_(target.c[at], sa.func.to_jsonb(sa.literal_column(f"{table}.*"))),
        )
    )


def append(
    session: Session, table: str, rows: list[dict[str, Any]], returning: Iterable[str] = ()
) -> list[Any]:
    """Insert the rows whose unique keys are new; these columns of each of them."""
    if not rows:
        return []
    names = tuple(rows[0])
    statement = _appending(table, names, tuple(returning) or names[:1])
    return list(session.execute(statement, {"given": _plainly(rows, names)}))


@functools.lru_cache(maxsize=64)
def _appending(table: str, names: tuple[str, ...], returning: tuple[str, ...]) -> Any:
    """Kept as text, since SQLAlchemy 1.4 would compile a statement with ON CONFLICT each time anew."""
    given = _given(table, sa.bindparam("given"), names)
    new = insert(TABLES[table]).from_select(names, sa.select(*(given.c[name] for name in names)))
    whole = new.on_conflict_do_nothing().returning(*(TABLES[table].c[name] for name in returning))
    compiled = str(whole.compile(dialect=postgresql.dialect(paramstyle="named")))
    return sa.text(compiled).bindparams(sa.bindparam("given", type_=JSONB))


def stubs(session: Session, table: str, key: str, rows: list[dict[str, Any]]) -> None:
    """Make the rows that are not there yet, the first of each key, in the order of the keys."""
    first: dict[Any, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row[key], row)
    append(session, table, [first[value] for value in sorted(first)])


def _given(table: str, content: Any, names: Sequence[str]) -> Any:
    """Rows as a table in the statement: one parameter for any number of them."""
    return sa.func.jsonb_populate_recordset(
        sa.literal_column(f"NULL::{table}"), sa.cast(content, JSONB)
    ).table_valued(*names, name="given")


def _plainly(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: _plain(row[name]) for name in names} for row in rows]


def _plain(value: Any) -> Any:
    """A value in JSON, in the spelling PostgreSQL reads back exactly."""
    if value is None or isinstance(value, (str, bool, int, list, dict)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
