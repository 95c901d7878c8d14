"""What part each word of a message plays (no, send, message, order …), the same in every language.

"Don't send me offers" and "jangan kirimi saya promo" are the same sequence of senses, so that what is learnt
from one language serves the others, and a word nobody listed ("no carburettor please") is known to be foreign.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, groupby
from typing import Any

from rapport.understanding.guard_text import normalised

SKIP, FOREIGN = "skip", "?"
REACH = 5
"""How many senses further on a pair may end: "do not ... ever again in your life send"."""

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
    """The lexicons of all languages; immutable."""

    def __init__(self, lexicons: dict[str, dict[str, str]]) -> None:
        self._whole: dict[str, Entry] = {}
        self._opening: dict[str, Entry] = {}
        for language, lexicon in lexicons.items():
            for phrase, sense in lexicon.items():
                table = self._opening if phrase.endswith("*") else self._whole
                table.setdefault(phrase.rstrip("*"), {})[language] = sense
        self._nearly = dict(self._one_letter_less())

    def sequence(self, plain: str) -> list[str]:
        """The senses of a normalised message in their order, without courtesies and repetitions."""
        found = list(self._found(plain.split()))
        votes = Counter(language for entry in found for language in entry)
        ranked = [language for language, _ in votes.most_common()]
        told = [next((entry[own] for own in ranked if own in entry), FOREIGN) for entry in found]
        return [sense for sense, _ in groupby(told) if sense != SKIP]

    def traits(self, plain: str) -> list[str]:
        """What the classifier counts: single senses, neighbours, and pairs further apart."""
        said = ["<", *self.sequence(plain), ">"]
        near = [" ".join(said[at : at + size]) for size in (1, 2, 3) for at in range(len(said))]
        pairs = combinations(range(len(said)), 2)
        return near + [f"{said[a]}.{said[b]}" for a, b in pairs if 1 < b - a <= REACH]

    def _found(self, words: list[str]) -> Iterator[Entry]:
        at = 0
        while at < len(words):
            size = next((n for n in (4, 3, 2) if " ".join(words[at : at + n]) in self._whole), 1)
            yield self._entry(" ".join(words[at : at + size]))
            at += size

    def _entry(self, phrase: str) -> Entry:
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


_SHORTEST_OPENING = 3
_SHORTEST_SLIP = 6
_MARK = re.compile(r"\W")


def _cuts(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(1, len(word))]
