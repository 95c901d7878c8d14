"""Where a rule knows better than the classifier: bare numbers, questions that sound like a yes, insults. Pure."""

from __future__ import annotations

import re
from typing import Any

from rapport.customers import naming
from rapport.dialogue import phrases
from rapport.understanding import care, language

FALLBACK = "nlu_fallback"
NUMBER = re.compile(r"\W*[A-Za-z]{0,5}[\s#-]?\d{3,}[\w-]*\W*")
"""A number of at least three digits and nothing else: an order, a postcode, an amount."""
COURTESIES = frozenset(
    [
        "affirm",
        "deny",
        "greet",
        "goodbye",
        "thank",
        "praise",
        "small_talk",
        "is_bot",
        "out_of_scope",
    ]
)
CERTAIN = 0.9
"""From here on an insult is a way of asking for something: "where is my fucking order"."""
CHATTING = 0.5
"""Below this small talk is no more than a guess, and an answer to it no answer to what was wanted."""
SIBLINGS = frozenset({"product_question", "back_in_stock", "ask_price"})
TOGETHER = 0.8
"""Readings about one product that are this likely together: the likelier one's answer serves the other."""
NEVER_GUESSED = frozenset({"self_harm", "abuse"})
"""Decided by phrases alone."""


def reconsidered(parse: dict[str, Any]) -> dict[str, Any]:
    """The parse with the intent that its words allow."""
    intent = parse["intent"]
    name, chance = intent.get("name"), float(intent.get("confidence") or 0.0)
    is_soft = chance < CERTAIN or name in {*COURTESIES, FALLBACK}
    if is_soft and name != "opt_out" and care.is_abuse(parse["text"]):
        return {**parse, "intent": {**intent, "name": "abuse"}}
    if name in NEVER_GUESSED or (name in COURTESIES and NUMBER.fullmatch(parse["text"])):
        return {**parse, "intent": {**intent, "name": FALLBACK}}
    is_guess = name == "small_talk" and chance < CHATTING
    if is_guess or (name == "affirm" and asks(parse["text"])):
        return {**parse, "intent": {**intent, "name": FALLBACK}}
    likelier = _of_siblings(parse) if name == FALLBACK else None
    return {**parse, "intent": likelier} if likelier else parse


def _of_siblings(parse: dict[str, Any]) -> dict[str, Any] | None:
    """The likelier of two readings that are siblings and leave little to any other."""
    rows = [row for row in parse.get("intent_ranking") or [] if row["name"] != FALLBACK][:2]
    are_siblings = len(rows) == 2 and {row["name"] for row in rows} <= SIBLINGS
    return rows[0] if are_siblings and sum(r["confidence"] for r in rows) >= TOGETHER else None


def asks(text: str) -> bool:
    """Whether the text begins with a question word, "when exactly", and is thus no yes."""
    words = naming.words(text)[:1]
    asking = {
        word
        for spoken in language.SPOKEN
        for word in naming.words(phrases.phrase("words.asking", spoken))
    }
    return bool(asking.intersection(words))
