"""A turn's replies as few WhatsApp messages as Meta's formats allow. Pure.

Meta's limits (send messages, reply buttons and list messages, 2025-11-03): text body 4096; buttons at
most 3 with titles of 20, body 1024; lists at most 10 rows with titles of 24, descriptions of 72, body
4096, button 20; captions 1024.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

TEXT_LENGTH = 4096
BUTTON_BODY_LENGTH = 1024
CAPTION_LENGTH = 1024
BUTTONS, BUTTON_TITLE_LENGTH = 3, 20
ROWS, ROW_TITLE_LENGTH, ROW_DESCRIPTION_LENGTH = 10, 24, 72
LIST_LABEL = "Choose"


@dataclass(frozen=True)
class Button:
    """A choice: what the customer sees and the Rasa payload it stands for."""

    title: str
    payload: str
    description: str = ""


@dataclass(frozen=True)
class BotMessage:
    """One utterance of the assistant, as Rasa's output channel got it."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    location: dict[str, Any] | None = None


@dataclass(frozen=True)
class Outgoing:
    """One WhatsApp message: its type, the object named after the type, and what may be chosen in it."""

    type: str
    payload: dict[str, Any]
    choices: list[dict[str, str]] = field(default_factory=list)


def compose(messages: list[BotMessage], turn_id: int, label: str = LIST_LABEL) -> list[Outgoing]:
    """The WhatsApp messages for a turn's utterances, in order.

    Texts are joined with a blank line; the last text carries the buttons, an image its caption.
    Choice ids are `turn.ordinal.number`, so that a tap leads back to its row and names nothing else.
    `label` opens a list, at most 20 characters in the customer's language.
    """
    outgoing: list[Outgoing] = []
    for message in _merged([_tidied(message, label) for message in messages]):
        for part in _parts(message):
            outgoing.append(_formatted(part, f"{turn_id}.{len(outgoing)}", label))
    return outgoing


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` characters, cut at paragraph, sentence or word ends."""
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _merged(messages: list[BotMessage]) -> list[BotMessage]:
    """Texts flow together, a repeated one is said once; choices come last, what is said after them before."""
    merged: list[BotMessage] = []
    for message in messages:
        before = merged[-1] if merged else None
        if (
            before is None
            or message.image
            or message.location
            or (before.buttons and message.buttons)
        ):
            merged.append(message)
        elif before.buttons:
            merged[-1] = replace(before, text=_joined(message.text, before.text))
        else:
            merged[-1] = replace(message, text=_joined(before.text, message.text), **_media(before))
    return [message for message in merged if message.text or message.image or message.location]


def _joined(first: str, second: str) -> str:
    if second in first.split("\n\n"):
        return first
    return "\n\n".join(part for part in (first, second) if part)


def _media(message: BotMessage) -> dict[str, Any]:
    return {"image": message.image, "location": message.location}


def _tidied(message: BotMessage, label: str) -> BotMessage:
    """Without outer blanks; choices without a question get the shortest one, for Meta wants a body."""
    text = message.text.strip()
    if message.buttons and not text:
        text = label
    return replace(message, text=text)


def _parts(message: BotMessage) -> Iterator[BotMessage]:
    if message.location:
        yield BotMessage(location=message.location)
    if message.image and (message.buttons or len(message.text) > CAPTION_LENGTH):
        yield BotMessage(image=message.image)
        yield from _parts(BotMessage(message.text, message.buttons))
    elif message.image:
        yield BotMessage(message.text, image=message.image)
    elif message.text:
        yield from _text_parts(message)


def _text_parts(message: BotMessage) -> Iterator[BotMessage]:
    body = _with_numbers(message) if len(message.buttons) > ROWS else message.text
    *before, last = split(body, TEXT_LENGTH)
    yield from (BotMessage(piece) for piece in before)
    if _fits_buttons(message.buttons) and len(last) > BUTTON_BODY_LENGTH:
        *more, last = split(last, BUTTON_BODY_LENGTH)
        yield BotMessage("\n\n".join(more))
    yield BotMessage(last, message.buttons)


def _formatted(message: BotMessage, prefix: str, label: str) -> Outgoing:
    if message.location:
        return Outgoing("location", message.location)
    if message.image:
        caption = {"caption": message.text} if message.text else {}
        return Outgoing("image", {"link": message.image, **caption})
    choices = _choices(message.buttons, prefix)
    if not message.buttons or len(message.buttons) > ROWS:
        return Outgoing("text", {"body": message.text, "preview_url": False}, choices)
    if _fits_buttons(message.buttons):
        return Outgoing("interactive", _buttons(message.text, choices), choices)
    return Outgoing("interactive", _list(message, choices, label), choices)


def _choices(buttons: tuple[Button, ...], prefix: str) -> list[dict[str, str]]:
    return [
        {"id": f"{prefix}.{number}", "title": button.title, "payload": button.payload}
        for number, button in enumerate(buttons, start=1)
    ]


def _fits_buttons(buttons: tuple[Button, ...]) -> bool:
    short = all(len(b.title) <= BUTTON_TITLE_LENGTH and not b.description for b in buttons)
    distinct = len({button.title for button in buttons}) == len(buttons)
    return 0 < len(buttons) <= BUTTONS and short and distinct


def _buttons(body: str, choices: list[dict[str, str]]) -> dict[str, Any]:
    replies = [{"id": choice["id"], "title": choice["title"]} for choice in choices]
    return {
        "type": "button",
        "body": {"text": body},
        "action": {"buttons": [{"type": "reply", "reply": reply} for reply in replies]},
    }


def _list(message: BotMessage, choices: list[dict[str, str]], label: str) -> dict[str, Any]:
    rows = [
        _row(button, choice["id"]) for button, choice in zip(message.buttons, choices, strict=True)
    ]
    return {
        "type": "list",
        "body": {"text": message.text},
        "action": {"button": label, "sections": [{"title": label, "rows": rows}]},
    }


def _row(button: Button, row_id: str) -> dict[str, str]:
    """A title too long for a row is told whole in the description."""
    title, description = button.title, button.description
    if len(title) > ROW_TITLE_LENGTH:
        description = description or title
        title = title[: ROW_TITLE_LENGTH - 1].rstrip() + "…"
    row = {"id": row_id, "title": title}
    if description:
        row["description"] = _shortened(description, ROW_DESCRIPTION_LENGTH)
    return row


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _with_numbers(message: BotMessage) -> str:
    lines = [f"{number}. {button.title}" for number, button in enumerate(message.buttons, start=1)]
    return "\n".join([message.text, "", *lines])


def _cut(text: str, limit: int) -> int:
    """Where to cut: after the last paragraph, sentence or word that fits, else hard."""
    window = text[:limit]
    for pattern in (r"\n\n", r"(?<=[.!?।…])\s", r"\s"):
        ends = [match.end() for match in re.finditer(pattern, window)]
        if ends and ends[-1] > limit // 4:
            return ends[-1]
    return limit
