"""Interactive messages: reply buttons, lists, link buttons, requests; Meta's counts and lengths."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from rapport.simulator.fields import items, mapping, named, only, required, text, web_address
from rapport.simulator.refusals import invalid, malformed, missing

BODY_LENGTHS = {
    "button": 1024,
    "list": 4096,
    "cta_url": 1024,
    "location_request_message": 1024,
    "request_contact_info": 1024,
}
HEADERS = {
    "button": {"text", "image", "video", "document"},
    "list": {"text"},
    "cta_url": {"text", "image", "video", "document"},
}
ACTION_NAMES = {
    "cta_url": "cta_url",
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
}
MAX_BUTTONS, MAX_ROWS, MAX_SECTIONS = 3, 10, 10
HEADER_LENGTH = FOOTER_LENGTH = 60
ACTION = "interactive['action']"


def check(value: Any, media_ids: Container[str]) -> None:
    """Raises Refused when Meta would not take this `interactive` object."""
    holder = mapping(value, "interactive")
    kind = required(holder, "type", "interactive")
    if not isinstance(kind, str) or kind not in BODY_LENGTHS:
        raise invalid("interactive['type']", f"must be one of {', '.join(BODY_LENGTHS)}.")
    only(holder, {"type", "header", "body", "footer", "action"}, "interactive")
    body = mapping(required(holder, "body", "interactive"), "interactive['body']")
    text(body, "text", "interactive['body']", BODY_LENGTHS[kind])
    if "header" in holder:
        _check_header(holder["header"], kind, media_ids)
    if "footer" in holder:
        footer = mapping(holder["footer"], "interactive['footer']")
        text(footer, "text", "interactive['footer']", FOOTER_LENGTH)
    _check_action(mapping(required(holder, "action", "interactive"), ACTION), kind)


def _check_header(value: Any, kind: str, media_ids: Container[str]) -> None:
    path = "interactive['header']"
    header = mapping(value, path)
    header_type = required(header, "type", path)
    if header_type not in HEADERS.get(kind, set()):
        raise invalid(named(path, "type"), f"is not supported for type '{kind}'.")
    if header_type == "text":
        text(header, "text", path, HEADER_LENGTH)
        return
    media = mapping(required(header, header_type, path), named(path, header_type))
    if "link" in media:
        web_address(media, "link", named(path, header_type))
    elif str(media.get("id")) not in media_ids:
        raise malformed(
            f"{path}['{header_type}']['id']",
            "is not a valid whatsapp business account media attachment ID.",
        )


def _check_action(action: dict[str, Any], kind: str) -> None:
    if kind == "button":
        _check_buttons(action)
    elif kind == "list":
        _check_list(action)
    elif action.get("name") != ACTION_NAMES[kind]:
        raise invalid(named(ACTION, "name"), f"must be '{ACTION_NAMES[kind]}'.")
    if kind == "cta_url":
        path = named(ACTION, "parameters")
        parameters = mapping(required(action, "parameters", ACTION), path)
        text(parameters, "display_text", path, 20)
        web_address(parameters, "url", path)


def _check_buttons(action: dict[str, Any]) -> None:
    only(action, {"buttons"}, ACTION)
    path = named(ACTION, "buttons")
    replies = []
    for number, button in enumerate(items(action, "buttons", ACTION, MAX_BUTTONS)):
        at = f"{path}[{number}]"
        if mapping(button, at).get("type") != "reply":
            raise invalid(named(at, "type"), "must be 'reply'.")
        reply = mapping(required(button, "reply", at), named(at, "reply"))
        only(reply, {"id", "title"}, named(at, "reply"))
        text(reply, "id", named(at, "reply"), 256)
        text(reply, "title", named(at, "reply"), 20)
        replies.append(reply)
    _check_unique([reply["id"] for reply in replies], f"{path}['reply']['id']")
    _check_unique([reply["title"] for reply in replies], f"{path}['reply']['title']")


def _check_list(action: dict[str, Any]) -> None:
    only(action, {"button", "sections"}, ACTION)
    text(action, "button", ACTION, 20)
    path = named(ACTION, "sections")
    sections = items(action, "sections", ACTION, MAX_SECTIONS)
    rows: list[dict[str, Any]] = []
    for number, section in enumerate(sections):
        at = f"{path}[{number}]"
        only(mapping(section, at), {"title", "rows"}, at)
        if len(sections) > 1 or "title" in section:
            text(section, "title", at, 24)
        rows += _rows(section, at)
    if len(rows) > MAX_ROWS:
        raise invalid(f"{path}['rows']", f"total row count exceeds the maximum of {MAX_ROWS}.")
    _check_unique([row["id"] for row in rows], f"{path}['rows']['id']")


def _rows(section: dict[str, Any], path: str) -> list[dict[str, Any]]:
    rows = items(section, "rows", path, MAX_ROWS)
    for number, row in enumerate(rows):
        at = f"{path}['rows'][{number}]"
        only(mapping(row, at), {"id", "title", "description"}, at)
        text(row, "id", at, 200)
        text(row, "title", at, 24)
        if row.get("description"):
            text(row, "description", at, 72)
    return rows


def _check_unique(values: list[str], parameter: str) -> None:
    if not values:
        raise missing(parameter)
    if len(set(values)) < len(values):
        raise invalid(parameter, "has duplicates; each must be unique within the message.")
