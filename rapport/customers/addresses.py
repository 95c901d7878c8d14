"""The postal address inside a message, and whether a parcel would find it. Pure."""

from __future__ import annotations

import re
from collections.abc import Set

from rapport.customers import naming

PART = re.compile(r"[,;\n]+")
NUMBER = re.compile(r"(?<![^\W_])\d[\d-]{0,8}(?![\d-])")
"""A house number, with its letter or without, or a postcode of digits."""
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b", re.I)
"""A British or a Canadian one; the others are digits."""
WORD = re.compile(r"[^\W\d_][\w\u0900-\u0963.'’-]{2,}")
WORDS, PARTS, NUMBERS = 2, 2, 2
LONGEST = 300


def find(text: str, before: Set[str], after: Set[str]) -> str | None:
    """The address in a message, None when there is no whole one.

    `before` and `after`: folded words that lead to an address ("send it to …") and that follow it
    ("… please"). What is found is shown to the customer before it is used.
    """
    address = _without_tail(_without_lead(text.strip(), before), after)
    return address if is_whole(address) else None


def is_whole(address: str) -> bool:
    """Whether there is a street or house with a number, and a place: a postcode or a part of its own."""
    parts = [part for part in PART.split(address) if WORD.search(part)]
    numbers = NUMBER.findall(address)
    has_place = len(parts) >= PARTS or len(numbers) >= NUMBERS or bool(POSTCODE.search(address))
    is_sized = len(address) <= LONGEST and "?" not in address
    return is_sized and bool(numbers) and has_place and len(WORD.findall(address)) >= WORDS


def _without_lead(text: str, before: Set[str]) -> str:
    """What follows the last leading word of the first part; a name or a number follows, if anywhere.

    "Schickt es an An der Alster 5" keeps its second "An".
    """
    head, comma, rest = text.partition(",")
    if comma and all(_is_lead(word, before) for word in head.split()):
        return _without_lead(rest.strip(), before)
    head = PART.split(text)[0]
    words = list(re.finditer(r"\S+", head))
    ends = [word.end() for word in words if _is_lead(word.group(), before)]
    names = [end for end in ends if re.match(r"\s*(?:[^\W\d_a-z]|\d)", text[end:])]
    start = (names or ends or [0])[-1]
    return text[start:].strip(" ,.:;\n") or text


def _is_lead(word: str, before: Set[str]) -> bool:
    return word.endswith(":") or "".join(naming.words(word)) in before


def _without_tail(text: str, after: Set[str]) -> str:
    while True:
        head, gap, word = text.rstrip(" ,.!;\n").rpartition(" ")
        if not gap or "".join(naming.words(word)) not in after:
            return text.rstrip(" ,.!;\n")
        text = head
