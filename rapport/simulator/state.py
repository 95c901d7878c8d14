"""What the twin knows, folded from its log: the same function replays it and keeps it current."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rapport.simulator.limits import Limits
from rapport.simulator.log import Entry
from rapport.simulator.people import People, Person

IN_THE_CHAT = {"received", "accepted", "status", "read", "typing", "answered", "changed", "refused"}


@dataclass
class Sent:
    """A message of the business's on its way to a person."""

    seq: int
    person: Person
    statuses: list[str] = field(default_factory=list)


class State:
    """People, windows, messages under way, media, and webhooks the service has not taken yet."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        self.people = People(key_of)
        self.limits = Limits()
        self.sent: dict[str, Sent] = {}
        self.inbound: dict[str, Person] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.undelivered: dict[int, Person | None] = {}
        self._folds: dict[str, Callable[[Entry, Person | None], None]] = {
            "received": self._received,
            "accepted": self._accepted,
            "status": self._status,
            "answered": self._answered,
            "changed": self._changed,
            "media": self._media,
            "media_deleted": self._media_deleted,
        }

    def apply(self, entry: Entry) -> None:
        """Take note of one entry of the log."""
        person = self._person_of(entry)
        if person is not None and entry["kind"] in IN_THE_CHAT:
            person.seqs.append(entry["seq"])
        fold = self._folds.get(entry["kind"])
        if fold is not None:
            fold(entry, person)
        if "delivery" in entry or "raw" in entry:
            self.undelivered[entry["seq"]] = person

    def learn(self, person: Person, sent_at: datetime) -> None:
        """A message of theirs opens or prolongs the 24-hour window."""
        if person.last_inbound_at is None or person.last_inbound_at < sent_at:
            person.last_inbound_at = sent_at

    def _person_of(self, entry: Entry) -> Person | None:
        if entry["kind"] == "answered":
            return self.undelivered.get(entry["ref"])
        if "person" in entry:
            return self.people.by_key.get(entry["person"])
        phone, user_id = entry.get("phone"), entry.get("user_id")
        return self.people.at(phone, user_id) if phone or user_id else None

    def _received(self, entry: Entry, person: Person | None) -> None:
        if person is not None:
            self.inbound[entry["wamid"]] = person
            person.name = entry.get("name") or person.name
            self.learn(person, datetime.fromisoformat(entry["sent_at"]))

    def _accepted(self, entry: Entry, person: Person | None) -> None:
        if person is not None:
            self.sent[entry["wamid"]] = Sent(entry["seq"], person)
            if entry["fate"] == "deliver" and entry["type"] != "reaction":
                person.unread[entry["wamid"]] = None
            at = datetime.fromisoformat(entry["at"])
            self.limits.note(person.key, at, opens_conversation=entry["opens_conversation"])

    def _status(self, entry: Entry, person: Person | None) -> None:
        if entry["wamid"] in self.sent:
            self.sent[entry["wamid"]].statuses.append(entry["status"])
            if person is not None and entry["status"] == "read":
                person.unread.pop(entry["wamid"], None)

    def _answered(self, entry: Entry, person: Person | None) -> None:
        self.undelivered.pop(entry["ref"], None)

    def _media(self, entry: Entry, person: Person | None) -> None:
        self.media[entry["media_id"]] = entry

    def _media_deleted(self, entry: Entry, person: Person | None) -> None:
        self.media.pop(entry["media_id"], None)

    def _changed(self, entry: Entry, person: Person | None) -> None:
        if person is None:
            return
        what = entry["what"]
        person.name = entry.get("name") or person.name
        if what in {"block", "unblock"}:
            person.is_blocking = what == "block"
        elif what in {"stop", "resume"}:
            person.has_stopped_marketing = what == "stop"
        elif what in {"hide_number", "show_number"}:
            person.is_username_only = what == "hide_number"
        elif what == "number":
            self.people.change_number(person, entry["new_phone"])
