"""Texts as numbers: how often each word, pair of words and piece of a word that was met before is in them."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from rapport.understanding import hindi

LETTERS = r"\w\u0900-\u0963\u200c\u200d"
"""What words are made of. Python's `\\w` lacks the vowel signs without which a Hindi word falls apart."""
NO_LETTERS = re.compile(f"[^{LETTERS}]+")
NUMBER = re.compile(r"\b(?:[^\W\d_]{0,3}-?\d{2,}[^\W_]*|\d)\b")
"""Numbers, and what order numbers look like: up to three letters before, anything after."""

MANY = 20_000
"""Of so many texts, what stands in one alone is left out: three fifths of the features, which told 0.1 % of messages."""


class Features:
    """Rows of length one: logarithmic counts times rarity; what no learnt text had is passed over.

    A feature's name is kept as its CRC-32, sorted: four bytes each, and two names in a million are confused.
    """

    def __init__(self, pieces: tuple[int, int]) -> None:
        """`pieces`: the shortest and the longest piece of a word."""
        self._pieces = pieces
        self.known = np.zeros(0, dtype=np.uint32)
        self.rarity = np.zeros(0, dtype=np.float32)

    def fit(self, texts: list[str]) -> csr_matrix:
        """Learn which features there are and how rare each is; the rows of `texts`."""
        self.known = np.unique(self._names(texts)[0])
        counts = self._counts(texts)
        found = np.bincount(counts.indices, minlength=len(self.known))
        if len(texts) >= MANY:
            often = np.flatnonzero(found > 1)
            self.known, counts, found = self.known[often], counts[:, often], found[often]
        self.rarity = (np.log((1.0 + len(texts)) / (1.0 + found)) + 1.0).astype(np.float32)
        return self._weighted(counts)

    def rows(self, texts: list[str]) -> csr_matrix:
        """A row for each text."""
        return self._weighted(self._counts(texts))

    def _counts(self, texts: list[str]) -> csr_matrix:
        names, ends = self._names(texts)
        places = np.searchsorted(self.known, names)
        places[places == len(self.known)] = 0
        is_known = self.known[places] == names
        text_of = np.repeat(np.arange(len(texts)), np.diff(ends))[is_known]
        found, counts = np.unique(text_of * len(self.known) + places[is_known], return_counts=True)
        text_of, columns = np.divmod(found, max(1, len(self.known)))
        ends = np.searchsorted(text_of, np.arange(len(texts) + 1)).astype(np.int32)
        shape = (len(texts), len(self.known))
        return csr_matrix((counts.astype(np.float32), columns.astype(np.int32), ends), shape=shape)

    def _names(self, texts: list[str]) -> tuple[Any, Any]:
        """The features of all texts, one after the other, and where each text's begin and end."""
        names = [list(self._of(normalised(text).split())) for text in texts]
        ends = np.cumsum([0, *map(len, names)])
        return np.fromiter(chain.from_iterable(names), dtype=np.uint32, count=ends[-1]), ends

    def _of(self, words: list[str]) -> Iterator[int]:
        for word in words:
            yield from _word_features(word, *self._pieces)
        yield from (crc32(f"{one} {two}".encode()) for one, two in pairwise(words))

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        counts.data = (np.log(counts.data) + 1.0) * self.rarity[counts.indices]
        sizes = np.diff(counts.indptr)
        row_of = np.repeat(np.arange(len(sizes)), sizes)
        lengths = np.sqrt(np.bincount(row_of, counts.data**2, len(sizes)))
        lengths[lengths == 0.0] = 1.0
        counts.data /= lengths[row_of].astype(np.float32)
        return counts


@lru_cache(maxsize=2**9)
def normalised(text: str) -> str:
    """Composed, in lower and Latin letters, words alone, numbers all alike; signs stay when there is nothing else."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    plain = hindi.romanised(composed)
    words = NO_LETTERS.sub(" ", NUMBER.sub("__number__", plain)).strip()
    return words or plain.strip()


@lru_cache(maxsize=2**13)
def _word_features(word: str, shortest: int, longest: int) -> array[int]:
    """Of a word: itself, its sound, and the pieces of that with their edges."""
    sound = hindi.sounded(word)
    names = [word, f"~{sound}", *_pieces(f" {sound} ", shortest, longest)]
    return array("I", [crc32(name.encode()) for name in names])


def _pieces(padded: str, shortest: int, longest: int) -> Iterator[str]:
    """Pieces of one word with its edges; a sign sets them apart from whole words."""
    for length in range(shortest, min(longest, len(padded)) + 1):
        for start in range(len(padded) - length + 1):
            yield f"#{padded[start : start + length]}"
