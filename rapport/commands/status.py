"""`rapport status`: addresses, processes, model, queues."""

from __future__ import annotations

from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import output, probe, running
from rapport.settings import Settings


def status(as_json: bool = output.AS_JSON) -> None:
    """Tell what runs and what waits; starts nothing. Exit code 1 unless the service is healthy."""
    settings = environment.load()
    code, health = probe.health(settings)
    told = {
        "is_up": running.is_up(settings.data_dir),
        "health": {"http": code or None, **health},
        "addresses": addresses(settings),
        "processes": running.processes(settings.data_dir),
        "model": health.get("model"),
        "data_dir": str(settings.data_dir),
        "database": _database(settings),
    }
    if as_json:
        output.line(told)
    else:
        _print(told)
    if code != 200:
        raise typer.Exit(1)


def addresses(settings: Settings) -> dict[str, str]:
    """Where to look and where Meta and the business knock."""
    found = {
        "health": f"{settings.url}/health",
        "webhook": settings.webhook_url,
        "events": f"{settings.url}/events",
    }
    twin = {"phone": f"{settings.twin_url}/", "graph": settings.graph_api_url}
    return found | twin if settings.uses_twin else found


def _database(settings: Settings) -> dict[str, Any]:
    """Schema and queue depths; only `is_running` when the embedded server is down, since asking starts nothing."""
    from rapport.errors import RapportError

    if not settings.database_url and running.postgres_pid(settings.data_dir) is None:
        return {"is_running": False}
    try:
        return {"is_running": True, **_depths(settings)}
    except RapportError as error:
        return {"is_running": False, "error": str(error)}


def _depths(settings: Settings) -> dict[str, Any]:
    from rapport.commands import database, depths
    from rapport.db import schema

    with database.connected(settings, checked=False) as engine:
        found, needed = schema.current(engine), schema.newest()
        told = {"schema": found, "is_current": found == needed}
        return told | {"queues": depths.of(engine)} if found == needed else told


def _print(told: dict[str, Any]) -> None:
    typer.echo("Running" if told["is_up"] else "Not running; start it with: rapport up")
    rows = [{"what": name, "value": value} for name, value in told["addresses"].items()]
    output.table("Addresses", {"what": "", "value": ""}, rows)
    roles = [{"role": role, "pid": pid} for role, pid in told["processes"].items()]
    output.table("Processes", {"role": "role", "pid": "process id"}, roles)
    facts = {
        "health": told["health"].get("status") or "no answer",
        "model": told["model"] or "none loaded",
        "schema": told["database"].get("schema") or "unknown, the database does not run",
    }
    for queue, states in told["database"].get("queues", {}).items():
        facts[queue] = ", ".join(f"{count} {state}" for state, count in states.items()) or "empty"
    pairs = [{"what": what, "value": value} for what, value in facts.items()]
    output.table("State", {"what": "", "value": ""}, pairs)
