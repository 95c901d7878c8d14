"""The webhooks Meta would send: contacts block, messages, statuses, preferences; escaped and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from datetime import datetime
from typing import Any

from rapport.settings import Settings
from rapport.simulator.people import Person

OWN_PHONE = "15550783881"
"""The business number's digits; a fictional one, as in Meta's own examples."""

JSON = dict[str, Any]


def new_wamid() -> str:
    """A message id of Meta's look; it holds no phone number."""
    return "wamid.HBgL" + b64encode(secrets.token_bytes(33)).decode()


def signature(body: bytes, app_secret: str) -> str:
    """Value of X-Hub-Signature-256 for these very bytes."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def escaped(body: JSON) -> bytes:
    """JSON the way Meta writes it: ASCII, lower-case escapes, escaped slashes."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def body_of(delivery: JSON, payload: JSON, settings: Settings) -> bytes:
    """The raw webhook of one logged entry: its payload inside Meta's envelope."""
    value: JSON = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": OWN_PHONE,
            "phone_number_id": settings.phone_number_id,
        },
    }
    if delivery.get("contacts"):
        value["contacts"] = delivery["contacts"]
    value[delivery["list"]] = [payload]
    change = {"field": delivery["field"], "value": value}
    entry = {"id": settings.business_account_id, "changes": [change]}
    return escaped({"object": "whatsapp_business_account", "entry": [entry]})


def contact(person: Person, *, with_username: bool = True) -> JSON:
    """An element of `contacts`; username users come without `wa_id`."""
    profile: JSON = {"name": person.name} if person.name else {}
    if person.is_username_only and with_username:
        profile["username"] = person.username
    found: JSON = {"profile": profile, "user_id": person.user_id}
    if person.phone and not person.is_username_only:
        found["wa_id"] = person.phone
    return found


def sender(person: Person) -> JSON:
    """`from` and `from_user_id` of a message; `from` is left out for a username user."""
    if person.phone and not person.is_username_only:
        return {"from": person.phone, "from_user_id": person.user_id}
    return {"from_user_id": person.user_id}


def recipient(person: Person) -> JSON:
    """`recipient_id` and `recipient_user_id` of a status."""
    if person.phone and not person.is_username_only:
        return {"recipient_id": person.phone, "recipient_user_id": person.user_id}
    return {"recipient_user_id": person.user_id}


def stamp(at: datetime) -> str:
    """Meta's timestamps of messages and statuses: Unix seconds in a string."""
    return str(int(at.timestamp()))


def pricing(category: str) -> JSON:
    """Every delivered message is charged since 2026-10-01; free-form ones as `service`."""
    return {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}


def preference(person: Person, value: str, at: datetime) -> JSON:
    """An element of `user_preferences`; its timestamp is an integer."""
    found: JSON = {
        "user_id": person.user_id,
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(at.timestamp()),
    }
    return found if person.is_username_only else {"wa_id": person.phone, **found}


def number_changed(person: Person, new_phone: str, at: datetime) -> JSON:
    """The system message of a changed number; `from` is the old one, and there is no contacts block."""
    who = person.name or "User"
    return {
        "from": person.phone,
        "id": new_wamid(),
        "timestamp": stamp(at),
        "system": {
            "body": f"User {who} changed from {person.phone} to {new_phone}",
            "wa_id": new_phone,
            "type": "user_changed_number",
        },
        "type": "system",
    }


def user_id_changed(person: Person, previous: str, at: datetime) -> JSON:
    """An element of `user_id_update`: a new number brings a new business-scoped user id."""
    found: JSON = {
        "detail": "User ID updated because the user changed their phone number",
        "user_id": {"previous": previous, "current": person.user_id},
        "timestamp": stamp(at),
    }
    return found if person.is_username_only else {"wa_id": person.phone, **found}
