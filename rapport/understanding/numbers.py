"""Numbers as people write them: digits with any country's separators, and words. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from rapport.understanding.lexicon import Lexicon

DIGITS = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d])(?:[.,]\d{1,2})?|\d+(?:[.,'’\u00a0\u202f]\d+)*"
SEPARATORS = re.compile(r"[.,'’\s]")
SPACES = re.compile(r"[\s'’]")


def of_digits(written: str) -> Decimal | None:
    """ "3.000", "3,000.50", "1,00,000" and "1.234,5" as the number they mean, None when they are none.

    A single separator before exactly three digits groups, otherwise it is the decimal sign: prices
    have two decimals in every currency of our languages, so that "3.000" is three thousand.
    """
    plain = SPACES.sub("", written)
    kinds = [char for char in plain if char in ".,"]
    if not kinds:
        return _decimal(plain)
    last = kinds[-1]
    if len(set(kinds)) > 1 and kinds.count(last) == 1:
        whole, part = plain.rsplit(last, 1)
        return _decimal(f"{whole.replace(kinds[0], '')}.{part}") if _is_grouped(whole) else None
    if len(set(kinds)) > 1:
        return None
    if _is_grouped(plain):
        return _decimal(plain.replace(last, ""))
    return _decimal(plain.replace(last, ".")) if len(kinds) == 1 else None


def of_words(written: str, lexicon: Lexicon, first: Decimal | None = None) -> Decimal:
    """ "two thousand five hundred", "dua ratus lima puluh", "2 juta 500 ribu": what folded words add up to.

    A multiplier takes all smaller numbers before it, `first` among them. A digit after another one replaces it ("two three
    days" are three).
    """
    parts = [] if first is None else [first]
    for token in lexicon.token.findall(written):
        if token[0].isdigit():
            parts.append(of_digits(token.rstrip(".,")) or Decimal(0))
        elif token in lexicon.multipliers:
            parts = _multiplied(parts, lexicon.multipliers[token])
        elif token in lexicon.numbers and not (parts and token in lexicon.joiners):
            parts = _added(parts, Decimal(str(lexicon.numbers[token])))
    return sum(parts, Decimal(0))


def _multiplied(parts: list[Decimal], factor: int) -> list[Decimal]:
    kept = list(parts)
    taken: list[Decimal] = []
    while kept and kept[-1] < factor:
        taken.append(kept.pop())
    return [*kept, (sum(taken, Decimal(0)) or Decimal(1)) * factor]


def _added(parts: list[Decimal], value: Decimal) -> list[Decimal]:
    is_again = bool(parts) and 1 <= value < 10 and 1 <= parts[-1] < 10
    return [*parts[:-1], value] if is_again else [*parts, value]


def _is_grouped(plain: str) -> bool:
    first, *others = SEPARATORS.split(plain)
    return (
        (first != "0" or not others)
        and (not others or 1 <= len(first) <= 3)
        and all(len(group) in (2, 3) for group in others)
        and (not others or len(others[-1]) == 3)
    )


def _decimal(plain: str) -> Decimal | None:
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None
