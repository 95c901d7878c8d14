"""A webhook of Meta's, from bytes to typed events. Pure: no clock, no environment, no input or output.

Every entry, change, message and status becomes an event; what is odd becomes `Unrecognised` and its neighbours live.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from rapport.whatsapp import scalars
from rapport.whatsapp.changes import events_of_entry
from rapport.whatsapp.document import NotAWebhook, NotJson, load
from rapport.whatsapp.events import (
    Event,
    IdentityChanged,
    MediaRef,
    MessageReceived,
    NoticeReceived,
    PreferenceStated,
    Sender,
    StatusReported,
    Tap,
    Unrecognised,
)

__all__ = [
    "Event",
    "IdentityChanged",
    "MediaRef",
    "MessageReceived",
    "NotAWebhook",
    "NotJson",
    "NoticeReceived",
    "PreferenceStated",
    "Sender",
    "StatusReported",
    "Tap",
    "Unrecognised",
    "events_of",
    "is_signed",
    "load",
    "parse",
]

ACCOUNT = "whatsapp_business_account"


def is_signed(body: bytes, header: str | None, app_secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC-SHA256 of the raw bytes, compared in constant time.

    False without a header or a secret: nothing configured means nothing accepted.
    """
    if not app_secret or not header:
        return False
    digest = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    given = header.strip().encode("utf-8", "replace")
    return hmac.compare_digest(f"sha256={digest}".encode(), given)


def parse(body: bytes) -> list[Event]:
    """Every event of a webhook, in its order.

    Raises `NotAWebhook` when `body` is not JSON, or not an object of the WhatsApp shape, and for nothing else.
    """
    return list(events_of(load(body)))


def events_of(document: object) -> Iterator[Event]:
    """The events of a webhook that `load` has read; raises `NotAWebhook` when it has another shape."""
    if not isinstance(document, dict) or document.get("object", ACCOUNT) != ACCOUNT:
        raise NotAWebhook("not a WhatsApp webhook")
    if not isinstance(document.get("entry"), (list, dict)):
        raise NotAWebhook("a webhook without entries")
    for entry in scalars.items(document["entry"]):
        yield from events_of_entry(entry)
