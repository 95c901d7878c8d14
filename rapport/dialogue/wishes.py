"""Two wishes in one message: cut where each part, understood alone, is plainly a wish of its own."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from rapport.dialogue import phrases
from rapport.understanding import language

Parse = dict[str, Any]
Understand = Callable[[str], Awaitable[Parse]]

ASKED_FOR = """
order_status order_problem return_refund cancel_order change_address product_question ask_price price_match
back_in_stock wishlist_show wishlist_add wishlist_remove data_usage plan_options change_plan bill_question
credit_limit credit_increase my_subscriptions privacy_what_you_know ask_human
"""
WISHES = frozenset(ASKED_FOR.split())
"""What may stand beside another wish. Courtesies need no answer of their own, and a message about
messages is never taken apart: "no offers, but keep order updates"."""
ONE_THING = (
    {"order_problem", "return_refund"},
    {"cancel_order", "return_refund"},
)
"""Pairs that are two sides of one matter: "it is broken and I want my money back"."""
SURE, WORDS = 0.7, 2
"""Least confidence in each part alone, and words in it."""
LIKELIEST = 5
"""Both wishes have to be among so many readings of the whole."""
LONGEST, MOST_CUTS = 400, 8
"""A longer message, or one with more places to cut at, is a story."""


async def parts(whole: Parse, understand: Understand) -> list[Parse]:
    """The parses of the wishes in a message, in order; the whole alone where it is one thing."""
    readings = likeliest(whole)
    for first, second in cuts(whole["text"]) if len(readings) > 1 else ():
        one, other = await understand(first), await understand(second)
        if _are_two(one, other, readings):
            return [one, *await parts(other, understand)]
    return [whole]


def cuts(text: str) -> Iterator[tuple[str, str]]:
    """The text in two, at each sentence end or "and" in turn; a comma mostly stands before a reason."""
    places = list(_joints().finditer(text)) if len(text) <= LONGEST else []
    for place in places if len(places) <= MOST_CUTS else []:
        first, second = text[: place.start()].strip(), text[place.end() :].strip()
        if min(len(first.split()), len(second.split())) >= WORDS:
            yield first, second


def likeliest(parse: Parse) -> set[str]:
    """The likeliest intents of a parse, the fallback apart."""
    names = [row["name"] for row in parse.get("intent_ranking") or []]
    return set([name for name in names if name in WISHES][:LIKELIEST])


def _are_two(one: Parse, other: Parse, readings: set[str]) -> bool:
    both = {_plain(one), _plain(other)}
    return len(both) == 2 and both <= readings and both not in ONE_THING


def _plain(parse: Parse) -> str | None:
    intent = parse.get("intent") or {}
    return intent.get("name") if float(intent.get("confidence") or 0.0) >= SURE else None


@functools.lru_cache(maxsize=1)
def _joints() -> re.Pattern[str]:
    """Sentence ends and the languages' words for "and", one or more in a row."""
    words = {
        word for spoken in language.SPOKEN for word in phrases.phrase("words.and", spoken).split()
    }
    joined = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(rf"(?:[.!?;।\n]+|\s(?:{joined}))(?:\s+(?:{joined}))*(?=\s)", re.IGNORECASE)
