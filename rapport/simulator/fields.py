"""Reading one field of a request, or Refused with the parameter's name as Meta writes it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rapport.simulator.refusals import invalid, malformed, missing


def named(path: str, key: str) -> str:
    """`text['body']`, the way Meta names a parameter."""
    return f"{path}['{key}']" if path else key


def mapping(value: Any, path: str) -> dict[str, Any]:
    """`value` as an object."""
    if not isinstance(value, dict):
        raise malformed(path, "must be a JSON object.")
    return value


def only(holder: dict[str, Any], keys: set[str], path: str) -> None:
    """Meta refuses keys it does not know."""
    for key in holder:
        if key not in keys:
            raise malformed(path, f"has an unexpected key '{key}'.")


def required(holder: dict[str, Any], key: str, path: str = "") -> Any:
    """A value that must be there and not be empty."""
    value = holder.get(key)
    if value is None or value in ("", [], {}):
        raise missing(named(path, key))
    return value


def text(holder: dict[str, Any], key: str, path: str, longest: int) -> str:
    """A required string of 1 to `longest` characters."""
    value = required(holder, key, path)
    if not isinstance(value, str):
        raise invalid(named(path, key), "must be a string.")
    if len(value) > longest or not value.strip():
        raise invalid(named(path, key), f"length invalid. Min length: 1, Max length: {longest}.")
    return value


def optional_text(holder: dict[str, Any], key: str, path: str, longest: int) -> None:
    """A string of at most `longest` characters, if given."""
    value = holder.get(key, "")
    if not isinstance(value, str) or len(value) > longest:
        raise malformed(named(path, key), f"must be at most {longest} characters long.")


def items(holder: dict[str, Any], key: str, path: str, most: int) -> list[Any]:
    """A list of 1 to `most` elements."""
    value = required(holder, key, path)
    if not isinstance(value, list) or len(value) > most:
        raise invalid(named(path, key), f"count invalid. Min: 1, Max: {most}.")
    return value


def web_address(holder: dict[str, Any], key: str, path: str) -> None:
    """An http or https address."""
    parts = urlsplit(text(holder, key, path, 2000))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise malformed(named(path, key), "is not a valid URI.")
