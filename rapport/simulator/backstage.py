"""The same chat seen from behind: what the network took, refused and reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rapport.simulator.log import Entry
from rapport.simulator.people import Person
from rapport.simulator.twin import Twin

LATEST = 60
Line = tuple[str, str, str]
"""What happened, the detail, and its tone: "", good or bad."""


def events(twin: Twin, person: Person) -> list[dict[str, Any]]:
    """The latest events of one person's chat, newest first."""
    entries = twin.log.entries(reversed(person.seqs[-LATEST:]))
    lines = ((entry["at"], LINES[entry["kind"]](entry)) for entry in entries)
    return [
        {"at": at, "what": line[0], "detail": line[1], "tone": line[2]}
        for at, line in lines
        if line is not None
    ]


def _received(entry: Entry) -> Line:
    return "Customer wrote", entry["type"], ""


def _answered(entry: Entry) -> Line | None:
    return None if entry["http"] == 200 else ("Webhook refused", str(entry["http"]), "bad")


def _accepted(entry: Entry) -> Line:
    fates = {
        "deliver": "",
        "blocked": ", but blocked",
        "failed": f", will fail {entry.get('code')}",
    }
    return "Accepted", f"{entry['type']}, {entry['category']}{fates[entry['fate']]}", "good"


def _refused(entry: Entry) -> Line:
    return f"Refused {entry['code']}", f"{entry['type']}: {entry['details']}", "bad"


def _status(entry: Entry) -> Line:
    is_failure = entry["status"] == "failed"
    detail = f"{entry['type']} {entry['code']}" if is_failure else str(entry["type"])
    return f"Reported {entry['status']}", detail, "bad" if is_failure else ""


def _read(entry: Entry) -> Line:
    return "Marked as read", "", ""


def _typing(entry: Entry) -> Line:
    return "Typing shown", "", ""


def _changed(entry: Entry) -> Line:
    return "Customer changed", str(entry["what"]).replace("_", " "), ""


LINES: dict[str, Callable[[Entry], Line | None]] = {
    "received": _received,
    "answered": _answered,
    "accepted": _accepted,
    "refused": _refused,
    "status": _status,
    "read": _read,
    "typing": _typing,
    "changed": _changed,
}
