"""One change of a webhook: its field, and the events in its value."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapport.vocabulary import MessageStatus, Wamid
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


@dataclass(frozen=True)
class Change:
    """One change of one entry, with what its items share."""

    field: str
    value: dict[str, Any]
    entry_id: str | None
    entry_time: datetime | None
    complete: people.People
    phone_number_id: str | None


def events_of_entry(entry: object) -> Iterator[Event]:
    """Every event of an entry, in its order."""
    if not isinstance(entry, dict):
        yield unplaced(entry, "entry is not an object")
        return
    # Some of Meta's samples put field and value straight into the entry.
    lone = entry if "value" in entry else None
    for change in scalars.items(entry.get("changes", lone)):
        yield from _events_of_change(entry, change)


def _events_of_change(entry: dict[str, Any], change: object) -> Iterator[Event]:
    if not isinstance(change, dict) or not isinstance(change.get("value"), dict):
        yield unplaced(change, "change without a value")
        return
    value = change["value"]
    metadata = scalars.mapping(value.get("metadata"))
    yield from _events_of_value(
        Change(
            field=fields.field_of(change, entry, value),
            value=value,
            entry_id=scalars.token(entry.get("id")),
            entry_time=scalars.instant(entry.get("time")),
            complete=people.people_of(value.get("contacts")),
            phone_number_id=scalars.token(metadata.get("phone_number_id")),
        )
    )


def _events_of_value(change: Change) -> Iterator[Event]:
    lists = LISTS.get(change.field)
    if lists is None:
        yield _notice(change)
        return
    found = [key for key in lists if key in change.value]
    if not found:
        yield odd(change, change.value, "nothing in it that we know")
    for key in found:
        for item in scalars.items(change.value[key]):
            yield _event(change, key, item)


def _event(change: Change, key: str, item: object) -> Event:
    """One item of a list as an event; whatever is wrong with it stays its own trouble."""
    kind = {"messages": "message", "statuses": "status"}.get(key, change.field)
    if not isinstance(item, dict):
        return odd(change, item, f"{kind} is not an object", kind)
    if scalars.is_deep(item):
        return odd(change, {}, f"{kind} nested too deeply", kind)
    try:
        return READERS[key](change, item)
    except Unplaceable as error:
        return odd(change, item, str(error), kind)


class Unplaceable(ValueError):
    """An item that lacks what an event needs; the text says what."""


def _message(change: Change, message: dict[str, Any]) -> Event:
    wamid = _wamid(message, "message")
    sender = people.author_of(message, change.complete)
    system = scalars.mapping(message.get("system"))
    if scalars.line(system.get("type")) in _FORMER:
        return _moved(change, message, wamid, sender, system)
    if not people.is_known(sender):
        raise Unplaceable("message without a sender")
    content = content_of(message)
    context = scalars.mapping(message.get("context"))
    return MessageReceived(
        wamid=wamid,
        phone_number_id=change.phone_number_id,
        sender=sender,
        type=type_of(message),
        text=content.text,
        sent_at=scalars.instant(message.get("timestamp")),
        tap=content.tap,
        context_wamid=content.about or scalars.token(context.get("id")),
        media=content.media,
        location=content.location,
        raw=message,
        group_id=scalars.token(message.get("group_id")),
        problem=content.problem,
    )


def _wamid(item: dict[str, Any], kind: str) -> Wamid:
    wamid = scalars.token(item.get("id"))
    if wamid is None:
        raise Unplaceable(f"{kind} without an id")
    return Wamid(wamid)


_FORMER = {
    "user_changed_number": re.compile(r"from \+?([0-9]{5,20}) to "),
    "user_changed_user_id": re.compile(r"from ([A-Z]{2}\.[A-Za-z0-9.]{1,140}) to "),
}
"""Where the sentence of a system message names who the person was."""


def _moved(
    change: Change, message: dict[str, Any], wamid: Wamid, old: Sender, system: dict[str, Any]
) -> Event:
    new = Sender(
        phone=scalars.phone(system.get("wa_id")) or scalars.phone(system.get("new_wa_id")),
        bsuid=scalars.bsuid(system.get("user_id")),
        parent_bsuid=scalars.bsuid(system.get("parent_user_id")),
    )
    old = _former(old, new, system)
    if not people.is_known(old) or not people.is_known(new):
        raise Unplaceable("change of identity without the former or the new one")
    at = scalars.instant(message.get("timestamp"))
    return IdentityChanged(wamid, change.phone_number_id, old, new, at)


def _former(old: Sender, new: Sender, system: dict[str, Any]) -> Sender:
    """`old` without what is new already, completed from Meta's sentence."""
    word = str(scalars.line(system["type"]))
    told = _FORMER[word].search(scalars.text(system.get("body")))
    by_id = word == "user_changed_user_id"
    phone = old.phone or (told[1] if told and not by_id else None)
    bsuid = old.bsuid if old.bsuid != new.bsuid else None
    return Sender(
        phone=phone if phone != new.phone else None,
        bsuid=bsuid or (told[1] if told and by_id else None),
        parent_bsuid=old.parent_bsuid,
    )


def _status(change: Change, status: dict[str, Any]) -> Event:
    wamid = _wamid(status, "status")
    word = scalars.line(status.get("status"), 64)
    if word is None:
        raise Unplaceable("status without its word")
    pricing = status.get("pricing")
    return StatusReported(
        wamid=wamid,
        status=MessageStatus(word),
        raw_status=word,
        at=scalars.instant(status.get("timestamp")),
        recipient=people.recipient_of(status, change.complete),
        callback_data=scalars.token(status.get("biz_opaque_callback_data")),
        error_codes=_codes(status.get("errors")),
        pricing=pricing if isinstance(pricing, dict) else None,
        phone_number_id=change.phone_number_id,
    )


def _codes(errors: object) -> tuple[int, ...]:
    codes = (scalars.whole_number(scalars.mapping(e).get("code")) for e in scalars.items(errors))
    return tuple(code for code in codes if code is not None)


def _fault(change: Change, error: dict[str, Any]) -> Event:
    return NoticeReceived(
        change.field, "errors", error, change.entry_time, _fingerprint(change, error)
    )


def _preference(change: Change, item: dict[str, Any]) -> Event:
    sender = people.person_of(item, change.complete)
    value = scalars.line(item.get("value"), 64)
    if not people.is_known(sender) or value is None:
        raise Unplaceable("preference without a person or value")
    return PreferenceStated(
        sender=sender,
        category=scalars.line(item.get("category"), 128) or "",
        value=value.lower(),
        at=scalars.instant(item.get("timestamp")),
        phone_number_id=change.phone_number_id,
        fingerprint=_fingerprint(change, item),
    )


def _new_user_id(change: Change, item: dict[str, Any]) -> Event:
    ids, parents = (scalars.mapping(item.get(key)) for key in ("user_id", "parent_user_id"))
    old = Sender(
        bsuid=scalars.bsuid(ids.get("previous")),
        parent_bsuid=scalars.bsuid(parents.get("previous")),
    )
    new = Sender(
        phone=scalars.phone(item.get("wa_id")),
        bsuid=scalars.bsuid(ids.get("current")),
        wa_id=scalars.phone(item.get("wa_id")),
        parent_bsuid=scalars.bsuid(parents.get("current")),
    )
    if not (old.bsuid and new.bsuid):
        raise Unplaceable("user id update without both ids")
    at = scalars.instant(item.get("timestamp"))
    return IdentityChanged(None, change.phone_number_id, old, new, at)


LISTS = {
    fields.MESSAGES: ("messages", "statuses", "errors", "user_preferences", "user_id_update"),
    "user_preferences": ("user_preferences",),
    "user_id_update": ("user_id_update",),
}
READERS: dict[str, Callable[[Change, dict[str, Any]], Event]] = {
    "messages": _message,
    "statuses": _status,
    "errors": _fault,
    "user_preferences": _preference,
    "user_id_update": _new_user_id,
}


def _notice(change: Change) -> Event:
    if change.field not in fields.FIELDS:
        return odd(change, change.value, "unknown field", change.field)
    if scalars.is_deep(change.value):
        return odd(change, {}, "value nested too deeply", change.field)
    return NoticeReceived(
        change.field,
        fields.kind_of(change.value),
        change.value,
        change.entry_time,
        _fingerprint(change, change.value),
    )


def odd(change: Change, item: object, reason: str, kind: str = "") -> Unrecognised:
    """`item` kept with the reason why it is no event."""
    raw = _kept(item)
    return Unrecognised(
        change.field, reason, raw, _fingerprint(change, [reason, raw]), kind or change.field
    )


def unplaced(item: object, reason: str) -> Unrecognised:
    """Something outside any readable change."""
    raw = _kept(item)
    field = scalars.line(raw.get("field"), 128) or ""
    return Unrecognised(field, reason, raw, _digest([reason, raw]), field)


def _kept(item: object) -> dict[str, Any]:
    if scalars.is_deep(item):
        return {}
    return item if isinstance(item, dict) else {"value": item}


def _fingerprint(change: Change, item: object) -> str:
    """One for each (entry, time, field, item): Meta gives these no id, and delivers at least once."""
    return _digest([change.entry_id, str(change.entry_time), change.field, item])


def _digest(item: object) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
