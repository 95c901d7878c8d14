"""What a customer does on the phone: a wish in JSON becomes the message Meta would report."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

from rapport.simulator import webhooks
from rapport.simulator.delivery import Parcel
from rapport.simulator.graph import BSUID
from rapport.simulator.log import Entry
from rapport.simulator.people import Person
from rapport.simulator.samples import SAMPLES
from rapport.simulator.taps import find_choice
from rapport.simulator.twin import Twin

PHONE = re.compile(r"\d{7,15}")
MEDIA = ("image", "audio", "video", "sticker", "document")


class Impossible(ValueError):
    """A phone could not do that; the message says why."""


def person_of(twin: Twin, address: Any) -> Person:
    """Whoever has this phone (any spelling) or user id, new or not. Raises Impossible."""
    if isinstance(address, str) and BSUID.fullmatch(address):
        return twin.state.people.at(None, address)
    digits = re.sub(r"[\s()+.-]", "", address) if isinstance(address, str) else ""
    if not PHONE.fullmatch(digits):
        raise Impossible("from must be a phone number with country code or a user id")
    return twin.state.people.at(digits)


def say(twin: Twin, person: Person, wish: dict[str, Any]) -> tuple[Entry, Parcel]:
    """Log the customer's message and send it to the service. Raises Impossible."""
    if person.is_blocking:
        raise Impossible("the customer has blocked the business; unblock it first")
    person.name = str(wish.get("name") or person.name)
    kind = "tap" if wish.get("tap") else str(wish.get("type") or "text")
    if kind not in BUILDERS:
        raise Impossible(f"type must be one of {', '.join(BUILDERS)}")
    message = BUILDERS[kind](twin, person, wish)
    context = message.pop("context", None) or wish.get("context_wamid")
    sent_at = _moment(wish.get("timestamp"), twin.now())
    wamid = str(wish.get("wamid") or webhooks.new_wamid())
    payload = {
        **webhooks.sender(person),
        "id": wamid,
        "timestamp": webhooks.stamp(sent_at),
        **message,
    }
    if context:
        payload["context"] = {"from": webhooks.OWN_PHONE, "id": context}
    entry = twin.record(
        "received",
        wamid=wamid,
        phone=person.phone,
        user_id=person.user_id,
        name=person.name,
        type=message["type"],
        sent_at=sent_at.isoformat(),
        payload=payload,
        delivery={
            "field": "messages",
            "list": "messages",
            "contacts": [webhooks.contact(person)],
        },
    )
    return entry, twin.deliver(entry)


def hand_over(twin: Twin, body: bytes) -> tuple[Entry, Parcel]:
    """Sign and deliver these bytes as they are, and learn what messages are in them."""
    entry = twin.record("webhook", raw=body.decode("latin-1"))
    parcel = twin.deliver(entry)
    for message, contact in _messages_in(body):
        _learn(twin, message, contact, entry["seq"])
    return entry, parcel


def _learn(twin: Twin, message: dict[str, Any], contact: dict[str, Any], ref: int) -> None:
    phone = re.sub(r"\D", "", str(message.get("from") or contact.get("wa_id") or ""))
    user_id = message.get("from_user_id") or contact.get("user_id")
    if message.get("type") == "system" or not (phone or isinstance(user_id, str)):
        return
    twin.record(
        "received",
        ref=ref,
        wamid=str(message["id"]),
        phone=phone or None,
        user_id=user_id if isinstance(user_id, str) else None,
        type=str(message.get("type", "")),
        sent_at=_moment(message.get("timestamp"), twin.now()).isoformat(),
        payload=message,
    )


def _messages_in(body: bytes) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every message with an id, and the first contact beside it; odd ones are passed over."""
    try:
        webhook = json.loads(body, parse_constant=lambda name: None)
    except ValueError:
        return
    for entry in _dicts(webhook, "entry"):
        for change in _dicts(entry, "changes"):
            value = change.get("value")
            contacts = list(_dicts(value, "contacts"))
            for message in _dicts(value, "messages"):
                if isinstance(message.get("id"), str):
                    yield message, contacts[0] if len(contacts) == 1 else {}


def _dicts(holder: Any, key: str) -> Iterator[dict[str, Any]]:
    found = holder.get(key) if isinstance(holder, dict) else None
    yield from (item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


def _moment(stamp: Any, now: datetime) -> datetime:
    """A Unix time as given; now when it is none or lies in the future."""
    try:
        return min(now, datetime.fromtimestamp(int(stamp), timezone.utc))
    except (TypeError, ValueError, OverflowError, OSError):
        return now


def _text(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
    return {"text": {"body": str(wish.get("text", ""))}, "type": "text"}


def _media_builder(kind: str) -> Callable[[Twin, Person, dict[str, Any]], dict[str, Any]]:
    def build(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
        entry = _stored(twin, wish.get("media_id")) or _uploaded(twin, kind, wish)
        media = {
            "mime_type": entry["mime_type"],
            "sha256": entry["sha256"],
            "id": entry["media_id"],
            "url": twin.media.describe(entry["media_id"])["url"],
        }
        if kind in {"image", "video", "document"} and wish.get("text"):
            media["caption"] = str(wish["text"])
        extras: dict[str, dict[str, Any]] = {
            "document": {"filename": entry["filename"] or "document.pdf"},
            "audio": {"voice": bool(wish.get("voice", True))},
            "sticker": {"animated": False},
        }
        return {kind: {**media, **extras.get(kind, {})}, "type": kind}

    return build


def _stored(twin: Twin, media_id: Any) -> Entry | None:
    if not media_id:
        return None
    if str(media_id) not in twin.state.media:
        raise Impossible("media_id names no uploaded file")
    return twin.state.media[str(media_id)]


def _uploaded(twin: Twin, kind: str, wish: dict[str, Any]) -> Entry:
    mime_type, data = SAMPLES[kind]
    try:
        data = base64.b64decode(wish["data"], validate=True) if "data" in wish else data
    except (binascii.Error, TypeError, ValueError):
        raise Impossible("data must be base64") from None
    given = str(wish.get("mime_type") or mime_type)
    return twin.media.keep(data, given, str(wish.get("filename", "")))


def _location(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
    given = nested(wish, "location")
    place = {name: given[name] for name in ("name", "address", "url") if given.get(name)}
    return {
        "location": {
            "latitude": _degrees(given.get("latitude", 52.520008)),
            "longitude": _degrees(given.get("longitude", 13.404954)),
            **place,
        },
        "type": "location",
    }


def nested(wish: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of this name; the wish itself when its keys stand there directly."""
    found = wish.get(name)
    return found if isinstance(found, dict) else wish


def _degrees(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Impossible("latitude and longitude must be numbers") from None
    if not math.isfinite(number) or abs(number) > 180:
        raise Impossible("latitude and longitude must be degrees")
    return number


def _contacts(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
    name = str(wish.get("text") or "Alex Example")
    card = {
        "name": {"formatted_name": name, "first_name": name.split(maxsplit=1)[0]},
        "phones": [{"phone": "+1 202-555-0143", "wa_id": "12025550143", "type": "CELL"}],
    }
    return {"contacts": wish.get("contacts") or [card], "type": "contacts"}


def _reaction(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
    given = nested(wish, "reaction")
    target = given.get("message_id") or wish.get("context_wamid") or ""
    reaction = {"message_id": str(target)}
    wish.pop("context_wamid", None)
    if given.get("emoji", "👍"):
        reaction["emoji"] = str(given.get("emoji", "👍"))
    return {"reaction": reaction, "type": "reaction"}


def _tap(twin: Twin, person: Person, wish: dict[str, Any]) -> dict[str, Any]:
    tap = wish["tap"]
    if isinstance(tap, str):
        tap = find_choice(twin, person, tap)
        if tap is None:
            raise Impossible("no button or row of that name is in the chat")
    if not isinstance(tap, dict) or not tap.get("title"):
        raise Impossible("tap must be a title, or an object with kind, id and title")
    context = tap.get("wamid") or wish.get("context_wamid")
    given_id, title = str(tap.get("id") or tap["title"]), str(tap["title"])
    if tap.get("kind") == "template_button":
        return {
            "button": {"payload": given_id, "text": title},
            "type": "button",
            "context": context,
        }
    kind = "list_reply" if tap.get("kind") == "list" else "button_reply"
    reply = {"id": given_id, "title": title}
    if kind == "list_reply" and tap.get("description"):
        reply["description"] = str(tap["description"])
    return {
        "interactive": {"type": kind, kind: reply},
        "type": "interactive",
        "context": context,
    }


BUILDERS: dict[str, Callable[[Twin, Person, dict[str, Any]], dict[str, Any]]] = {
    "text": _text,
    "tap": _tap,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    **{kind: _media_builder(kind) for kind in MEDIA},
}
