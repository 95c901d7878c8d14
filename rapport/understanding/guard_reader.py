"""How the stop guard reads a message: words run together taken apart, slips of the thumb undone, then counted.

A word it never met is taken for the known one that a single slip made it from. Who types "stpo sendng" means it.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
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
        self._words = [word for word in known if len(word) >= _SHORTEST]
        cuts = [
            (crc32(cut.encode()), at) for at, word in enumerate(self._words) for cut in _cuts(word)
        ]
        self._cuts, self._cut_of = np.array(sorted(cuts), dtype=np.uint32).reshape(-1, 2).T.copy()
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
        """Words with a cut in common, by its checksum: a dictionary of the cuts would take twenty megabytes."""
        sums = np.array([crc32(cut.encode()) for cut in _cuts(word)], dtype=np.uint32)
        begins, ends = (np.searchsorted(self._cuts, sums, side) for side in ("left", "right"))
        near = {at for some in zip(begins, ends, strict=True) for at in self._cut_of[slice(*some)]}
        words = (self._words[at] for at in near)
        return (known for known in words if OSA.distance(word, known, score_cutoff=1) <= 1)


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
