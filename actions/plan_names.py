"""A plan that is asked for by a name that none has: "Ultra Max 9000"."""

from __future__ import annotations

import re

from actions import plan_wish
from actions.skill import Context
from rapport.customers import naming
from rapport.customers.tariffs import Tariff
from rapport.understanding import values

WORD = re.compile(r"[^\s,;:!?()\"“”„]+")
LONGEST = 4
NOUNS_ARE_CAPITAL = frozenset({"de"})


def unknown(context: Context, on_sale: list[Tariff], *, is_said: bool = False) -> str | None:
    """The name as it was written, None where nothing in the message is plainly a name.

    Plainly: the only strange words of the message, a few in a row, with a number in or after them, or
    with a capital inside the sentence. `is_said`: only one beside the word for a plan.
    """
    runs = [] if context.heard.is_exact else _runs(context)
    if len(runs) != 1:
        return None
    first, words = runs[0]
    has_number = any(any(map(str.isdigit, word)) for word in words[1:])
    is_name = (has_number or _is_capital(context, first, words)) and len(words) <= LONGEST
    is_meant = not is_said or _is_beside_plan(context, first, len(words))
    return " ".join(words) if is_name and is_meant and not _is_sold(words, on_sale) else None


def _runs(context: Context) -> list[tuple[int, list[str]]]:
    """Rows of words that neither talk of plans nor measure anything, each with its place."""
    runs: list[tuple[int, list[str]]] = []
    last = -2
    for place, match in enumerate(WORD.finditer(context.heard.text)):
        word = match[0].rstrip(".")
        if _is_ordinary(context, word) or _is_measure(context, match.start()):
            continue
        if place == last + 1:
            runs[-1][1].append(word)
        else:
            runs.append((place, [word]))
        last = place
    return runs


def _is_ordinary(context: Context, word: str) -> bool:
    return set(naming.words(word)) <= context.words("words.about_any_plan")


def _is_measure(context: Context, start: int) -> bool:
    """Part of a volume, an amount of money or a length of time."""
    text = context.heard.text
    sizes = [match.span() for match in plan_wish.SIZE.finditer(text)]
    sums = [(a.start, a.end) for a in values.amounts(text, context.language) if a.currency]
    spans = [(d.start, d.end) for d in values.durations(text, context.language)]
    return any(begin <= start < end for begin, end in (*sizes, *sums, *spans))


def _is_beside_plan(context: Context, first: int, count: int) -> bool:
    words = [match[0] for match in WORD.finditer(context.heard.text)]
    beside = [*words[max(0, first - 1) : first], *words[first + count : first + count + 1]]
    return any(set(naming.words(word)) & context.words("words.plan") for word in beside)


def _is_sold(words: list[str], on_sale: list[Tariff]) -> bool:
    said = naming.words(" ".join(words))
    return any(naming.words(plan.name) == said for plan in on_sale)


def _is_capital(context: Context, first: int, words: list[str]) -> bool:
    if context.language in NOUNS_ARE_CAPITAL:
        return len(words) > 1 and all(word[0].isupper() for word in words)
    return first > 0 and any(word[0].isupper() for word in words)
