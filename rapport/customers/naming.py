"""Which of several named things a message means: exact name or alias first, then typing slips. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

ENOUGH = 0.4
"""Share of a name (by letters) that has to be there; "lamp" alone is 0.44 of "trail lamp"."""
DISTINCTIVE = 0.5
"""What a single word is worth that only one of the names has."""
SLIP = 0.8
"""difflib's ratio above which a word of four letters or more counts as the same, misspelt."""
TIE = 0.05
FILLERS = frozenset(
    ["the", "and", "for", "with", "your", "our", "you", "set", "one", "pro", "new", "per"]
)


def meant(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys of the names the text most likely means: one, several that tie, or none."""
    said = words(text)
    holders = _holders(names)
    scores = {key: _score(said, variants, holders) for key, variants in names.items()}
    best = max(scores.values(), default=0.0)
    if best < ENOUGH:
        return []
    return [key for key, score in scores.items() if score >= best - TIE]


def words(text: str) -> list[str]:
    """Words in lower case, without accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return re.findall(r"\w+", kept)


def _holders(names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many of the names have a word."""
    holders: dict[str, int] = {}
    for variants in names.values():
        for word in {word for variant in variants for word in words(variant)}:
            holders[word] = holders.get(word, 0) + 1
    return holders


def _score(said: list[str], variants: Sequence[str], holders: Mapping[str, int]) -> float:
    return max((_variant_score(said, words(variant), holders) for variant in variants), default=0.0)


def _variant_score(said: list[str], name: list[str], holders: Mapping[str, int]) -> float:
    hits = [word for word in name if any(_is_same(word, heard) for heard in said)]
    telling = [word for word in hits if len(word) > 3 and word not in FILLERS]
    if not telling and len(hits) < len(name):
        return 0.0
    covered = sum(map(len, hits)) / max(1, sum(map(len, name)))
    alone = DISTINCTIVE if any(holders[word] == 1 for word in telling) else 0.0
    return max(covered, alone)


def _is_same(word: str, heard: str) -> bool:
    if word == heard or word.rstrip("s") == heard.rstrip("s") != "":
        return True
    if min(len(word), len(heard)) < 4 or abs(len(word) - len(heard)) > 2 or word[0] != heard[0]:
        return False
    return SequenceMatcher(None, word, heard).ratio() >= SLIP
