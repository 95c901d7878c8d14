"""What a message says, by type. A content that cannot be read is an empty one with its problem named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from rapport.whatsapp import scalars
from rapport.whatsapp.events import MediaRef, Tap

UNKNOWN_TYPE = "unknown"
MEDIA = ("image", "video", "document", "audio", "sticker")
Location = tuple[float, float, "str | None", "str | None"]


@dataclass(frozen=True)
class Content:
    """The part of a message that its type decides; `about` is the wamid of the message it is about."""

    text: str = ""
    tap: Tap | None = None
    media: MediaRef | None = None
    location: Location | None = None
    about: str | None = None
    problem: str | None = None


def type_of(message: dict[str, Any]) -> str:
    """Meta's word for the message; where it is missing, the name of the content it carries."""
    named = scalars.line(message.get("type"), 64)
    return named or next((word for word in READERS if word in message), UNKNOWN_TYPE)


def content_of(message: dict[str, Any]) -> Content:
    """What `message` says; types and source of their shapes: Meta's webhook reference, messages."""
    word = type_of(message)
    if word in WITHOUT_CONTENT:
        return Content()
    if word not in READERS:
        named = "without a type" if word == UNKNOWN_TYPE else f"of unknown type {word}"
        return Content(problem=f"message {named}")
    content = message.get(word)
    if not isinstance(content, list if word == "contacts" else dict):
        return Content(problem=f"{word} without its content")
    return READERS[word](content)


def _text(content: dict[str, Any]) -> Content:
    if not isinstance(content.get("body"), str):
        return Content(problem="text without a body")
    return Content(scalars.text(content["body"]))


def _media(content: dict[str, Any]) -> Content:
    caption = scalars.text(content.get("caption"))
    media_id = scalars.token(content.get("id"))
    if media_id is None:
        return Content(caption, problem="media without an id")
    return Content(
        caption,
        media=MediaRef(
            id=media_id,
            mime_type=scalars.line(content.get("mime_type"), 128),
            sha256=scalars.token(content.get("sha256")),
            filename=scalars.line(content.get("filename")),
            caption=caption,
            is_voice=content.get("voice") is True,
        ),
    )


def _location(content: dict[str, Any]) -> Content:
    latitude = scalars.degrees(content.get("latitude"), 90)
    longitude = scalars.degrees(content.get("longitude"), 180)
    if latitude is None or longitude is None:
        return Content(problem="location without coordinates")
    name, address = scalars.line(content.get("name")), scalars.line(content.get("address"))
    return Content(location=(latitude, longitude, name, address))


TapKind = Literal["button", "list", "flow"]
_TAPS: dict[str, TapKind] = {"button_reply": "button", "list_reply": "list", "nfm_reply": "flow"}


def _interactive(content: dict[str, Any]) -> Content:
    word = scalars.line(content.get("type"), 64) or next((w for w in _TAPS if w in content), None)
    if word not in _TAPS:
        return Content(problem=f"interactive of unknown type {word or ''}".rstrip())
    reply = scalars.mapping(content.get(word))
    flow = word == "nfm_reply"
    title = scalars.text(reply.get("body" if flow else "title"))
    tapped = _id(reply.get("name" if flow else "id")) or ("flow" if flow else title)
    if not reply or not tapped:
        return Content(title, problem=f"{word} without its content")
    return Content(title, tap=Tap(_TAPS[word], tapped, title))


def _template_button(content: dict[str, Any]) -> Content:
    title = scalars.text(content.get("text"))
    payload = _id(content.get("payload"))
    if not (payload or title):
        return Content(problem="button without its content")
    return Content(title or payload, tap=Tap("template_button", payload or title, title or payload))


def _id(value: object) -> str:
    return scalars.token(value, 1024) or scalars.text(value, 1024)


def _reaction(content: dict[str, Any]) -> Content:
    # The emoji stays in the raw message: a reaction is nothing a person typed.
    return Content(about=scalars.token(content.get("message_id")))


def _order(content: dict[str, Any]) -> Content:
    return Content(scalars.text(content.get("text")))


def _edit(content: dict[str, Any]) -> Content:
    edited = scalars.mapping(content.get("message"))
    reader = {"text": _text, **dict.fromkeys(MEDIA, _media)}.get(type_of(edited))
    new = reader(scalars.mapping(edited.get(type_of(edited)))) if reader else Content()
    about = scalars.token(content.get("original_message_id"))
    return Content(new.text, media=new.media, about=about)


def _revoke(content: dict[str, Any]) -> Content:
    return Content(about=scalars.token(content.get("original_message_id")))


def _nothing_typed(_content: object) -> Content:
    return Content()


WITHOUT_CONTENT = {"request_welcome", "unsupported"}
READERS: dict[str, Callable[[Any], Content]] = {
    "text": _text,
    **dict.fromkeys(MEDIA, _media),
    "location": _location,
    "contacts": _nothing_typed,
    "interactive": _interactive,
    "button": _template_button,
    "reaction": _reaction,
    "order": _order,
    "system": _nothing_typed,
    "edit": _edit,
    "revoke": _revoke,
}
