"""`rapport say`: write as a customer, by way of the twin, and read what came back."""

from __future__ import annotations

from typing import Any

import typer

from rapport import settings as environment
from rapport.commands import output
from rapport.errors import RapportError

TYPES = ("text", "image", "audio", "video", "sticker", "document", "location", "contacts")
AS = typer.Option(..., "--as", metavar="CUSTOMER", help="Business id, phone or user id.")
TEXTS = typer.Argument(None, metavar="[TEXT]...", help="One message each, in this order.")
TYPE = typer.Option("text", "--type", help=f"One of {', '.join(TYPES)}; TEXT is the caption.")
TAP = typer.Option(None, "--tap", metavar="BUTTON", help="Then tap the button or row so titled.")
TIMEOUT = typer.Option(60.0, "--timeout", min=1.0, help="Seconds to wait for each answer.")


def say(
    customer: str = AS,
    texts: list[str] = TEXTS,
    kind: str = TYPE,
    tap: str = TAP,
    timeout: float = TIMEOUT,
    as_json: bool = output.AS_JSON,
) -> None:
    """Write as a customer and print the replies; with --json one object a message, each on a line."""
    wishes = _wishes(list(texts or []), kind, tap)
    settings = environment.load()
    if not settings.uses_twin:
        raise RapportError(
            "say writes through the twin, but a real number is set up (WHATSAPP_ACCESS_TOKEN); "
            "write to it from a phone, or unset the variable."
        )
    from rapport.commands.talk import Talk

    with Talk(settings, customer, timeout) as talk:
        for wish in wishes:
            told = talk.say(wish)
            if as_json:
                output.line(told)
            else:
                _print(told)


def _wishes(texts: list[str], kind: str, tap: str | None) -> list[dict[str, Any]]:
    """What the twin is asked to send, one wish a message. Raises RapportError when there is nothing."""
    if kind not in TYPES:
        raise RapportError(f"--type must be one of {', '.join(TYPES)}.")
    wishes: list[dict[str, Any]] = [{"type": kind, "text": text} for text in texts]
    if kind != "text" and not wishes:
        wishes = [{"type": kind}]
    if tap:
        wishes.append({"tap": tap})
    if not wishes:
        raise RapportError('Say what: rapport say --as CUSTOMER "where is my order?"')
    return wishes


def _print(told: dict[str, Any]) -> None:
    for reply in told["replies"]:
        typer.echo(reply["text"] or f"[{reply['type']}]")
        for title in reply.get("buttons", []):
            typer.echo(f"  ( {title} )")
    if not told["replies"]:
        typer.echo("[no reply]")
    confidence = "" if told["confidence"] is None else f" {told['confidence']:.2f}"
    typer.secho(f"— {told['intent'] or told['state']}{confidence}, {told['ms']} ms\n", dim=True)
