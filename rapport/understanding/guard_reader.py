"""How the stop guard reads a message: words run together taken apart, slips of the thumb undone, then counted.

A word it never met is taken for the known one that a single slip made it from. Who types "stpo sendng" means it.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz.distance import OSA

from rapport.understanding.guard_features import Counts, counted
from rapport.understanding.guard_lines import Line
from rapport.understanding.guard_senses import Senses, sequences
from rapport.understanding.guard_text import normalised


class Reader:
    """`phrases` of all languages (`guard_scope.phrases_in`) and `known` words; what it makes of a word never changes."""

    def __init__(self, phrases: Mapping[str, Any], known: Mapping[str, int]) -> None:
        self._senses = Senses({language: own["senses"] for language, own in phrases.items()})
        self._known = known
        self._near: dict[str, list[str]] = {}
        for word in known:
            for cut in _cuts(word) if len(word) >= _SHORTEST else ():
                self._near.setdefault(cut, []).append(word)
        self._meant = functools.lru_cache(_REMEMBERED)(self._without_slip)

    def plain(self, texts: Iterable[str]) -> list[str]:
        """The messages normalised, with words apart and slips undone."""
        return [self._corrected(self._senses.spaced(normalised(text))) for text in texts]

    def counts(self, texts: Sequence[str], plain: Sequence[str]) -> Counts:
        """What there is to count in messages, told from what was typed and their `plain` form."""
        return counted(plain, sequences(self._senses, texts, plain))

    def _corrected(self, plain: str) -> str:
        return " ".join([self._meant(word) for word in plain.split()])

    def _without_slip(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._known or any(map(str.isdigit, word)):
            return word
        return max(
            self._one_slip_away(word), key=lambda near: (self._known[near], near), default=word
        )

    def _one_slip_away(self, word: str) -> Iterator[str]:
        near = (known for cut in _cuts(word) for known in self._near.get(cut, ()))
        return (known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1)


def vocabulary(lines: Iterable[Line], phrases: Mapping[str, Any]) -> dict[str, int]:
    """Words that somebody wrote in two messages or more, with their number, and those of the guard's own lists."""
    written = (set(normalised(line.text).split()) for line in lines if not line.is_pattern)
    often = Counter(word for words in written for word in words)
    listed = (phrase for own in phrases.values() for part in own.values() for phrase in part)
    known = {word: 1 for phrase in listed if "*" not in phrase for word in phrase.split()}
    return known | {word: times for word, times in often.items() if times > 1}


_SHORTEST = 4
"""Shorter words are too near to each other."""
_REMEMBERED = 20_000


def _cuts(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
