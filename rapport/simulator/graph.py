"""What Meta accepts as a message: a payload in, nothing out, or Refused with Meta's code. No I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any

from rapport.simulator import interactive, template
from rapport.simulator.fields import (
    mapping,
    only,
    optional_text,
    required,
    text,
    web_address,
)
from rapport.simulator.refusals import Refused, invalid, malformed, missing

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
CALLBACK_LENGTH = 512
MAX_CONTACTS = 257
PHONE = re.compile(r"\+?[\d\s().-]{5,30}")
BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
MEDIA_KEYS = {
    "image": {"id", "link", "caption"},
    "video": {"id", "link", "caption"},
    "document": {"id", "link", "caption", "filename"},
    "audio": {"id", "link", "voice"},
    "sticker": {"id", "link"},
}


@dataclass(frozen=True)
class Account:
    """What the business number knows: its own digits, uploaded media, approved templates."""

    own_phone: str
    media_ids: Container[str]
    templates: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Address:
    """Whom a message is for: `phone` (digits) or `user_id`, and `given` as the request had it."""

    phone: str | None
    user_id: str | None
    given: str


def check(payload: Any, account: Account) -> Address:
    """Whom an acceptable message is for. Raises Refused with what Meta would answer."""
    if not isinstance(payload, dict):
        raise Refused(100, "The request body must be a JSON object.")
    if payload.get("messaging_product") != "whatsapp":
        raise malformed("messaging_product", "is required and must be 'whatsapp'.")
    if payload.get("recipient_type", "individual") != "individual":
        raise invalid("recipient_type", "must be 'individual'.")
    address = address_of(payload)
    if address.phone == account.own_phone:
        raise Refused(131021, "Sender and recipient phone number is the same.")
    _check_extras(payload)
    kind = payload.get("type", "text")
    if not isinstance(kind, str) or kind not in CHECKS:
        raise malformed("type", f"must be one of {{{', '.join(sorted(CHECKS))}}}.")
    if kind not in payload:
        raise missing(kind)
    CHECKS[kind](payload[kind], account)
    return address


def address_of(payload: dict[str, Any]) -> Address:
    """The recipient; `to` wins over `recipient`. Raises Refused when there is none or it cannot be one."""
    to, recipient = payload.get("to"), payload.get("recipient")
    if to:
        if not isinstance(to, str) or not PHONE.fullmatch(to):
            raise invalid("to", "is not a phone number.")
        return Address(re.sub(r"\D", "", to), None, to)
    if recipient:
        if not isinstance(recipient, str) or not BSUID.fullmatch(recipient):
            raise invalid("recipient", "is not a business-scoped user ID.")
        return Address(None, recipient, recipient)
    raise malformed("to", "is required.")


def check_read(payload: dict[str, Any]) -> str:
    """The wamid a read receipt is for. Raises Refused."""
    wamid = required(payload, "message_id")
    if not isinstance(wamid, str):
        raise invalid("message_id", "is not a message ID.")
    if "typing_indicator" in payload:
        indicator = mapping(payload["typing_indicator"], "typing_indicator")
        if indicator.get("type") != "text":
            raise invalid("typing_indicator['type']", "must be 'text'.")
    return wamid


def _check_extras(payload: dict[str, Any]) -> None:
    optional_text(payload, "biz_opaque_callback_data", "", CALLBACK_LENGTH)
    if "context" in payload:
        text(mapping(payload["context"], "context"), "message_id", "context", 512)


def _check_text(value: Any, account: Account) -> None:
    holder = mapping(value, "text")
    only(holder, {"body", "preview_url"}, "text")
    body = required(holder, "body", "text")
    if not isinstance(body, str):
        raise malformed("text['body']", "must be a string.")
    if len(body) > TEXT_LENGTH:
        raise malformed("text['body']", f"must be at most {TEXT_LENGTH} characters long.")
    if not isinstance(holder.get("preview_url", False), bool):
        raise malformed("text['preview_url']", "must be a boolean.")


def _media_check(kind: str) -> Callable[[Any, Account], None]:
    def check_media(value: Any, account: Account) -> None:
        holder = mapping(value, kind)
        only(holder, MEDIA_KEYS[kind], kind)
        if ("id" in holder) == ("link" in holder):
            raise malformed(kind, "must have exactly one of 'id' and 'link'.")
        if "link" in holder:
            web_address(holder, "link", kind)
        elif str(holder["id"]) not in account.media_ids:
            raise malformed(
                f"{kind}['id']", "is not a valid whatsapp business account media attachment ID."
            )
        optional_text(holder, "caption", kind, CAPTION_LENGTH)
        optional_text(holder, "filename", kind, 240)

    return check_media


def _check_reaction(value: Any, account: Account) -> None:
    holder = mapping(value, "reaction")
    only(holder, {"message_id", "emoji"}, "reaction")
    text(holder, "message_id", "reaction", 512)
    if "emoji" not in holder:
        raise missing("reaction['emoji']")
    if holder["emoji"] != "":
        text(holder, "emoji", "reaction", 32)


def _check_location(value: Any, account: Account) -> None:
    holder = mapping(value, "location")
    only(holder, {"latitude", "longitude", "name", "address"}, "location")
    for name, bound in (("latitude", 90), ("longitude", 180)):
        if name not in holder:
            raise missing(f"location['{name}']")
        if not _is_degrees(holder[name], bound):
            raise invalid(f"location['{name}']", f"must be a number from -{bound} to {bound}.")
    optional_text(holder, "name", "location", 1000)
    optional_text(holder, "address", "location", 1000)


def _is_degrees(value: Any, bound: int) -> bool:
    try:
        return not isinstance(value, bool) and -bound <= float(value) <= bound
    except (TypeError, ValueError):
        return False


def _check_contacts(value: Any, account: Account) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CONTACTS:
        raise invalid("contacts", f"must be a list of 1 to {MAX_CONTACTS} contacts.")
    for number, contact in enumerate(value):
        path = f"contacts[{number}]['name']"
        name = mapping(required(mapping(contact, "contacts"), "name", "contacts"), path)
        text(name, "formatted_name", path, 1000)


def _check_interactive(value: Any, account: Account) -> None:
    interactive.check(value, account.media_ids)


def _check_template(value: Any, account: Account) -> None:
    template.check(value, account.templates)


CHECKS: dict[str, Callable[[Any, Account], None]] = {
    "text": _check_text,
    "interactive": _check_interactive,
    "template": _check_template,
    "reaction": _check_reaction,
    "location": _check_location,
    "contacts": _check_contacts,
    **{kind: _media_check(kind) for kind in MEDIA_KEYS},
}
