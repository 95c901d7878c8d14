"""A person's chat as their phone shows it, folded from the log."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rapport.simulator import template
from rapport.simulator.log import Entry
from rapport.simulator.people import Person
from rapport.simulator.taps import choices_of
from rapport.simulator.twin import Twin

Bubble = dict[str, Any]
TYPING = timedelta(seconds=25)
"""Meta: a typing indicator disappears with the answer, or after 25 seconds."""

LAST_ENTRIES = 1000
NOTICES = {
    "block": "You blocked this business. It cannot reach you.",
    "unblock": "You unblocked this business.",
    "stop": "You stopped offers and announcements.",
    "resume": "You allowed offers and announcements again.",
    "number": "You changed your number.",
    "hide_number": "Your number is hidden; the business sees your username.",
    "show_number": "The business sees your number again.",
}
LABELS = {
    "image": "Photo",
    "video": "Video",
    "audio": "Voice message",
    "document": "Document",
    "sticker": "Sticker",
    "location": "Location",
    "contacts": "Contact",
}


@dataclass
class Chat:
    """Bubbles oldest first, and until when the business seems to be typing."""

    bubbles: list[Bubble] = field(default_factory=list)
    typing_until: datetime | None = None
    by_wamid: dict[str, Bubble] = field(default_factory=dict)
    waiting: dict[int, Bubble] = field(default_factory=dict)

    def add(self, entry: Entry, bubble: Bubble) -> None:
        bubble |= {"id": entry["seq"], "at": entry["at"], "reactions": {}}
        self.bubbles.append(bubble)
        if "wamid" in entry:
            self.by_wamid[entry["wamid"]] = bubble


def chat_of(twin: Twin, person: Person) -> Chat:
    """The chat of one person, its last thousand events at most."""
    chat = Chat()
    for entry in twin.log.entries(person.seqs[-LAST_ENTRIES:]):
        fold = FOLDS.get(entry["kind"])
        if fold is not None:
            # A webhook that was posted by hand may hold anything.
            with suppress(KeyError, TypeError, AttributeError, IndexError, ValueError):
                fold(chat, entry, twin)
    return chat


def preview(bubble: Bubble) -> str:
    """One line that stands for a bubble."""
    return str(bubble.get("text") or LABELS.get(bubble["kind"], "") or bubble.get("header", ""))


def _received(chat: Chat, entry: Entry, twin: Twin) -> None:
    payload, kind = entry["payload"], entry["type"]
    if kind == "reaction":
        _react(chat, payload["reaction"], "mine")
        return
    bubble: Bubble = {"mine": True, "kind": kind, "state": "sent"}
    if "delivery" in entry:
        chat.waiting[entry["seq"]] = bubble
        bubble["state"] = "waiting"
    bubble |= CONTENTS.get(kind, _unknown)(payload.get(kind), twin)
    _quote(chat, bubble, payload.get("context"), "id")
    chat.add(entry, bubble)


def _accepted(chat: Chat, entry: Entry, twin: Twin) -> None:
    if entry["fate"] != "deliver":
        return
    payload, kind = entry["payload"], entry["type"]
    chat.typing_until = None
    if kind == "reaction":
        _react(chat, payload["reaction"], "theirs")
        return
    bubble: Bubble = {"mine": False, "kind": kind, "choices": _choices(entry, twin)}
    bubble |= CONTENTS.get(kind, _unknown)(payload.get(kind), twin)
    _quote(chat, bubble, payload.get("context"), "message_id")
    chat.add(entry, bubble)


def _choices(entry: Entry, twin: Twin) -> list[dict[str, Any]]:
    return [
        {
            name: choice[name]
            for name in ("kind", "title", "description", "section")
            if name in choice
        }
        for choice in choices_of(entry, twin.templates)
    ]


def _quote(chat: Chat, bubble: Bubble, context: Any, key: str) -> None:
    quoted = chat.by_wamid.get(context.get(key, "")) if isinstance(context, dict) else None
    if quoted is not None:
        bubble["quote"] = {
            "id": quoted["id"],
            "mine": quoted["mine"],
            "text": preview(quoted)[:200],
        }


def _react(chat: Chat, reaction: dict[str, Any], by: str) -> None:
    target = chat.by_wamid.get(str(reaction.get("message_id")))
    if target is not None:
        target["reactions"][by] = reaction.get("emoji", "")


def _answered(chat: Chat, entry: Entry, twin: Twin) -> None:
    bubble = chat.waiting.pop(entry["ref"], None)
    if bubble is not None and entry["http"] == 200:
        bubble["state"] = "delivered" if bubble["state"] == "waiting" else bubble["state"]


def _read(chat: Chat, entry: Entry, twin: Twin) -> None:
    """A read receipt marks what came before it, too."""
    last = chat.by_wamid.get(entry["wamid"])
    for bubble in chat.bubbles:
        if bubble["mine"] and last is not None and bubble["id"] <= last["id"]:
            bubble["state"] = "read"


def _typing(chat: Chat, entry: Entry, twin: Twin) -> None:
    chat.typing_until = datetime.fromisoformat(entry["at"]) + TYPING


def _changed(chat: Chat, entry: Entry, twin: Twin) -> None:
    if entry["what"] == "block":
        chat.typing_until = None
    if entry["what"] in NOTICES:
        chat.add(entry, {"mine": False, "kind": "notice", "text": NOTICES[entry["what"]]})


FOLDS: dict[str, Callable[[Chat, Entry, Twin], None]] = {
    "received": _received,
    "accepted": _accepted,
    "answered": _answered,
    "read": _read,
    "typing": _typing,
    "changed": _changed,
}


def _text(value: Any, twin: Twin) -> Bubble:
    return {"text": str(value["body"])}


def _interactive(value: Any, twin: Twin) -> Bubble:
    if value["type"] in {"button_reply", "list_reply"}:
        reply = value[value["type"]]
        return {"text": reply["title"], "footer": reply.get("description", "")}
    action, shown = value["action"], {"text": value["body"]["text"]}
    header = value.get("header", {})
    if header.get("type") == "text":
        shown["header"] = header["text"]
    elif header:
        shown |= _media(header[header["type"]], twin)
    shown["footer"] = value.get("footer", {}).get("text", "")
    if value["type"] == "list":
        shown["list_button"] = action["button"]
    elif value["type"] == "cta_url":
        link = action["parameters"]
        shown["link"] = {"title": link["display_text"], "url": link["url"]}
    elif value["type"] == "location_request_message":
        shown["asks_location"] = True
    return shown


def _template(value: Any, twin: Twin) -> Bubble:
    found = template.find(value, twin.templates)
    shown: Bubble = {}
    for component in found["components"]:
        kind = component["type"].lower()
        parameters = template.parameters_of(value, kind)
        if kind == "header" and component.get("format", "TEXT") != "TEXT":
            shown |= _media(parameters[0].get(component["format"].lower(), {}), twin)
        elif kind in {"header", "body", "footer"}:
            name = "text" if kind == "body" else kind
            shown[name] = template.hydrated(component["text"], parameters)
        for button in component.get("buttons", []):
            if button["type"] == "URL":
                shown["link"] = {"title": button["text"], "url": button["url"].split("{{")[0]}
    return shown


def _media(value: Any, twin: Twin) -> Bubble:
    """A file of the twin's own is shown; one that lies elsewhere is named, never fetched."""
    stored = twin.state.media.get(str(value.get("id", "")), {})
    shown = {"text": value.get("caption", ""), "media_id": stored.get("media_id", "")}
    shown["mime_type"] = stored.get("mime_type", "")
    shown["filename"] = value.get("filename") or stored.get("filename", "")
    shown["media_link"] = value.get("link", "")
    return shown


def _location(value: Any, twin: Twin) -> Bubble:
    names = ("latitude", "longitude", "name", "address")
    return {"location": {name: value.get(name, "") for name in names}}


def _contacts(value: Any, twin: Twin) -> Bubble:
    return {"text": ", ".join(card["name"]["formatted_name"] for card in value)}


def _button(value: Any, twin: Twin) -> Bubble:
    return {"text": value["text"]}


def _unknown(value: Any, twin: Twin) -> Bubble:
    return {"text": ""}


CONTENTS: dict[str, Callable[[Any, Twin], Bubble]] = {
    "text": _text,
    "interactive": _interactive,
    "template": _template,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "image": _media,
    "video": _media,
    "audio": _media,
    "document": _media,
    "sticker": _media,
}
