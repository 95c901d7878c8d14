"""Whose phone the page can be: the business's customers, everybody who wrote, and strangers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from rapport.simulator import backstage
from rapport.simulator import chat as chats
from rapport.simulator.inbound import Impossible
from rapport.simulator.people import Person
from rapport.simulator.twin import Twin

CONTACTS_SECONDS = 5.0
MAX_OTHERS = 40
FIRST_STRANGER = "12025550100"
"""North America keeps 555-0100 to 555-0199 free for fiction."""

STRANGER_NAMES = (
    "Sam Rivers",
    "Noor Haddad",
    "Jo Lindqvist",
    "Ines Prado",
    "Kofi Mensah",
    "Yuki Abe",
)


class Phonebook:
    """Phones by opaque key; numbers never leave it."""

    def __init__(self, twin: Twin, contacts: Callable[[], list[dict[str, Any]]]) -> None:
        self._twin, self._ask = twin, contacts
        self._contacts: list[dict[str, Any]] = []
        self._asked_at = -CONTACTS_SECONDS
        self._strangers: dict[str, dict[str, Any]] = {}
        self._previews: dict[str, tuple[int, dict[str, Any]]] = {}
        self.stranger()

    def stranger(self) -> str:
        """Somebody the business does not know, with a free fictional number; their key."""
        for number in itertools.count(int(FIRST_STRANGER)):
            phone, key = str(number), self._twin.key_of(str(number))
            if key not in self._strangers and self._twin.state.people.find(phone) is None:
                name = STRANGER_NAMES[number % len(STRANGER_NAMES)]
                self._strangers[key] = {"name": name, "phone": phone, "language": ""}
                return key
        raise AssertionError("numbers do not end")

    async def person(self, key: str) -> Person:
        """The person behind a key, made known to the twin if need be. Raises Impossible."""
        found = self._twin.state.people.by_key.get(key)
        if found is not None and found.name:
            return found
        card = (await self._cards()).get(key) or self._strangers.get(key)
        if found is None and card is None:
            raise Impossible("there is no such phone; reload the page")
        person = found or self._twin.state.people.at((card or {})["phone"])
        person.name = person.name or (card or {}).get("name") or ""
        return person

    async def listing(self) -> list[dict[str, Any]]:
        """Who can be chosen: key, name, language, whether the business knows them, last message."""
        cards = await self._cards()
        people = self._twin.state.people
        known = dict(cards)
        others = sorted(
            (person for person in people if person.key not in known and len(person.seqs)),
            key=lambda person: -person.seqs[-1],
        )
        rows = [self._row(key, card, is_known=True) for key, card in known.items()]
        rows += [
            self._row(person.key, {"name": person.name, "language": ""}, is_known=False)
            for person in others[:MAX_OTHERS]
        ]
        taken = {row["key"] for row in rows}
        rows += [
            self._row(key, card, is_known=False)
            for key, card in self._strangers.items()
            if key not in taken
        ]
        return rows

    async def chat(self, key: str) -> dict[str, Any]:
        """The chat behind a key, and how its person stands to the business. Raises Impossible."""
        person = await self.person(key)
        chat = chats.chat_of(self._twin, person)
        left = (chat.typing_until - self._twin.now()).total_seconds() if chat.typing_until else 0
        return {
            "key": key,
            "name": person.name,
            "bubbles": chat.bubbles,
            "typing_seconds": max(0.0, left),
            "is_blocking": person.is_blocking,
            "has_stopped_marketing": person.has_stopped_marketing,
            "is_username_only": person.is_username_only,
            "events": backstage.events(self._twin, person),
        }

    def _row(self, key: str, card: dict[str, Any], *, is_known: bool) -> dict[str, Any]:
        person = self._twin.state.people.by_key.get(key)
        row = {"key": key, "name": card["name"], "language": card["language"], "is_known": is_known}
        if person is None or not len(person.seqs):
            return row
        return {**row, "name": card["name"] or person.name, **self._last(person)}

    def _last(self, person: Person) -> dict[str, Any]:
        """The last message's preview, read from the log only when something happened."""
        cached = self._previews.get(person.key)
        if cached is None or cached[0] != person.seqs[-1]:
            bubbles = chats.chat_of(self._twin, person).bubbles
            last: dict[str, Any] = {}
            if bubbles:
                newest = bubbles[-1]
                last = {
                    "last": chats.preview(newest)[:120],
                    "last_at": newest["at"],
                    "last_id": newest["id"],
                    "is_mine": newest["mine"],
                }
            cached = self._previews[person.key] = (person.seqs[-1], last)
        return {**cached[1], "unread": self._unread(person)}

    def _unread(self, person: Person) -> int:
        return 0 if self._twin.is_chat_open(person) else len(person.unread)

    async def _cards(self) -> dict[str, dict[str, Any]]:
        """The business's customers by key, asked anew every few seconds."""
        if time.monotonic() - self._asked_at > CONTACTS_SECONDS:
            self._asked_at = time.monotonic()
            self._contacts = await asyncio.to_thread(self._ask)
        return {self._key(card["phone"]): card for card in self._contacts}

    def _key(self, phone: str) -> str:
        person = self._twin.state.people.find(phone)
        return person.key if person else self._twin.key_of(phone)
