"""The words for kinds of facts, in every language: a customer's and a business's need not be the same."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from rapport.customers import naming
from rapport.dialogue import phrases
from rapport.understanding.language import SPOKEN

PREFIX = "words.fact."


@functools.lru_cache(maxsize=1)
def vocabulary() -> Mapping[str, tuple[str, ...]]:
    """Kind of fact to the words of all languages that speak of it."""
    kinds = [key for key in phrases.phrases(phrases.DEFAULT_LANGUAGE) if key.startswith(PREFIX)]
    return {
        key.removeprefix(PREFIX): tuple(
            _folded(entry) for language in SPOKEN for entry in phrases.phrase(key, language).split()
        )
        for key in kinds
    }


def _folded(entry: str) -> str:
    """As `naming.words` folds what is said; a star at the end stays."""
    return "".join(naming.words(entry)) + ("*" if entry.endswith("*") else "")
