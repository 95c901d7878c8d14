"""Lengths of time in a customer's words, in days. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rapport.understanding import numbers
from rapport.understanding.language import DEFAULT
from rapport.understanding.lexicon import Folded, Lexicon, flat, fold, lexicon, tag

DAYS = {"minute": Decimal(1) / 1440, "hour": Decimal(1) / 24, "day": Decimal(1), "week": Decimal(7)}
DAYS |= {
    "fortnight": Decimal(14),
    "month": Decimal(30),
    "quarter": Decimal(91),
    "year": Decimal(365),
}
"""A month as a length is thirty days, half a year 182."""
BORROWS = {"hi"}
"""Who speaks them mixes English in."""
LONGEST = 3650
"""Ten years: longer is a slip or a joke."""


@dataclass(frozen=True)
class Duration:
    """A length of time in whole days, at least one, and where it stands in the text."""

    days: int
    start: int
    end: int


def durations(text: str, language: str | None) -> list[Duration]:
    """The lengths of time in `text`, in their order: "two weeks" is 14, "24 Stunden" 1, "ein paar Tage" 3."""
    name, folded = tag(language), fold(text)
    found = _found(folded, lexicon(name))
    return found or (_found(folded, lexicon(DEFAULT)) if name in BORROWS else [])


def _found(folded: Folded, words: Lexicon) -> list[Duration]:
    found: list[Duration] = []
    rates = None
    for phrase in words.find(folded.plain, ["length"]):
        rates = list(words.find(folded.plain, ["rate"])) if rates is None else rates
        is_rate = any(rate.start <= phrase.start < rate.end for rate in rates)
        days = length(phrase.caught, words)
        if 0 < days <= LONGEST and not is_rate:
            whole = math.ceil(days) if days < 2 else math.floor(days)
            found.append(Duration(whole, *folded.span(phrase.start, phrase.end)))
    return sorted(found, key=lambda each: each.start)


def length(caught: Mapping[str, str], words: Lexicon) -> Decimal:
    """Days of so many units; one when no number is said."""
    return amount_of(caught.get("n"), words) * DAYS[unit_of(caught, words)]


def amount_of(count: str | None, words: Lexicon) -> Decimal:
    """The number in folded words or digits, one for None."""
    if not count:
        return Decimal(1)
    return numbers.of_words(count, words)


def unit_of(caught: Mapping[str, str], words: Lexicon) -> str:
    """ "day", "week" … for what a template caught: a word for it, or the name of the place it was caught at."""
    for kind in DAYS:
        if f"unit_{kind}" in caught:
            return kind
    return words.units[flat(caught.get("single_unit") or caught["unit"])]
