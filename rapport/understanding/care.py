"""Words that call for care whatever else was understood: somebody in danger, and insults."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

from rapport.consent import keywords
from rapport.understanding import guard_text

FOLDER = Path(__file__).resolve().parents[2] / "data" / "care"


def is_self_harm(text: str) -> bool:
    """Whether somebody speaks of ending or hurting themselves, in any of our languages.

    By phrases and not by a guess: "this bill is killing me" is about a bill.
    """
    said = _folded(text)
    return bool(_pattern("self_harm").search(_pattern("unless").sub(" ", said)))


def is_abuse(text: str) -> bool:
    """Whether the text insults."""
    return bool(_pattern("abuse").search(_folded(text)))


@functools.lru_cache(maxsize=3)
def _pattern(kind: str) -> re.Pattern[str]:
    """Any of the phrases of that kind, as whole words."""
    listed = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yml")]
    folded = {_folded(phrase) for phrases in listed for phrase in phrases[kind]}
    longest_first = sorted(map(re.escape, folded), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(longest_first)})(?!\S)")


def _folded(text: str) -> str:
    return " ".join(keywords.folded_words(guard_text.undisguised(text)))
