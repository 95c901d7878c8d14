"""A webhook's bytes as JSON that PostgreSQL can keep."""

from __future__ import annotations

import json
import re
from typing import Any


class NotAWebhook(ValueError):
    """The body is not an object of the WhatsApp shape."""


class NotJson(NotAWebhook):
    """The body is not JSON at all."""


# The first alternative steps over escaped backslashes and whole surrogate pairs.
_UNSTORABLE = re.compile(
    r"((?:\\\\)+|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def load(body: bytes) -> Any:
    """The JSON document in `body`, without NUL, lone surrogates and infinite numbers: PostgreSQL refuses them.

    Raises `NotJson`, or `NotAWebhook` when it nests too deeply to be read.
    """
    shown = body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
    try:
        return json.loads(
            _storable(shown),
            strict=False,
            parse_int=_integer,
            parse_float=_finite,
            parse_constant=str,
        )
    except RecursionError:
        raise NotAWebhook("nested too deeply") from None
    except ValueError as error:
        raise NotJson(f"not JSON: {_place(error)}") from None


def _place(error: ValueError) -> str:
    # JSONDecodeError's own text quotes nothing of the document, only where it broke.
    return str(error) if isinstance(error, json.JSONDecodeError) else "unreadable"


def _storable(shown: str) -> str:
    # The plain search spares the pattern on webhooks without emoji: half a second on the largest ones.
    if not any(escape in shown for escape in ("\\u0000", "\\ud", "\\uD")):
        return shown
    return _UNSTORABLE.sub(_mended, shown)


def _mended(match: re.Match[str]) -> str:
    return match[1] or ("" if match[0] == "\\u0000" else "\\ufffd")


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= 19 else digits


def _finite(digits: str) -> float | str:
    number = float(digits)
    return digits if number in (float("inf"), float("-inf")) else number
