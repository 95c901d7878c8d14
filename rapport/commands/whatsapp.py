"""`rapport whatsapp check`: is the number ready, and if not, what to do."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import typer

from rapport import clock
from rapport import settings as environment
from rapport.commands import output
from rapport.settings import Settings

app = typer.Typer(no_args_is_help=True, help="The WhatsApp Business number.")


@app.callback()
def whatsapp() -> None:
    """The WhatsApp Business number."""


@app.command()
def check(as_json: bool = output.AS_JSON) -> None:
    """Ask Meta about token, permissions, number and subscription; exit code 1 when something is missing."""
    settings = environment.load()
    rows = asyncio.run(_findings(settings))
    is_ok = all(row["is_ok"] for row in rows)
    if as_json:
        output.line({"is_ok": is_ok, "uses_twin": settings.uses_twin, "findings": rows})
    else:
        _print(rows, settings)
    if not is_ok:
        raise typer.Exit(1)


async def _findings(settings: Settings) -> list[dict[str, Any]]:
    from rapport.whatsapp import account, client

    async with client.connected(settings) as cloud:
        found = await account.examine(cloud, settings, clock.utc_now())
    return [asdict(finding) for finding in found]


def _print(rows: list[dict[str, Any]], settings: Settings) -> None:
    if settings.uses_twin:
        typer.echo("No real number is set up (WHATSAPP_ACCESS_TOKEN); this is the twin's answer.")
    shown = [{**row, "mark": "ok" if row["is_ok"] else "MISSING"} for row in rows]
    columns = {"mark": "", "name": "what", "told": "Meta says", "fix": "do this"}
    output.table("WhatsApp", columns, shown)
