"""What a user changes about themselves: blocking, marketing, number, hiding the number."""

from __future__ import annotations

import re
from typing import Any

from rapport.simulator import webhooks
from rapport.simulator.inbound import PHONE, Impossible
from rapport.simulator.people import Person
from rapport.simulator.twin import Twin

SILENT = {"block", "unblock", "hide_number", "show_number"}
PREFERENCES = {"stop", "resume"}


def act(twin: Twin, person: Person, action: str, new_phone: str = "") -> None:
    """Do it, and tell the service what Meta would tell it. Raises Impossible."""
    _introduce(twin, person)
    if action in SILENT:
        twin.record("changed", person=person.key, what=action)
    elif action in PREFERENCES:
        _prefer(twin, person, action)
    elif action == "change_number":
        _change_number(twin, person, re.sub(r"[\s()+.-]", "", new_phone))
    elif action == "open_chat":
        twin.open_chat(person)
    elif action == "close_chat":
        twin.close_chat(person)
    else:
        raise Impossible(
            "action must be block, unblock, stop, resume, change_number, hide_number, "
            "show_number, open_chat or close_chat"
        )


def _introduce(twin: Twin, person: Person) -> None:
    """A person must be in the log before something can be logged about them."""
    if not person.seqs:
        who = {"phone": person.phone, "user_id": person.user_id, "name": person.name}
        twin.record("changed", what="introduced", **who)


def _prefer(twin: Twin, person: Person, value: str) -> None:
    twin.record("changed", person=person.key, what=value)
    _notify(
        twin,
        person,
        "user_preferences",
        "user_preferences",
        webhooks.preference(person, value, twin.now()),
        [webhooks.contact(person)],
    )


def _change_number(twin: Twin, person: Person, new_phone: str) -> None:
    if not PHONE.fullmatch(new_phone):
        raise Impossible("new_phone must be a phone number with country code")
    if twin.state.people.find(new_phone) is not None:
        raise Impossible("new_phone belongs to somebody else")
    now, previous = twin.now(), person.user_id
    message = webhooks.number_changed(person, new_phone, now)
    twin.record("changed", person=person.key, what="number", new_phone=new_phone)
    if not person.is_username_only:
        _notify(twin, person, "messages", "messages", message, [])
    update = webhooks.user_id_changed(person, previous, now)
    _notify(twin, person, "user_id_update", "user_id_update", update, [webhooks.contact(person)])


def _notify(
    twin: Twin,
    person: Person,
    field: str,
    list_key: str,
    payload: dict[str, Any],
    contacts: list[dict[str, Any]],
) -> None:
    delivery = {"field": field, "list": list_key, "contacts": contacts}
    entry = twin.record("notice", person=person.key, type=field, payload=payload, delivery=delivery)
    twin.deliver(entry)
