"""Who is meant: a message, a status and the contacts beside them each tell a part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rapport.whatsapp import scalars
from rapport.whatsapp.events import Sender

People = Callable[[Sender], Sender]
NOBODY = Sender()


def people_of(contacts: object) -> People:
    """A look-up that completes a sender from `contacts[]`; constant time a sender.

    A username user comes without a number, so the business-scoped id is compared first.
    """
    known = [_contact(entry) for entry in scalars.items(contacts) if isinstance(entry, dict)]
    by_id = {sender.bsuid: sender for sender in known if sender.bsuid}
    by_phone = {_same_phone(sender.wa_id): sender for sender in known if sender.wa_id}

    def complete(named: Sender) -> Sender:
        if not (named.phone or named.bsuid):
            return _joined(named, known[0]) if len(known) == 1 else named
        found = by_id.get(named.bsuid) if named.bsuid else None
        if found is None and named.phone:
            found = by_phone.get(_same_phone(named.phone))
        return _joined(named, found) if found and _agree(named, found) else named

    return complete


def author_of(message: dict[str, Any], people: People) -> Sender:
    """Who sent `message`."""
    return people(
        Sender(
            phone=scalars.phone(message.get("from")),
            bsuid=scalars.bsuid(message.get("from_user_id"))
            or scalars.bsuid_in_place_of_phone(message.get("from")),
            parent_bsuid=scalars.bsuid(message.get("from_parent_user_id")),
        )
    )


def recipient_of(status: dict[str, Any], people: People) -> Sender:
    """Whom a status is about; for a group, the participant where Meta names one."""
    return people(
        Sender(
            phone=scalars.phone(status.get("recipient_participant_id"))
            or scalars.phone(status.get("recipient_id")),
            bsuid=scalars.bsuid(status.get("recipient_user_id"))
            or scalars.bsuid_in_place_of_phone(status.get("recipient_id")),
            parent_bsuid=scalars.bsuid(status.get("recipient_parent_user_id")),
        )
    )


def person_of(item: dict[str, Any], people: People) -> Sender:
    """Whom an item with `wa_id` and `user_id` is about."""
    named = _contact(item)
    return people(replace(named, phone=named.wa_id))


def is_known(sender: Sender) -> bool:
    """Whether anything identifies the sender."""
    return bool(sender.phone or sender.bsuid)


def _contact(contact: dict[str, Any]) -> Sender:
    profile = scalars.mapping(contact.get("profile"))
    return Sender(
        bsuid=scalars.bsuid(contact.get("user_id"))
        or scalars.bsuid_in_place_of_phone(contact.get("wa_id")),
        wa_id=scalars.phone(contact.get("wa_id")),
        parent_bsuid=scalars.bsuid(contact.get("parent_user_id")),
        profile_name=scalars.line(profile.get("name")),
        username=scalars.line(profile.get("username"), 64),
    )


def _same_phone(digits: str | None) -> str:
    # Meta adds or drops a digit in Brazil and Mexico, so `from` and `wa_id` may differ in the middle.
    return f"{(digits or '')[:2]}…{(digits or '')[-8:]}"


def _agree(named: Sender, contact: Sender) -> bool:
    return None in (named.bsuid, contact.bsuid) or named.bsuid == contact.bsuid


def _joined(named: Sender, contact: Sender) -> Sender:
    return Sender(
        phone=named.phone or contact.wa_id,
        bsuid=named.bsuid or contact.bsuid,
        wa_id=contact.wa_id,
        parent_bsuid=named.parent_bsuid or contact.parent_bsuid,
        profile_name=contact.profile_name,
        username=contact.username,
    )
