"""What a webhook can tell us, typed. Everything after `webhook.parse` handles these and no dict of Meta's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rapport.vocabulary import MessageStatus, Wamid


@dataclass(frozen=True)
class Sender:
    """A person as WhatsApp names them; numbers are digits only, a username user has none."""

    phone: str | None = None
    bsuid: str | None = None
    wa_id: str | None = None
    parent_bsuid: str | None = None
    profile_name: str | None = None
    username: str | None = None


@dataclass(frozen=True)
class Tap:
    """A button or row the person tapped; `id` is what we (or the template) gave it."""

    kind: Literal["button", "list", "template_button", "flow"]
    id: str
    title: str


@dataclass(frozen=True)
class MediaRef:
    """A file at Meta's; its id lives for 7 days."""

    id: str
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    caption: str = ""
    is_voice: bool = False


@dataclass(frozen=True)
class MessageReceived:
    """Something a person sent. `sent_at` is None when Meta's timestamp makes no sense.

    `type` is Meta's word, "unknown" when there is none. `text` is what was typed, the tapped title or the caption.
    `problem` says what could not be read of a message that is otherwise good.
    """

    wamid: Wamid
    phone_number_id: str | None
    sender: Sender
    type: str
    text: str
    sent_at: datetime | None
    tap: Tap | None
    context_wamid: str | None
    media: MediaRef | None
    location: tuple[float, float, str | None, str | None] | None
    raw: dict[str, Any]
    group_id: str | None
    problem: str | None = None


@dataclass(frozen=True)
class IdentityChanged:
    """A person has another number or another business-scoped id; `wamid` is None from field user_id_update."""

    wamid: Wamid | None
    phone_number_id: str | None
    old: Sender
    new: Sender
    at: datetime | None


@dataclass(frozen=True)
class StatusReported:
    """What became of a message of ours; `raw_status` keeps a word we do not know yet."""

    wamid: Wamid
    status: MessageStatus
    raw_status: str
    at: datetime | None
    recipient: Sender
    callback_data: str | None
    error_codes: tuple[int, ...]
    pricing: dict[str, Any] | None
    phone_number_id: str | None


@dataclass(frozen=True)
class PreferenceStated:
    """A person used WhatsApp's own switch (`value`: stop, resume) for `category` (marketing_messages)."""

    sender: Sender
    category: str
    value: str
    at: datetime | None
    phone_number_id: str | None
    fingerprint: str


@dataclass(frozen=True)
class NoticeReceived:
    """News about the account, a number, a template, or an error at the level of the value."""

    field: str
    kind: str
    value: dict[str, Any]
    at: datetime | None
    fingerprint: str


@dataclass(frozen=True)
class Unrecognised:
    """What we could not place, kept whole; `kind` is message, status or the webhook field."""

    field: str
    reason: str
    raw: dict[str, Any]
    fingerprint: str
    kind: str = ""


Event = (
    MessageReceived
    | IdentityChanged
    | StatusReported
    | PreferenceStated
    | NoticeReceived
    | Unrecognised
)
