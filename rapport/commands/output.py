"""What commands print: JSON for programs, tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import typer

from rapport.clock import utc_now

AS_JSON = typer.Option(False, "--json", help="Print JSON instead of tables.")
PIPE_WIDTH = 160


def line(value: Any) -> None:
    """One JSON value on a line of its own."""
    typer.echo(encoded(value))


def array(rows: Iterable[Any]) -> None:
    """One JSON array, an item a line, so that it can be read whole and searched by line."""
    body = ",\n".join(encoded(row) for row in rows)
    typer.echo(f"[\n{body}\n]" if body else "[]")


def encoded(value: Any) -> str:
    """Compact JSON; moments as RFC 3339, exact decimals as strings."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def table(title: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A table for people; `columns` maps a key of the rows to its heading."""
    from rich.table import Table

    drawn = Table(title=title, title_justify="left", header_style="bold")
    for heading in columns.values():
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(row.get(key)) for key in columns))
    console().print(drawn if rows else f"{title}: none.")


def console(stderr: bool = False) -> Any:
    """Where people read; wide when it is not a terminal, so that nothing is cut."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr, width=None if stream.isatty() else PIPE_WIDTH, markup=False, highlight=False
    )


def masked(phone: str | None) -> str | None:
    """A phone number that a passer-by may see: `+49 … 42`."""
    return f"+{phone[:2]} … {phone[-2:]}" if phone else None


def one_line(text: str, limit: int = 60) -> str:
    """The text without line breaks, shortened for a table."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%H:%M:%S}" if _is_today(value) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else str(value)


def _is_today(value: datetime) -> bool:
    return value.date() == utc_now().date()


def _plain(value: Any) -> Any:
    """What JSON does not know: moments, exact decimals, ids of any kind."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)
