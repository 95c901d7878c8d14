"""What can be tapped in a chat: the buttons and rows of the messages a person got."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rapport.simulator import template
from rapport.simulator.log import Entry
from rapport.simulator.people import Person
from rapport.simulator.twin import Twin

Choice = dict[str, Any]
"""kind (button, list, template_button), id, title, description?, wamid of the message that has it."""


def find_choice(twin: Twin, person: Person, wanted: str) -> Choice | None:
    """The newest button or row of this id or title (any case) in the chat."""
    folded = wanted.strip().casefold()
    for entry in twin.log.entries(reversed(person.seqs)):
        if entry["kind"] != "accepted" or entry["fate"] != "deliver":
            continue
        for choice in choices_of(entry, twin.templates):
            if folded in {choice["id"].casefold(), choice["title"].casefold()}:
                return choice
    return None


def choices_of(entry: Entry, templates: list[dict[str, Any]]) -> Iterator[Choice]:
    """Every choice an accepted message offers."""
    payload = entry["payload"]
    if entry["type"] == "interactive":
        yield from _interactive(payload["interactive"], entry["wamid"])
    elif entry["type"] == "template":
        yield from _quick_replies(payload["template"], templates, entry["wamid"])


def _interactive(message: dict[str, Any], wamid: str) -> Iterator[Choice]:
    action = message["action"]
    for button in action.get("buttons", []):
        yield {"kind": "button", "wamid": wamid, **button["reply"]}
    for section in action.get("sections", []):
        for row in section["rows"]:
            yield {"kind": "list", "wamid": wamid, "section": section.get("title", ""), **row}


def _quick_replies(
    sent: dict[str, Any], templates: list[dict[str, Any]], wamid: str
) -> Iterator[Choice]:
    payloads = _payloads(sent)
    for component in template.find(sent, templates)["components"]:
        for index, button in enumerate(component.get("buttons", [])):
            if button["type"] == "QUICK_REPLY":
                title = button["text"]
                choice = {"id": payloads.get(str(index), title), "title": title}
                yield {"kind": "template_button", "wamid": wamid, **choice}


def _payloads(sent: dict[str, Any]) -> dict[str, str]:
    """Payloads given at sending, by button index; the label is the payload of the others."""
    return {
        str(component["index"]): str(component["parameters"][0]["payload"])
        for component in sent.get("components", [])
        if str(component.get("sub_type", "")).lower() == "quick_reply"
        and component.get("parameters")
    }
