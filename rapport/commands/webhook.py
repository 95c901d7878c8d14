"""`rapport webhook`: payload files read offline, or signed and posted to the running service."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import output
from rapport.errors import RapportError
from rapport.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Webhook payloads from files.")
FILES = typer.Argument(..., metavar="FILE...", help="Files with one webhook body each.")
SEND_SECONDS = 30.0


@app.command()
def check(files: list[Path] = FILES, as_json: bool = output.AS_JSON) -> None:
    """Parse payload files offline: one JSON line per event found, with or without --json.

    Exit code 1 when a file cannot be read or is not well-formed JSON.
    """
    from rapport.whatsapp.check import check_files, is_well_formed

    all_well_formed = True
    for row in check_files(files):
        all_well_formed = all_well_formed and is_well_formed(row)
        output.line(row)
    if not all_well_formed:
        raise typer.Exit(1)


@app.command()
def send(files: list[Path] = FILES, as_json: bool = output.AS_JSON) -> None:
    """Sign payload files and post them to the running service; exit code 1 unless all are taken."""
    import httpx

    settings = environment.load()
    with httpx.Client(timeout=SEND_SECONDS) as client:
        statuses = [_posted(client, settings, file) for file in files]
    rows = [
        {"file": str(file), "status": status} for file, status in zip(files, statuses, strict=True)
    ]
    for row in rows:
        if as_json:
            output.line(row)
        else:
            typer.echo(f"{row['status'] or 'no answer'} {row['file']}")
    if not all(status and 200 <= status < 300 for status in statuses):
        raise typer.Exit(1)


def signature(body: bytes, app_secret: str) -> str:
    """Value of X-Hub-Signature-256 as Meta computes it over the raw bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def _posted(client: Any, settings: Settings, file: Path) -> int | None:
    """The service's HTTP status. By way of the twin if it runs, so that it learns of open windows."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise RapportError(f"Cannot read {file}: {error.strerror}.") from error
    answer = (
        _post(client, f"{settings.twin_url}/twin/webhook", body) if settings.uses_twin else None
    )
    if answer is not None and answer.is_success:
        return answer.json()["status"]
    signed = {"X-Hub-Signature-256": signature(body, settings.app_secret)}
    answer = _post(client, settings.webhook_url, body, signed)
    if answer is None:
        raise RapportError(
            f"The service does not answer at {settings.url}; start it with: rapport up"
        )
    return int(answer.status_code)


def _post(client: Any, url: str, body: bytes, signed: dict[str, str] | None = None) -> Any:
    """The answer, None when nobody listens. Raises RapportError when the line breaks later."""
    import httpx

    headers = {"Content-Type": "application/json", **(signed or {})}
    try:
        return client.post(url, content=body, headers=headers)
    except httpx.ConnectError:
        return None
    except httpx.HTTPError as error:
        raise RapportError(f"{url} did not answer: {type(error).__name__}.") from error
