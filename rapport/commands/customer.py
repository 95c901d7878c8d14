"""`rapport customer show`: all that is known of one person, in one place."""

from __future__ import annotations

from typing import Any

import typer

from rapport import clock
from rapport import settings as environment
from rapport.commands import database, output
from rapport.errors import RapportError

app = typer.Typer(no_args_is_help=True, help="What is known of a customer.")
EVENT_COLUMNS = {"time": "time", "type": "event", "id": "id"}
CONSENT_COLUMNS = {"at": "at", "topic": "topic", "state": "state", "method": "method"}
TALK_COLUMNS = {"at": "at", "who": "who", "type": "type", "text": "text", "state": "state"}


@app.callback()
def customers() -> None:
    """What is known of a customer."""


@app.command()
def show(
    customer: str = typer.Argument(..., metavar="ID", help="Business id, phone or user id."),
    reveal: bool = typer.Option(False, "--reveal", help="Show phone numbers and addresses whole."),
    limit: int = typer.Option(50, "--limit", min=1, help="At most so many messages, the newest."),
    as_json: bool = output.AS_JSON,
) -> None:
    """Show history, consent and conversation of one customer."""
    from rapport.commands import portrait, rows

    with database.reading(environment.load()) as session:
        customer_id = rows.customer_named(session, customer)
        if customer_id is None:
            raise RapportError(f"There is no customer {customer}.")
        drawn = portrait.of(session, customer_id, limit=limit, now=clock.utc_now())
    shown = drawn if reveal else portrait.veiled(drawn)
    if as_json:
        output.line(shown)
    else:
        _print(shown)


def _print(shown: dict[str, Any]) -> None:
    profile = {key: value for key, value in shown["customer"].items() if value is not None}
    pairs = [{"key": key, "value": value} for key, value in profile.items()]
    output.table("Customer", {"key": "", "value": ""}, pairs)
    identities = {"kind": "kind", "address": "address", "valid_until": "until"}
    output.table("Identities", identities, shown["identities"])
    states = [{"topic": topic, "state": state} for topic, state in shown["consent"].items()]
    output.table("Consent", {"topic": "topic", "state": "state"}, states)
    output.table("Consent ledger", CONSENT_COLUMNS, shown["consent_history"])
    orders = {"order_id": "order", "status": "status", "status_at": "since"}
    output.table("Orders", orders, shown["orders"])
    output.table("Business events", EVENT_COLUMNS, shown["events"])
    talk = [{**row, "text": output.one_line(row["text"], 100)} for row in shown["conversation"]]
    output.table("Conversation", TALK_COLUMNS, talk)
