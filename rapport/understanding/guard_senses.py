"""What part each word of a message plays (no, send, message, order …), the same in every language.

"Don't send me offers" and "jangan kirimi saya promo" are the same sequence of senses, so that what is learnt
from one language serves the others, and a word nobody listed ("no carburettor please") is known to be foreign.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from rapport.understanding.guard_text import is_question, normalised

SKIP, FOREIGN = "skip", "?"
ENDS = (">", ">?")

Entry = dict[str, str]
"""Language to sense."""


def senses_in(content: dict[str, Any]) -> dict[str, str]:
    """Phrase to sense of one language's `senses`; a word that ends in * stands for all it begins."""
    return {
        normalised(phrase) + "*" * phrase.strip().endswith("*"): sense
        for sense, phrases in reversed(list((content.get("senses") or {}).items()))
        for phrase in phrases.split(",")
    }


class Senses:
    """The lexicons of all languages; what is found in them never changes."""

    def __init__(self, lexicons: dict[str, dict[str, str]]) -> None:
        self._whole: dict[str, Entry] = {}
        self._opening: dict[str, Entry] = {}
        for language, lexicon in lexicons.items():
            for phrase, sense in lexicon.items():
                table = self._opening if phrase.endswith("*") else self._whole
                table.setdefault(phrase.rstrip("*"), {})[language] = sense
        self._words = {
            language: frozenset(" ".join(lexicon).replace("*", "").split())
            for language, lexicon in lexicons.items()
        }
        self._nearly = dict(self._one_letter_less())
        self._entry = functools.lru_cache(_REMEMBERED)(self._looked_up)
        self._apart = functools.lru_cache(_REMEMBERED)(self._taken_apart)

    def spaced(self, plain: str) -> str:
        """`plain` with words run together ("pleasestoptexting") taken apart where one language knows all of them."""
        return " ".join(self._apart(word) for word in plain.split())

    def sequence(self, plain: str, *, asks: bool) -> list[str]:
        """The senses of a normalised message in their order between two ends, without courtesies and repetitions.

        The last end tells whether the message `asks` something.
        """
        found = list(self._found(plain.split()))
        votes = Counter(language for entry in found for language in entry)
        ranked = [language for language, _ in votes.most_common()]
        told = [next((entry[own] for own in ranked if own in entry), FOREIGN) for entry in found]
        return ["<", *(sense for sense, _ in groupby(told) if sense != SKIP), ENDS[asks]]

    def _taken_apart(self, word: str) -> str:
        if len(word) < _SHORTEST_RUN or self._entry(word):
            return word
        told = (_parts(word, own) for own in self._words.values())
        return next((" ".join(parts) for parts in told if self._tells(parts)), word)

    def _tells(self, parts: list[str]) -> bool:
        senses = {sense for part in parts if len(part) > 2 for sense in self._entry(part).values()}
        return len(parts) >= _FEWEST_PARTS and bool(senses & _TELLING)

    def _found(self, words: list[str]) -> Iterator[Entry]:
        at = 0
        while at < len(words):
            size = next((n for n in (4, 3, 2) if " ".join(words[at : at + n]) in self._whole), 1)
            yield self._entry(" ".join(words[at : at + size]))
            at += size

    def _looked_up(self, phrase: str) -> Entry:
        if phrase in self._whole:
            return self._whole[phrase]
        if phrase.isdigit():
            return {"": SKIP}
        for end in range(len(phrase), _SHORTEST_OPENING - 1, -1):
            if phrase[:end] in self._opening:
                return self._opening[phrase[:end]]
        return self._slip(phrase)

    def _slip(self, word: str) -> Entry:
        if len(word) < _SHORTEST_SLIP:
            return {}
        cuts = [word, *_cuts(word)]
        return next((self._nearly[cut] for cut in cuts if cut in self._nearly), {})

    def _one_letter_less(self) -> Iterator[tuple[str, Entry]]:
        for word, entry in [*self._opening.items(), *self._whole.items()]:
            if len(word) >= _SHORTEST_SLIP and " " not in word:
                for cut in _cuts(word):
                    yield cut, entry
        yield from ((word, entry) for word, entry in self._whole.items())


def sequences(senses: Senses, texts: Iterable[str], plain: Iterable[str]) -> list[list[str]]:
    """The senses of each message, told from what was typed and its normalised form."""
    told = zip(texts, plain, strict=True)
    return [senses.sequence(words, asks=is_question(text)) for text, words in told]


_REMEMBERED = 20_000
"""Of how many words the part they play is kept in memory."""
_SHORTEST_OPENING = 3
_SHORTEST_SLIP = 6
_SHORTEST_RUN = 9
_FEWEST_PARTS = 3
_TELLING = frozenset({"msg", "ad", "write", "send", "unsub", "alone"})


def _cuts(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]


def _parts(word: str, known: frozenset[str]) -> list[str]:
    """`word` as the fewest `known` words, or []; doubled letters are single here, so one letter may serve two words."""
    ways: dict[int, list[str]] = {0: []}
    for end in range(2, len(word) + 1):
        starts = (start for start in range(end - 1) if word[start:end] in known)
        told = [(ways.get(start) or ways.get(start + 1 if start else 0), start) for start in starts]
        found = [[*parts, word[start:end]] for parts, start in told if parts is not None]
        if found:
            ways[end] = min(found, key=len)
    return ways.get(len(word), [])
