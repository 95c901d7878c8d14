"""The users of the twin: every phone has one business-scoped user id, as at Meta since April 2026."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

BSUID_DIGITS = 17


@dataclass
class Person:
    """A WhatsApp user as Meta knows them. `key` stays when number and user id change."""

    key: str
    user_id: str
    phone: str | None = None
    name: str = ""
    is_username_only: bool = False
    is_blocking: bool = False
    has_stopped_marketing: bool = False
    last_inbound_at: datetime | None = None
    seqs: array[int] = field(default_factory=lambda: array("Q"))
    unread: dict[str, None] = field(default_factory=dict)  # wamids they have not read, in order

    @property
    def username(self) -> str:
        """A handle for a user who hides the number."""
        return "".join(part for part in self.name.lower() if part.isalnum()) or self.key[:8]


def user_id_of(phone: str) -> str:
    """The business-scoped user id of a phone: country code, dot, digits; always the same."""
    number = int.from_bytes(hashlib.sha256(phone.encode()).digest()[:12], "big")
    return f"{_country(phone)}.{number % 10**BSUID_DIGITS:0{BSUID_DIGITS}d}"


def canonical(phone: str) -> str:
    """Mexico's extra 1 and Brazil's extra 9 left out: Meta takes both spellings for one user."""
    if len(phone) == 13 and phone.startswith("521"):
        return "52" + phone[3:]
    if len(phone) == 13 and phone.startswith("55") and phone[4] == "9":
        return phone[:4] + phone[5:]
    return phone


def _country(phone: str) -> str:
    import phonenumbers

    try:
        parsed = phonenumbers.parse("+" + phone)
    except phonenumbers.NumberParseException:
        return "US"
    region = phonenumbers.region_code_for_number(parsed)
    return str(region) if region and region.isalpha() else "US"


class People:
    """Everybody who ever wrote or was written to, by phone and by user id."""

    def __init__(self, key_of: Callable[[str], str]) -> None:
        self._key_of = key_of
        self._by_phone: dict[str, Person] = {}
        self._by_user_id: dict[str, Person] = {}
        self.by_key: dict[str, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self.by_key.values())

    def find(self, phone: str | None, user_id: str | None = None) -> Person | None:
        """The person with this phone, or else this user id."""
        by_phone = self._by_phone.get(canonical(phone)) if phone else None
        return by_phone or (self._by_user_id.get(user_id) if user_id else None)

    def at(self, phone: str | None, user_id: str | None = None) -> Person:
        """The person with this phone or user id, made when new; learns the identifier it lacked."""
        person = self.find(phone, user_id)
        if person is None:
            user_id = user_id or user_id_of(str(phone))
            person = Person(self._free_key(phone or user_id), user_id, phone)
            self.by_key[person.key] = person
        person.phone = phone or person.phone
        person.user_id = user_id or person.user_id
        self._index(person)
        return person

    def change_number(self, person: Person, phone: str) -> None:
        """The person keeps everything but phone and user id; the old ones are free again."""
        self._by_phone.pop(canonical(person.phone or ""), None)
        self._by_user_id.pop(person.user_id, None)
        person.phone, person.user_id = phone, user_id_of(phone)
        self._index(person)

    def _free_key(self, address: str) -> str:
        """A number may come to a second person after the first one changed theirs."""
        key = self._key_of(address)
        while key in self.by_key:
            key = self._key_of(key)
        return key

    def _index(self, person: Person) -> None:
        if person.phone:
            self._by_phone[canonical(person.phone)] = person
        self._by_user_id[person.user_id] = person
