"""Which language to answer in: decided from message to message, without wavering. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

SPOKEN = ("en", "de", "es", "pt", "hi", "id")
OTHER = "other"
"""What the detector calls a language that we do not speak."""
DEFAULT = "en"
Chances = Mapping[str, float]

CLEAR, LIKELY, FOREIGN = 0.85, 0.6, 0.6
"""Least chances for a change at once, for one that has to be seen twice, for a language not spoken."""
CLEAR_WORDS, LIKELY_LETTERS, FOREIGN_WORDS = 3, 4, 2
"""How much has to be said for it: three words, a word of four letters, two words."""
NO_WORD = re.compile(r"[\W\d_]+")
ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")
"""Of a mail or a page: in no language."""


@dataclass(frozen=True)
class Standing:
    """A conversation's language. `hint`: another one, weakly seen in the message before; `is_asked`: by name."""

    language: str | None = None
    hint: str | None = None
    is_asked: bool = False


def by_script(text: str) -> dict[str, float] | None:
    """The certain answer that letters alone give: Devanagari is Hindi, other foreign letters are no language of ours.

    None for Latin letters and for none at all.
    """
    if text.isascii():
        return None
    scripts = [_script(char) for char in text if unicodedata.category(char) in {"Lo", "Ll", "Lu"}]
    if not scripts:
        return None
    share = {name: scripts.count(name) / len(scripts) for name in set(scripts)}
    if share.get("DEVANAGARI", 0.0) > 0.3:
        return {"hi": 1.0}
    return None if share.get("LATIN", 0.0) > 0.5 else {OTHER: 1.0}


def decide(text: str, chances: Chances, before: Standing, first_guess: str | None) -> Standing:
    """The standing after a message of the customer's.

    Short or ambiguous ones change nothing; a clear one of three words or more changes it at once,
    a weaker one when two in a row say the same. What was asked for by name yields only to two in a
    row. `first_guess` is what the business said, which the first fair sign overrules.
    """
    found = max(chances, key=lambda name: chances[name], default=OTHER)
    sign = _strength(text, chances.get(found, 0.0)) if found in SPOKEN else 0
    present = before.language or first_guess
    if found == present:
        settled = replace(before, language=found, hint=None)
        return settled if sign else before
    if not sign:
        return before
    is_enough = (
        present is None
        or before.hint == found
        or (not before.is_asked and (sign == 2 or before.language is None))
    )
    return Standing(found) if is_enough else replace(before, hint=found)


def likeliest(chances: Chances) -> str:
    """The one of our languages that a parse finds likeliest, English when it found none."""
    return max(SPOKEN, key=lambda name: chances.get(name, 0.0)) if chances else DEFAULT


def asked(language: str) -> Standing:
    """The standing after the customer named a language."""
    return Standing(language, is_asked=True)


def is_foreign(text: str, chances: Chances) -> bool:
    """Whether a message is certainly in a language that we do not speak."""
    is_enough = len(_words(text)) >= FOREIGN_WORDS or by_script(text) == {OTHER: 1.0}
    return is_enough and chances.get(OTHER, 0.0) >= FOREIGN


def spoken(tag: str | None) -> str | None:
    """The language of a BCP 47 tag if it is one of ours, None otherwise."""
    primary = (tag or "").split("-")[0].lower()
    return primary if primary in SPOKEN else None


def _strength(text: str, chance: float) -> int:
    """2 for a clear sign, 1 for a weak one, 0 for none."""
    if by_script(text):
        return 2
    words = _words(text)
    if chance >= CLEAR and len(words) >= CLEAR_WORDS:
        return 2
    letters = max(map(len, words), default=0)
    return 1 if chance >= LIKELY and letters >= LIKELY_LETTERS else 0


def _words(text: str) -> list[str]:
    return [word for word in NO_WORD.split(ADDRESS.sub(" ", text)) if word.isalpha()]


def _script(char: str) -> str:
    return unicodedata.name(char, "?").split()[0]
