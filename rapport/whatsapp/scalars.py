"""Single values of a webhook, read tolerantly: a value that makes no sense is None or empty, never an exception."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

MAX_TEXT = 4096
"""Characters of a text we keep for the dialogue: the length Meta allows for a text message."""

_LOOK_AT = 65_536
_MAX_DEPTH = 32
_EARLIEST, _LATEST = 1_230_768_000, 4_102_444_800  # 2009, the year of WhatsApp, to 2100
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Joiners (U+200C, U+200D) and variation selectors stay: Hindi letters and emoji are built with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_PHONE = re.compile(r"\+?[0-9][0-9 ().\-\u00a0]*")
_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,12}")


def text(value: object, limit: int = MAX_TEXT) -> str:
    """`value` without control, bidirectional and invisible characters, at most `limit` long; "" if it is no text."""
    if not isinstance(value, str):
        return ""
    return _UNSEEN.sub("", _BREAK.sub("\n", value[:_LOOK_AT])).strip()[:limit].rstrip()


def line(value: object, limit: int = 256) -> str | None:
    """`text` on one line, or None when nothing is left of it."""
    return " ".join(text(value, limit).split()) or None


def token(value: object, limit: int = 512) -> str | None:
    """An identifier exactly as Meta wrote it, or None: an identifier is never cut or mended."""
    shown = str(value) if type(value) is int else value
    if not isinstance(shown, str) or not 0 < len(shown) <= limit or _UNSEEN.search(shown):
        return None
    return shown.strip() or None


def phone(value: object) -> str | None:
    """The digits of a phone number, or None when `value` is none (a group id, a placeholder)."""
    shown = token(value, 40)
    if not shown or not _PHONE.fullmatch(shown):
        return None
    digits = re.sub("[^0-9]", "", shown)
    return digits if len(digits) <= 20 else None


def bsuid(value: object) -> str | None:
    """A business-scoped user id: two-letter country, a dot, up to 128 letters and digits; the string is kept exact."""
    shown = token(value, 256)
    return shown if shown and not phone(shown) else None


def bsuid_in_place_of_phone(value: object) -> str | None:
    """Some editions of the platform put the user id where the number was."""
    shown = token(value, 256)
    return shown if shown and _BSUID.fullmatch(shown) else None


def instant(value: object) -> datetime | None:
    """Unix seconds (Meta sends them as string or integer) as an aware UTC instant; None outside 2009 to 2100."""
    seconds = whole_number(value)
    if seconds is None or not _EARLIEST <= seconds < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc)


def whole_number(value: object) -> int | None:
    """An integer of up to 12 digits, also written as a string or float."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value) if type(value) is int else value
    return int(shown) if isinstance(shown, str) and _NUMBER.fullmatch(shown.strip()) else None


def degrees(value: object, bound: float) -> float | None:
    """A coordinate within ±`bound`, or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if -bound <= number <= bound else None


def mapping(value: object) -> dict[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """`value` as a list: nothing is an empty one, a lone object a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def is_deep(value: object) -> bool:
    """Whether `value` nests so deeply that writing it out again could exhaust the stack."""
    level: list[object] = [value]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> Iterable[object]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()
