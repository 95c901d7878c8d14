"""Which of a product's facts a question is about, whatever language either is in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rapport.customers import naming

Vocabulary = Mapping[str, Sequence[str]]
"""Kind of fact (size, colour …) to the words that speak of it, folded; "wasserdicht*" is a beginning."""
EVERYTHING = "everything"
"""The kind that asks for all there is to tell."""


def kinds(text: str, vocabulary: Vocabulary) -> set[str]:
    """The kinds of fact that a text speaks of."""
    said = naming.words(text.replace("_", " "))
    return {
        kind
        for kind, entries in vocabulary.items()
        if any(_speaks(word, entry) for entry in entries for word in said)
    }


def asked(question: str, facts: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts a question asks for: by their names, by their kind, by what they say; all for "tell me more"."""
    wanted = kinds(question, vocabulary)
    said = set(naming.words(question))
    found = {k: v for k, v in facts.items() if _is_named(k, said) or kinds(k, vocabulary) & wanted}
    if not found and EVERYTHING in wanted:
        return dict(facts)
    return found or {k: v for k, v in facts.items() if _telling(shown(v)) & said}


def of_kind(kind: str, facts: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """The facts of one kind."""
    return {key: value for key, value in facts.items() if kind in kinds(key, vocabulary)}


def shown(value: Any) -> str:
    """A value as it is read: a list with commas, a table as pairs."""
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(inner)}" for key, inner in value.items())
    return str(value)


def words_of(vocabulary: Vocabulary, said: Sequence[str]) -> set[str]:
    """Those of the words that speak of some kind of fact."""
    entries = [entry for kind in vocabulary.values() for entry in kind]
    return {word for word in said if any(_speaks(word, entry) for entry in entries)}


def is_spelt(vocabulary: Vocabulary, word: str) -> bool:
    """Whether a word is, letter by letter, one that speaks of some kind of fact."""
    entries = [entry for kind in vocabulary.values() for entry in kind]
    return any(
        word.startswith(entry[:-1]) if entry.endswith("*") else word == entry for entry in entries
    )


def _speaks(word: str, entry: str) -> bool:
    return word.startswith(entry[:-1]) if entry.endswith("*") else naming.is_same(entry, word)


def _is_named(key: str, said: set[str]) -> bool:
    telling = _telling(key.replace("_", " "))
    return bool(telling) and all(any(naming.is_same(w, heard) for heard in said) for w in telling)


def _telling(text: str) -> set[str]:
    return {word for word in naming.words(text) if len(word) > 2 and word not in naming.FILLERS}
