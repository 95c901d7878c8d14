"""The project's own spaCy pipeline: a tokenizer for all our scripts and a ruler over the phrases of the training data.

Built by `rasa train`, kept in the model under a name with version and hash, loaded by path.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from rapport.understanding.lexicon import fold

VERSION = "1.0"
KEY = "ruler"
MOST_WORDS = 200_000
"""Every new word stays in spaCy's vocabulary; beyond so many, some 40 MB, it starts afresh."""
HEAVY = ("tensorflow", "torch", "mxnet")
UMLAUTS = frozenset("äöü")
UMLAUT = re.compile("([äöü])")
NO_PHRASE = set("\\[](){}?*+|^$.")


class Named(NamedTuple):
    """A phrase in a text and what it names."""

    label: str
    start: int
    end: int


@contextmanager
def _absent(names: Sequence[str]) -> Iterator[None]:
    """spaCy's thinc imports every framework it finds, for nothing: seconds and hundreds of megabytes.

    Its other imports warn of one another.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _absent(HEAVY):
    import spacy
    from spacy.attrs import NORM
    from spacy.lang.xx import MultiLanguage
    from spacy.util import filter_spans


def same(words: str) -> str:
    """What words have in common that are the same: no case, no accents, single spaces. Umlauts stay: "löst" is not "lost"."""
    composed = unicodedata.normalize("NFC", words.lower())
    kept = "".join(
        piece if piece in UMLAUTS else fold(piece).plain for piece in UMLAUT.split(composed)
    )
    return " ".join(kept.split())


class Spoken(MultiLanguage):
    """All our languages at once; words are compared without case, accents and nukta."""

    lang = "rapport"

    class Defaults(MultiLanguage.Defaults):
        """As for any language, but for what makes two words the same."""

        lex_attr_getters: ClassVar = {NORM: same}


spacy.registry.languages.register("rapport", func=Spoken)


class Phrasebook:
    """Finds the phrases of each label in a text, of overlapping ones the longest."""

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp
        self._kept = nlp.to_bytes()

    @classmethod
    def of(cls, phrases: Mapping[str, Sequence[str]]) -> Phrasebook:
        """A pipeline over phrases; one with signs of a regular expression has to match one whole word."""
        nlp = Spoken()
        nlp.meta.update(name="phrases", version=VERSION)
        config = {"phrase_matcher_attr": "NORM", "spans_filter": None, "validate": False}
        ruler = nlp.add_pipe("span_ruler", config={**config, "spans_key": KEY})
        ruler.add_patterns(
            [
                {"label": label, "pattern": _pattern(each)}
                for label, own in phrases.items()
                for each in own
            ]
        )
        return cls(nlp)

    @classmethod
    def load(cls, folder: Path) -> Phrasebook:
        """The pipeline that was saved below `folder`."""
        [path] = folder.glob("rapport_phrases-*")
        return cls(spacy.load(path))

    def save(self, folder: Path) -> Path:
        """Write the pipeline into a folder of its own below `folder`, named by version and hash."""
        patterns = self._nlp.get_pipe("span_ruler").patterns
        digest = hashlib.sha256(json.dumps(patterns, sort_keys=True).encode()).hexdigest()[:8]
        path = folder / f"rapport_phrases-{VERSION}-{digest}"
        self._nlp.to_disk(path)
        return path

    def find(self, text: str) -> list[Named]:
        """What is named in `text`, in its order."""
        doc = self._nlp(text)
        by_label: dict[str, list[Any]] = {}
        for span in doc.spans[KEY]:
            by_label.setdefault(span.label_, []).append(span)
        found = [
            Named(label, span.start_char, span.end_char)
            for label, spans in by_label.items()
            for span in filter_spans(spans)
        ]
        self._forget()
        return sorted(found, key=lambda named: (named.start, named.end))

    def _forget(self) -> None:
        if len(self._nlp.vocab) > MOST_WORDS:
            self._nlp = spacy.util.load_model_from_config(self._nlp.config).from_bytes(self._kept)


def _pattern(phrase: str) -> Any:
    if NO_PHRASE.isdisjoint(phrase):
        return phrase
    return [{"TEXT": {"REGEX": f"^(?:{phrase})$"}}]
