"""Payload files read offline: what the parser finds in each, in one row per event.

A file may hold a whole webhook, a part of one (entry, change, value, message, status), a list of these, or an object that
names several, as documentation and test suites keep them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rapport.whatsapp import fields, people, scalars
from rapport.whatsapp.events import (
    Event,
    IdentityChanged,
    MessageReceived,
    NoticeReceived,
    PreferenceStated,
    Sender,
    StatusReported,
    Unrecognised,
)
from rapport.whatsapp.messages import content_of, type_of
from rapport.whatsapp.webhook import ACCOUNT, NotAWebhook, NotJson, events_of, load

UNRECOGNISED = "unrecognised"
NOT_JSON = "not_json"
_PARTS = 3  # levels of lists and named samples that are opened


def check_files(paths: Iterable[str | Path]) -> Iterator[dict[str, Any]]:
    """One row per event with `file`, `kind`, `type`, `wamid`, `from`, `user_id`, `text`, and `reason` where unrecognised.

    `kind` is message, status or the webhook field; `unrecognised` for JSON that is no webhook; `not_json` for a file that
    is not well-formed JSON or cannot be read (see `is_well_formed`).
    """
    for path in paths:
        for row in _rows(Path(path)):
            yield {"file": str(path), **row}


def is_well_formed(row: dict[str, Any]) -> bool:
    """Whether a row of `check_files` comes from a file that is well-formed JSON."""
    return row["kind"] != NOT_JSON


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        document = load(path.read_bytes())
    except OSError as error:
        yield _row(NOT_JSON, reason=f"cannot be read: {error.strerror}")
    except NotJson as error:
        yield _row(NOT_JSON, reason=str(error))
    except NotAWebhook as error:
        yield _row(UNRECOGNISED, reason=str(error))
    else:
        for part in _webhooks(document, _PARTS):
            yield from _rows_of(part)


def _rows_of(webhook: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    try:
        for event in events_of(webhook):
            yield _row_of(event)
    except NotAWebhook as error:
        yield _row(UNRECOGNISED, reason=str(error))


def _webhooks(document: object, levels: int) -> Iterator[dict[str, Any] | None]:
    """Every webhook in `document`; a part of one is wrapped into a whole one; None for what is none."""
    whole = _whole(document) if isinstance(document, dict) else None
    parts = _parts(document)
    if whole is not None or not parts or not levels:
        yield whole
        return
    for part in parts:
        yield from _webhooks(part, levels - 1)


def _whole(part: dict[str, Any]) -> dict[str, Any] | None:
    """`part` within the envelope that it lacks."""
    if "entry" in part:
        return part
    if isinstance(part.get("changes"), list):
        return {"object": ACCOUNT, "entry": [part]}
    if isinstance(part.get("value"), dict) and isinstance(part.get("field"), str):
        return {"object": ACCOUNT, "entry": [{"changes": [part]}]}
    value = _value(part)
    return None if value is None else _whole({"field": fields.field_of(value), "value": value})


def _value(part: dict[str, Any]) -> dict[str, Any] | None:
    if _is_sent_by_business(part):
        return None
    if fields.field_of(part):
        return part
    if _is_message(part):
        return {"messages": [part]}
    return {"statuses": [part]} if _is_status(part) else None


def _is_sent_by_business(part: dict[str, Any]) -> bool:
    """Requests name whom they go to, and Meta's answers repeat it as `input`."""
    answered = any("input" in scalars.mapping(c) for c in scalars.items(part.get("contacts")))
    return answered or "to" in part or "recipient" in part


def _is_message(part: dict[str, Any]) -> bool:
    if not isinstance(part.get("type"), str) or "messaging_product" in part:
        return False
    named = "from" in part or "from_user_id" in part or {"id", "timestamp"} <= part.keys()
    return named or (part["type"] == "text" and isinstance(part.get("text"), dict))


def _is_status(part: dict[str, Any]) -> bool:
    return "status" in part and ("recipient_id" in part or {"id", "timestamp"} <= part.keys())


def _parts(document: object) -> list[Any]:
    """The members of a list, or the webhooks that an object maps names to."""
    if isinstance(document, list):
        return [part for part in document if isinstance(part, (dict, list))]
    samples = document.values() if isinstance(document, dict) else ()
    return [sample for sample in samples if isinstance(sample, dict) and "entry" in sample]


def _row_of(event: Event) -> dict[str, Any]:
    if isinstance(event, MessageReceived):
        return _message(event)
    if isinstance(event, StatusReported):
        return _row("status", event.raw_status, event.wamid, event.recipient)
    if isinstance(event, IdentityChanged):
        kind = "message" if event.wamid else "user_id_update"
        return _row(kind, "system" if event.wamid else kind, event.wamid, event.old)
    if isinstance(event, PreferenceStated):
        return _row("user_preferences", event.value, None, event.sender)
    if isinstance(event, NoticeReceived):
        return _row(event.field, event.kind or None)
    return _unrecognised(event)


def _message(event: MessageReceived) -> dict[str, Any]:
    return _row("message", event.type, event.wamid, event.sender, event.text, event.problem)


def _unrecognised(event: Unrecognised) -> dict[str, Any]:
    """What can be told of it all the same."""
    raw = event.raw
    kind = event.kind or UNRECOGNISED
    if kind != "message":
        word = scalars.line(raw.get("status"), 64) if kind == "status" else None
        return _row(kind, word, scalars.token(raw.get("id")), reason=event.reason)
    author = people.author_of(raw, people.people_of(None))
    text = content_of(raw).text
    return _row(kind, type_of(raw), scalars.token(raw.get("id")), author, text, event.reason)


def _row(
    kind: str,
    word: str | None = None,
    wamid: str | None = None,
    person: Sender = people.NOBODY,
    text: str = "",
    reason: str | None = None,
) -> dict[str, Any]:
    named = {"kind": kind, "type": word, "wamid": wamid, "from": person.phone}
    row = {**named, "user_id": person.bsuid, "text": text}
    return row if reason is None else {**row, "reason": reason}
