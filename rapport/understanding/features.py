"""Texts as numbers: how often each word, pair of words and piece of a word is in them, in hashed columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from rapport.understanding import hindi

COLUMNS = 2**17
"""What shares a column is confused; half or twice as many made no more than half a point of difference."""
LETTERS = r"\w\u0900-\u0963\u200c\u200d"
"""What words are made of. Python's `\\w` lacks the vowel signs without which a Hindi word falls apart."""
NO_LETTERS = re.compile(f"[^{LETTERS}]+")
NUMBER = re.compile(r"\b(?:[^\W\d_]{0,3}-?\d{2,}[^\W_]*|\d)\b")
"""Numbers, and what order numbers look like: up to three letters before, anything after."""


class Features:
    """Rows of length one: logarithmic counts times rarity, zero for what no learnt text had."""

    def __init__(self, pieces: tuple[int, int]) -> None:
        """`pieces`: the shortest and the longest piece of a word."""
        self._pieces = pieces
        self.rarity = np.zeros(COLUMNS, dtype=np.float32)

    def fit(self, texts: list[str]) -> csr_matrix:
        """Learn how rare each feature is; the rows of `texts`."""
        counts = self._counts(texts)
        found = np.bincount(counts.indices, minlength=COLUMNS)
        rarity = np.log((1.0 + len(texts)) / (1.0 + found)) + 1.0
        self.rarity = np.where(found, rarity, 0.0).astype(np.float32)
        return self._weighted(counts)

    def rows(self, texts: list[str]) -> csr_matrix:
        """A row for each text."""
        return self._weighted(self._counts(texts))

    def _counts(self, texts: list[str]) -> csr_matrix:
        columns = [list(self._columns(normalised(text).split())) for text in texts]
        ends = np.cumsum([0, *map(len, columns)])
        places = np.fromiter(chain.from_iterable(columns), dtype=np.int32, count=ends[-1])
        ones = np.ones(len(places), dtype=np.float32)
        counts = csr_matrix((ones, places, ends), shape=(len(texts), COLUMNS))
        counts.sum_duplicates()
        return counts

    def _columns(self, words: list[str]) -> Iterator[int]:
        for word in words:
            yield from _columns_of(word, *self._pieces)
        yield from (_column(f"{one} {two}") for one, two in pairwise(words))

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        counts.data = (np.log(counts.data) + 1.0) * self.rarity[counts.indices]
        sizes = np.diff(counts.indptr)
        row_of = np.repeat(np.arange(len(sizes)), sizes)
        lengths = np.sqrt(np.bincount(row_of, counts.data**2, len(sizes)))
        lengths[lengths == 0.0] = 1.0
        counts.data /= lengths[row_of].astype(np.float32)
        return counts


def normalised(text: str) -> str:
    """Composed, in lower and Latin letters, words alone, numbers all alike; signs stay when there is nothing else."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    plain = hindi.romanised(composed)
    words = NO_LETTERS.sub(" ", NUMBER.sub("__number__", plain)).strip()
    return words or plain.strip()


@lru_cache(maxsize=2**13)
def _columns_of(word: str, shortest: int, longest: int) -> Any:
    """The columns of a word: itself, its sound, and the pieces of that with their edges."""
    sound = hindi.sounded(word)
    names = [word, f"~{sound}", *_pieces(f" {sound} ", shortest, longest)]
    return np.array([_column(name) for name in names], dtype=np.int32).tolist()


def _pieces(padded: str, shortest: int, longest: int) -> Iterator[str]:
    """Pieces of one word with its edges; a sign sets them apart from whole words."""
    for length in range(shortest, min(longest, len(padded)) + 1):
        for start in range(len(padded) - length + 1):
            yield f"#{padded[start : start + length]}"


def _column(name: str) -> int:
    return crc32(name.encode()) % COLUMNS
