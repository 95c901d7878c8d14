"""The conversation's language after a message, where words tell more than their letters."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from rapport.customers import naming
from rapport.dialogue import phrases
from rapport.understanding import language
from rapport.understanding.language import Standing

LINES = Path(__file__).resolve().parents[2] / "data" / "nlu"
EXAMPLE = re.compile(r"^\s+- (.+)$", re.MULTILINE)
KNOWN = 0.5
"""Share of a message's words that have to be words of the language it is taken for."""


def decide(parse: dict[str, Any], before: Standing, guess: str | None) -> Standing:
    """The standing after a parse: gibberish changes nothing, a greeting is a language's own.

    A greeting alone moves a conversation only as long as the customer has not settled its language.
    """
    text, chances = parse["text"], parse.get("languages")
    if not chances:
        return before
    greeted = greeting(text)
    if greeted and not before.is_asked:
        return Standing(greeted) if before.language is None else replace(before, hint=greeted)
    found = max(chances, key=lambda name: chances[name])
    is_new = found not in {before.language or guess, language.OTHER}
    if is_new and not language.by_script(text) and share(text, found) < KNOWN:
        return before
    return language.decide(text, chances, before, guess)


def greeting(text: str) -> str | None:
    """The one language that has this greeting, None for other texts and for greetings shared by two."""
    found = [
        spoken
        for spoken in language.SPOKEN
        if naming.is_no_more_than(text, phrases.phrase("words.greetings", spoken).split("/"), "")
    ]
    return found[0] if len(found) == 1 else None


def share(text: str, spoken: str) -> float:
    """Share of the words, numbers apart, that customers use in that language, 0 to 1; 0 without words."""
    said = [word for word in naming.words(text) if word.isalpha()]
    return sum(word in vocabulary(spoken) for word in said) / max(1, len(said))


@functools.lru_cache(maxsize=len(language.SPOKEN))
def vocabulary(spoken: str) -> frozenset[str]:
    """The words of that language's example lines."""
    texts = (path.read_text(encoding="utf-8") for path in LINES.glob(f"*.{spoken}.yml"))
    return frozenset(
        word for text in texts for line in EXAMPLE.findall(text) for word in naming.words(line)
    )
