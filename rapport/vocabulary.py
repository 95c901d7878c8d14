"""Meta's words, spelled Meta's way, and our own states. A word we do not know yet is a value."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import NewType

Wamid = NewType("Wamid", str)
CustomerId = NewType("CustomerId", int)

SERVICE_WINDOW = timedelta(hours=24)
"""Meta: free-form messages are allowed for 24 hours after the customer's last message."""

SHARDS = 64
"""Customers are spread over this many wake-up jobs; `customer id % SHARDS`."""


class MetaEnum(str, Enum):
    """A word of Meta's; a word we do not know yet becomes UNKNOWN, never an exception."""

    @classmethod
    def _missing_(cls, value: object) -> MetaEnum:
        return cls["UNKNOWN"]


class MessageStatus(MetaEnum):
    """Where a message of ours is with the customer (`statuses[].status`)."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    UNKNOWN = "unknown"


STATUS_RANK = {
    MessageStatus.UNKNOWN: 0,
    MessageStatus.SENT: 1,
    MessageStatus.DELIVERED: 2,
    MessageStatus.READ: 3,
    MessageStatus.PLAYED: 4,
    MessageStatus.FAILED: 5,
}
"""A status climbs and never falls; `failed` is terminal."""


class InboxState(str, Enum):
    """Where a message of the customer's is with us."""

    PENDING = "pending"
    HANDLED = "handled"
    FAILED = "failed"  # given up after repeated failure; a person has the conversation
    NOTED = "noted"  # kept, needs no turn: reactions, system notices, while a person has the chat


class SendState(str, Enum):
    """Where a message of ours is on its way to Meta."""

    QUEUED = "queued"
    SENDING = "sending"  # the request may have left; never repeated blindly
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"  # outcome unknown; settled by a status webhook
    REFUSED = "refused"  # will not be sent; the reason is on the row


class Handover(str, Enum):
    """Who answers the customer."""

    BOT = "bot"
    HUMAN = "human"


class ConsentState(str, Enum):
    """What a customer has told us about one topic."""

    IN = "in"
    OUT = "out"
    PAUSED = "paused"
    UNKNOWN = "unknown"


ANY_TOPIC = "*"
TOPICS = {
    "support": "utility",
    "order_updates": "utility",
    "account_alerts": "utility",
    "wishlist": "marketing",
    "offers": "marketing",
}
"""Topic key to WhatsApp template category. Nobody is subscribed to any of them by default."""

MARKETING_TOPICS = tuple(topic for topic, category in TOPICS.items() if category == "marketing")
