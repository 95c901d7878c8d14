"""`rapport twin`: the server that plays Meta, and its log."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import output

app = typer.Typer(help="The Cloud API twin that stands in for Meta.")
KIND = typer.Option(None, "--kind", help="Only accepted, refused, status, received … (repeatable).")
AFTER = typer.Option(0, "--after", metavar="SEQ", help="Only entries after this number.")
COLUMNS = {"seq": "#", "at": "at", "kind": "what", "type": "type", "wamid": "wamid", "told": ""}


@app.callback(invoke_without_command=True)
def twin(context: typer.Context) -> None:
    """Run the twin in the foreground (`rapport up` runs it for you)."""
    if context.invoked_subcommand is None:
        os.execv(sys.executable, [sys.executable, "-m", "rapport.simulator"])  # noqa: S606


@app.command("log")
def show_log(kind: list[str] = KIND, after: int = AFTER, as_json: bool = output.AS_JSON) -> None:
    """Show everything the twin accepted, refused and reported, in order, also when it does not run."""
    from rapport.simulator.log import read_log

    entries = [
        entry
        for entry in read_log(environment.load().data_dir / "twin" / "log.jsonl")
        if entry["seq"] > after and (not kind or entry["kind"] in kind)
    ]
    if as_json:
        output.array(entries)
    else:
        output.table("Twin", COLUMNS, [{**entry, "told": _told(entry)} for entry in entries])


def _told(entry: dict[str, Any]) -> str:
    """What tells one entry from another of its kind."""
    if entry["kind"] == "status":
        return str(entry["status"])
    if entry["kind"] == "refused":
        return f"{entry.get('code')} {entry.get('details', '')}"
    payload = entry.get("payload") or {}
    named = payload.get(entry.get("type", "")) if isinstance(payload, dict) else None
    body = named.get("body") if isinstance(named, dict) else None
    text = body.get("text") if isinstance(body, dict) else body
    return output.one_line(str(text)) if text else ""
