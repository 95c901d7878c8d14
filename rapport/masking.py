"""Account, card and IBAN numbers out of texts that people and logs will see. Pure."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Any

from stdnum import iban, luhn

DOTS = "••••"
WORDED = frozenset({"text", "body", "caption", "said", "value"})
"""Under which keys Meta, Rasa and we keep what a customer wrote."""
FEWEST = 9
SHOWN = 4
"""The last digits by which people recognise a card or an account."""
IBAN_LIKE = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d(?:[ -]?[A-Z\d]){11,30}(?![^\W_])", re.IGNORECASE)
NUMBER = re.compile(
    r"(?<![^\W_])(?<![\d][.,:/])\d(?:[ \u00a0\u200b–-]{0,2}\d){8,}(?![^\W_])(?![.,]\d)"
)
"""Nine digits or more, in blocks or not: the shortest account numbers of our countries have nine."""
CARD_LIKE = re.compile(
    r"(?<![^\W_])(?=(\d{4}([ -]?)\d{4}\2\d{4}\2\d{1,4}(?:\2\d{3})?|\d{4}([ -]?)\d{6}\3\d{4,5})(?![^\W_]))"
)
"""Thirteen to nineteen digits in one piece or in the blocks that are printed on cards."""
DATE = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)")
ORDER = re.compile(
    r"(?:order|orden|bestell(?:ung|nummer)|auftrag|pedido|encomenda|pesanan|ऑर्डर|tracking|sendung|resi)"
    r"[^\W\d_]*[\s:.#]*(?:(?:number|nummer|numero|número|nomor|no|nr|id|नंबर)[\s:.#]*)?$|#$",
    re.IGNORECASE,
)
MONEY = re.compile(r"(?:[€$£₹¥]|\b(?:rp|rs|eur|usd|gbp|inr|mxn|brl|idr))\.?\s?$", re.IGNORECASE)
MONEY_AFTER = re.compile(
    r"\s?(?:[€$£₹¥]|(?:eur|usd|gbp|inr|mxn|brl|idr|rupiah|rupees|pesos|reais)\b)", re.IGNORECASE
)


def masked(text: str, own: AbstractSet[str] = frozenset()) -> str:
    """`text` with dots for all but the last four signs of every account, card and IBAN number.

    Order numbers, amounts and dates stay readable, and so do numbers whose digits are in `own`. A
    number that cannot be told is masked: a card or IBAN with a slip in it is still somebody's.
    """
    pieces, place = [], 0
    for start, end in _secrets(text, own):
        pieces += [text[place:start], DOTS, _tail(text[start:end])]
        place = end
    return "".join([*pieces, text[place:]])


def masked_in(data: Any, own: AbstractSet[str] = frozenset()) -> Any:
    """JSON data with what a customer wrote in it masked, however deep it lies."""
    if isinstance(data, list):
        return [masked_in(inner, own) for inner in data]
    if not isinstance(data, dict):
        return data
    return {
        key: masked(inner, own)
        if key in WORDED and isinstance(inner, str)
        else masked_in(inner, own)
        for key, inner in data.items()
    }


def digits(number: str) -> str:
    """The digits of a number in whatever script, 0 to 9, without what stands between them."""
    return "".join(str(int(char)) for char in number if char.isdecimal())


def is_long(number: str) -> bool:
    """Whether so many digits could be an account number."""
    return len(number) >= FEWEST


def _secrets(text: str, own: AbstractSet[str]) -> list[tuple[int, int]]:
    """Places of such numbers in their order, none overlapping; those with check digits come first."""
    sure = [span for match in IBAN_LIKE.finditer(text) if (span := _iban(match))]
    sure += [
        match.span(1)
        for match in CARD_LIKE.finditer(text)
        if luhn.is_valid(digits(match[1])) and digits(match[1]) not in own
    ]
    likely = [
        match.span()
        for match in NUMBER.finditer(text)
        if _is_account(match) and digits(match[0]) not in own
    ]
    chosen: list[tuple[int, int]] = []
    for start, end in (*sorted(sure), *likely):
        if all(end <= other[0] or start >= other[1] for other in chosen):
            chosen.append((start, end))
    return sorted(chosen)


def _iban(match: re.Match[str]) -> tuple[int, int] | None:
    """The IBAN without the words that follow it; as a whole if it is none but has an IBAN's many digits."""
    ends = [match.end(), *(match.start() + place.start() for place in re.finditer(" ", match[0]))]
    for end in sorted(ends, reverse=True):
        if iban.is_valid(match.string[match.start() : end]):
            return match.start(), end
    last_digit = max(place.end() for place in re.finditer(r"\d", match[0]))
    is_long = sum(char.isdigit() for char in match[0]) >= 12
    return (match.start(), match.start() + last_digit) if is_long else None


def _is_account(match: re.Match[str]) -> bool:
    before, after = match.string[max(0, match.start() - 40) : match.start()], match.end()
    is_money = MONEY.search(before) or MONEY_AFTER.match(match.string, after)
    return not (ORDER.search(before) or is_money or DATE.match(match[0]))


def _tail(number: str) -> str:
    return "".join(char for char in number if char.isalnum())[-SHOWN:]
