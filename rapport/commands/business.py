"""`rapport import` and `rapport demo`: what a business tells us."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from rapport import clock
from rapport import settings as environment
from rapport.commands import database, output

FILES = typer.Argument(..., metavar="FILE...", help="JSON Lines, JSON or CSV files of events.")
DRY_RUN = typer.Option(False, "--dry-run", help="Say what would happen; change nothing.")
SHOWN_REFUSALS = 50
COLUMNS = {
    "path": "file",
    "accepted": "accepted",
    "duplicate": "known",
    "unknown": "of unknown type",
    "refusals": "refused",
}


def import_files(
    files: list[Path] = FILES, dry_run: bool = DRY_RUN, as_json: bool = output.AS_JSON
) -> None:
    """Import business events; exit code 1 when lines are refused, each named with its reason."""
    from rapport.customers import imports
    from rapport.db.session import sessions_for

    with database.connected(environment.load()) as engine, _progress() as on_progress:
        report = imports.run(
            sessions_for(engine),
            files,
            now=clock.utc_now(),
            dry_run=dry_run,
            on_progress=on_progress,
        )
    if as_json:
        output.line(imports.report_as_json(report))
    else:
        _print(report)
    if not report.is_clean:
        raise typer.Exit(1)


def demo(as_json: bool = output.AS_JSON) -> None:
    """Load a phone operator, a bank and a shop with their customers; twice on a day changes nothing."""
    from rapport.customers import demo as businesses
    from rapport.db.session import sessions_for

    with database.connected(environment.load()) as engine, sessions_for(engine).begin() as session:
        receipt = businesses.load(session, clock.utc_now())
    guide = [person._asdict() for person in businesses.guide()]
    told = {"accepted": len(receipt.accepted), "duplicate": len(receipt.duplicate)}
    if as_json:
        output.line({**told, "customers": guide})
        return
    typer.echo(f"{told['accepted']} events loaded, {told['duplicate']} known already.")
    columns = {"business_id": "customer", "name": "name", "language": "language", "ask": "ask"}
    output.table("Write as", columns, guide)


def _print(report: Any) -> None:
    title = "Import (dry run, nothing changed)" if report.is_dry_run else "Import"
    rows = [{**vars(file), "refusals": len(file.refused)} for file in report.files]
    output.table(title, COLUMNS, rows)
    for file in report.files:
        for line in file.refused[:SHOWN_REFUSALS]:
            typer.echo(f"{file.path}:{line.line}: {line.path} {line.reason}", err=True)
        more = len(file.refused) - SHOWN_REFUSALS
        if more > 0:
            typer.echo(f"{file.path}: {more} more; --json tells them all", err=True)


@contextlib.contextmanager
def _progress() -> Iterator[Any]:
    """A bar of bytes a file on a terminal's standard error, nothing elsewhere."""
    from rich.progress import Progress

    console = output.console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        tasks: dict[Path, Any] = {}

        def advance(path: Path, done: int, size: int) -> None:
            if path not in tasks:
                tasks[path] = bar.add_task(path.name, total=size)
            bar.update(tasks[path], completed=done)

        yield advance
