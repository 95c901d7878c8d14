"""Amounts of money in a customer's words. Pure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal

from rapport.understanding import numbers
from rapport.understanding.days import numeric
from rapport.understanding.lexicon import Lexicon, any_of, fold, lexicon, tag

SIGNS = {"us$": "USD", "r$": "BRL", "mx$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY"}
CODES = ["eur", "usd", "gbp", "inr", "mxn", "brl", "idr", "chf", "jpy", "aud", "cad", "sgd"]
FEWEST, FEWEST_DIGITS = 100, 10
"""Below them, words alone ("two", "zwanzig") and digits alone count things, not money."""
MOST_DIGITS = 9
"""More in a row are a telephone or account number."""
BLOCK_BEFORE, BLOCK_AFTER = re.compile(r"[\d+(][\s)/-]+$"), re.compile(r"[\s)/-]+\d")
"""Digits in blocks are a telephone or account number too."""
MOST = Decimal(10) ** 12
TIMES = ("clock", "date", "day_of_month", "length")


@dataclass(frozen=True)
class Amount:
    """A sum in an ISO 4217 currency (None when none is said) and where it stands; `is_more`: on top of what there is."""

    value: Decimal
    currency: str | None
    start: int
    end: int
    is_more: bool = False


def amounts(text: str, language: str | None) -> list[Amount]:
    """The sums in `text`, in their order: "Rp 2 juta", "3.000 €", "2k", "500 more".

    A number without a currency counts unless it is part of something else: a code, a date, a time, a
    length of time, a volume, a number of pieces, a telephone number.
    """
    words, folded = lexicon(tag(language)), fold(text)
    found = []
    for match in _pattern(words.language).finditer(folded.plain):
        value, currency = _value(match, words), _currency(match, words)
        if not value or value >= MOST or not _is_sum(match, value, currency, words):
            continue
        span = match.start("whole"), match.end("whole")
        is_more = any(
            before.search(folded.plain, 0, span[0]) and after.match(folded.plain, span[1])
            for before, after in words.more
        )
        found.append(Amount(value, currency, *folded.span(*span), is_more))
    return found


def _is_sum(match: re.Match[str], value: Decimal, currency: str | None, words: Lexicon) -> bool:
    if currency:
        return True
    if match["words"]:
        return value >= FEWEST
    if match["times"]:
        return not _is_named(match, words)
    digits = match["digits"]
    is_code = (digits[0] == "0" and digits[1:2].isdigit()) or _run(digits) > MOST_DIGITS
    if value < FEWEST_DIGITS and match["whole"] != match.string.strip():
        return False
    is_code |= bool(
        BLOCK_BEFORE.search(match.string, 0, match.start())
        or BLOCK_AFTER.match(match.string, match.end())
    )
    return not (is_code or _is_named(match, words) or _is_time(match, words))


def _is_named(match: re.Match[str], words: Lexicon) -> bool:
    """Whether the word before says what the number is: "order 7041", "size 44"."""
    return _named(words.language).search(match.string, 0, match.start()) is not None


def _is_time(match: re.Match[str], words: Lexicon) -> bool:
    phrases = (*words.find(match.string, TIMES), *numeric(match.string))
    return any(found.start < match.end() and match.start() < found.end for found in phrases)


def _run(digits: str) -> int:
    return max(map(len, re.findall(r"\d+", digits)))


def _value(match: re.Match[str], words: Lexicon) -> Decimal | None:
    first = None if match["words"] else numbers.of_digits(match["digits"])
    if first is None and not match["words"]:
        return None
    value = numbers.of_words(match["words"] or match["times"], words, first)
    return Decimal(int(value)) if value == int(value) else value


def _currency(match: re.Match[str], words: Lexicon) -> str | None:
    for side in ("before", "after"):
        written = (match[side] or "").rstrip(".")
        if written:
            code = SIGNS.get(written) or words.currencies.get(written)
            return code or written.upper()
    return None


@functools.cache
def _named(language: str) -> re.Pattern[str]:
    names = "|".join(lexicon(language).sets["named"])
    return re.compile(rf"(?:(?<![^\W_])(?:{names})|#)[\s:.#]*$")


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    words = lexicon(language)
    money = any_of([*SIGNS, *CODES, *words.currencies])
    times = any_of(words.multipliers)
    joiners = any_of(words.joiners)
    counted = "|".join([*words.sets["counted"], *words.units])
    digits = (
        rf"(?P<digits>{numbers.DIGITS})"
        rf"(?P<times>(?:\s?(?:{times})(?![^\W_]))*(?:\s(?:(?:{joiners})\s)?\d+\s?(?:{times})(?![^\W_]))*)"
    )
    before, after = rf"(?:(?P<before>{money})\.?\s?)?", rf"(?:\s?(?P<after>{money})(?![^\W_]))?"
    start = r"(?<![^\W_])(?<![\u0900-\u0963])(?<![#@/:.,+_-])"
    end = rf"(?![^\W_])(?![\u0900-\u0963])(?![.,:/-]\d)(?!\s?%)(?!\s?(?:{counted})(?![^\W_]))"
    return re.compile(
        rf"{start}(?P<whole>{before}(?:{digits}|(?P<words>{words.number})){after}){end}"
    )
