"""`rapport inbox` and `rapport outbox`: what came in and what went out, newest last."""

from __future__ import annotations

from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import database, output

LIMIT = typer.Option(20, "--limit", min=1, max=10_000, help="At most so many, the newest.")
CUSTOMER = typer.Option(None, "--customer", help="Only this business id, phone or user id.")
STATE = typer.Option(None, "--state", help="Only rows in this state.")
INBOX_COLUMNS = {
    "id": "id",
    "customer": "customer",
    "received_at": "received",
    "type": "type",
    "preview": "text",
    "state": "state",
    "attempts": "tries",
    "intent": "intent",
    "confidence": "conf.",
    "error": "error",
}
OUTBOX_COLUMNS = {
    "id": "id",
    "customer": "customer",
    "created_at": "created",
    "origin": "origin",
    "type": "type",
    "preview": "text",
    "state": "state",
    "status": "status",
    "attempts": "tries",
    "error_code": "error",
}


def inbox(
    customer: str = CUSTOMER, state: str = STATE, limit: int = LIMIT, as_json: bool = output.AS_JSON
) -> None:
    """Show messages of customers and what became of them."""
    from rapport.commands import rows

    with database.reading(environment.load()) as session:
        found = rows.inbox(session, customer=customer, state=state, limit=limit)
    _show("Inbox", INBOX_COLUMNS, found, as_json)


def outbox(
    customer: str = CUSTOMER, state: str = STATE, limit: int = LIMIT, as_json: bool = output.AS_JSON
) -> None:
    """Show messages to customers and where they are."""
    from rapport.commands import rows

    with database.reading(environment.load()) as session:
        found = rows.outbox(session, customer=customer, state=state, limit=limit)
    _show("Outbox", OUTBOX_COLUMNS, found, as_json)


def _show(title: str, columns: dict[str, str], rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        output.array(rows)
    else:
        shown = [{**row, "preview": output.one_line(row["text"])} for row in rows]
        output.table(title, columns, shown)
