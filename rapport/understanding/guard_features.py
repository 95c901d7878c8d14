"""What the stop guard counts in a message, as numbers: pieces of words, words, and senses with their neighbours.

Names are hashed, so that no vocabulary has to be kept; numpy alone does it, for one message and for a hundred thousand.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

BLOCK_BITS = 18
BLOCKS = 3
"""Letters, words, senses: the buckets of each begin at a multiple of 2**18; senses need a quarter of theirs."""
BUCKETS = 2 * 2**BLOCK_BITS + 2**16

REACH = 5
"""How many senses further on a pair may end: "do not ... ever again in your life send"."""


@dataclass(frozen=True)
class Counts:
    """How often (`times`) each bucket was met in each message (`rows`), by message and bucket."""

    rows: Any
    buckets: Any
    times: Any
    messages: int


def counted(plain: Sequence[str], senses: Sequence[Sequence[str]]) -> Counts:
    """The counts of normalised messages and the sequences of their senses."""
    words = [text.split() for text in plain]
    row_of_word = np.repeat(np.arange(len(plain)), [len(said) for said in words])
    told = list(chain.from_iterable(words))
    found = [
        _keys(0, _letters(told, row_of_word)),
        _keys(1, _runs(_codes(told), row_of_word, 3)),
        _keys(2, _traits(senses)),
    ]
    keys, times = np.unique(np.concatenate(found), return_counts=True)
    return Counts(keys // BUCKETS, keys % BUCKETS, times, len(plain))


def weighed(counts: Counts, rarity: Any) -> Any:
    """A number for each count: logarithmic, times the `rarity` of its bucket, each block of a message of length one."""
    values = (np.log(counts.times) + 1.0) * rarity[counts.buckets]
    part = counts.rows * BLOCKS + (counts.buckets >> BLOCK_BITS)
    lengths = np.sqrt(np.bincount(part, values**2, counts.messages * BLOCKS))
    return values / np.maximum(lengths, 1e-9)[part]


def margins_of(counts: Counts, rarity: Any, weights: Any, offsets: Any) -> Any:
    """What each machine (a column of `weights`) makes of each message (a row)."""
    told = weights[counts.buckets] * weighed(counts, rarity).astype(np.float32)[:, None]
    begins = np.flatnonzero(np.diff(counts.rows, prepend=-1))  # no message is without its ends
    return np.add.reduceat(told, begins, axis=0) + offsets


_PRIME = np.uint64(1_099_511_628_211)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FAR = np.uint64(0xC2B2AE3D27D4EB4F)
_BITS = (BLOCK_BITS, BLOCK_BITS, 16)
_LONGEST_PIECE = 5

Found = Iterator[tuple[Any, Any]]
"""Pairs of arrays: which message, and the hash of what was met there."""


def _keys(block: int, found: Found) -> Any:
    """Message and bucket as one number each."""
    rows, hashes = (np.concatenate(side) for side in zip(*found, strict=True))
    buckets = (hashes * _SPREAD) >> np.uint64(64 - _BITS[block])
    return rows * BUCKETS + (buckets.astype(np.int64) + (block << BLOCK_BITS))


def _codes(names: Sequence[str]) -> Any:
    return np.array([zlib.crc32(name.encode()) for name in names], np.uint64)


def _runs(codes: Any, rows: Any, most: int) -> Found:
    """Every run of one to `most` codes within a row."""
    run = codes
    for size in range(1, most + 1):
        if size > 1:
            run = run[: len(codes) - size + 1] * _PRIME + codes[size - 1 :]
        yield _within(rows[: len(run)], rows[size - 1 :], run)


def _letters(words: Sequence[str], row_of_word: Any) -> Found:
    """Pieces of two to five letters of words with a blank at each side."""
    text = "".join([f" {word} " for word in words])
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    word_of_code = np.repeat(np.arange(len(words)), [len(word) + 2 for word in words])
    for size, (places, pieces) in enumerate(_runs(codes, word_of_code, _LONGEST_PIECE), start=1):
        if size > 1:
            yield row_of_word[places], pieces


def _traits(senses: Sequence[Sequence[str]]) -> Found:
    """Single senses, neighbours, and pairs further apart."""
    rows = np.repeat(np.arange(len(senses)), [len(said) for said in senses])
    codes = _codes(list(chain.from_iterable(senses)))
    yield from _runs(codes, rows, 3)
    for gap in range(2, REACH + 1):
        yield _within(rows[:-gap], rows[gap:], codes[:-gap] * _FAR + codes[gap:])


def _within(opens: Any, ends: Any, hashes: Any) -> tuple[Any, Any]:
    is_within = opens == ends
    return opens[is_within], hashes[is_within]
