"""Three judges of one text: words alone, words and meaning, and both through a hidden layer.

Alone each is beaten by the three together, which err on different texts (docs/understanding.md). How far
each is to be believed is learnt on texts kept from learning. What the words alone make
almost certain is not asked of the others: the meaning takes longer than all the rest.
"""

from __future__ import annotations

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits

from rapport.understanding import meaning, network
from rapport.understanding.calibration import is_small, shares, sharpest, trusted, unseen_parts
from rapport.understanding.features import MANY, NUMBER, Features, normalised
from rapport.understanding.linear import machine
from rapport.understanding.network import Network

AXES = 96
"""Of the 512 numbers of a meaning the linear judge sees these combinations, which hold most of what differs."""
SURE = 0.95
"""From this chance on the words alone decide; on own lines the three together are right as often there.

Learnt on fewer than `features.MANY` texts they never do: there a message is full of words that no line had
(docs/understanding.md).
"""

SHAKEN = 0.5
"""Of the margins of a text without one known word: its pieces are like many a word, and certain of nothing."""


@dataclass
class Packed:
    """Weights of features in a byte each, with a scale for each feature and block: a quarter of the memory."""

    numbers: Any
    scales: Any
    widths: Any

    @classmethod
    def of(cls, blocks: list[Any]) -> Packed:
        """`blocks` of columns side by side, a row per feature."""
        widths = np.array([block.shape[1] for block in blocks])
        scales = np.stack([np.abs(block).max(axis=1) / 127.0 for block in blocks], axis=1)
        steps = np.repeat(np.maximum(scales, 1e-9), widths, axis=1)
        return cls(np.rint(np.hstack(blocks) / steps).astype(np.int8), scales, widths)

    def times(self, rows: csr_matrix) -> Any:
        """Features times weights, a row per text."""
        found = np.zeros((rows.shape[0], self.numbers.shape[1]), dtype=np.float32)
        for place, (start, end) in enumerate(pairwise(rows.indptr)):
            own = rows.indices[start:end]
            values = self.scales[own] * rows.data[start:end, None]
            found[place] = np.einsum(
                "ij,ij->j", self.numbers[own], np.repeat(values, self.widths, axis=1)
            )
        return found


@dataclass
class Judges:
    """`words`: the features' weights for each label and linear judge, then for each hidden unit.

    `meaning` belongs to the second linear judge, `offsets` to both.
    """

    words: Packed
    meaning: Any
    offsets: Any
    network: Network

    def alone(self, by_words: Any) -> Any:
        """The margins by words alone, of features times `words`."""
        labels = self.offsets.shape[1]
        return by_words[:, :labels] + self.offsets[0]

    def margins(self, by_words: Any, vectors: Any) -> list[Any]:
        """The margins of all three."""
        labels = self.offsets.shape[1]
        both = by_words[:, labels : 2 * labels] + vectors @ self.meaning + self.offsets[1]
        return [
            self.alone(by_words),
            both,
            self.network.margins(by_words[:, 2 * labels :], vectors),
        ]


class Committee:
    """Texts in, a chance for every label out."""

    def __init__(self, pieces: tuple[int, int], penalty: float, meaning_weight: float) -> None:
        """`pieces`: of a word, the shortest and the longest; `meaning_weight`: beside words, for the linear judge."""
        self._features = Features(pieces)
        self._penalty, self._meaning_weight = penalty, meaning_weight
        self.labels: list[str] = []
        self._known: frozenset[str] = frozenset()
        self._has_many = False

    def fit(self, texts: list[str], labels: list[str]) -> None:
        """Learn from texts and their labels, then how far to believe each judge."""
        rows, vectors = self._features.fit(texts), meaning.many(_plain(texts))
        self._known = frozenset(word for text in texts for word in normalised(text).split())
        self._has_many = len(texts) >= MANY
        names, right = np.unique(labels, return_inverse=True)
        self.labels = [str(name) for name in names]
        found, asked = [], []
        for learnt, unseen in unseen_parts(right):
            judges = self._taught(rows[learnt], vectors[learnt], right[learnt])
            found.append(judges.margins(judges.words.times(rows[unseen]), vectors[unseen]))
            asked.append(right[unseen])
        if is_small(right):
            judges = self._taught(rows, vectors, right)
        told = np.concatenate(asked)
        margins = [np.vstack(each) for each in zip(*found, strict=True)]
        self._alone, self._trust = sharpest(margins[0], told), trusted(margins, told)
        self._judges = judges

    def chances(self, texts: list[str]) -> list[dict[str, float]]:
        """For each text every label with its chance; all are equal when nothing of a text is known."""
        if not texts:
            return []
        rows = self._features.rows(texts)
        by_words = self._judges.words.times(rows)
        alone = self._alone * self._judges.alone(by_words)
        has_features = np.diff(rows.indptr) > 0
        alone[~has_features] = 0.0
        is_known = np.array([self._knows_a_word(text) for text in texts])
        alone[~is_known] *= SHAKEN
        found = shares(alone)
        is_unsure = is_known & (found.max(axis=1) < SURE) if self._has_many else has_features
        unsure = np.flatnonzero(is_unsure)
        if len(unsure):
            vectors = meaning.vectors(_plain([texts[place] for place in unsure]))
            margins = self._judges.margins(by_words[unsure], vectors)
            found[unsure] = shares(sum(map(np.multiply, self._trust, margins)))
        return [dict(zip(self.labels, map(float, row), strict=True)) for row in found]

    def save(self, folder: Path, name: str) -> None:
        """Plain arrays and JSON: nothing to unpickle."""
        judges = self._judges
        np.savez(
            folder / f"{name}.npz",
            labels=np.array(self.labels),
            known_features=self._features.known,
            rarity=self._features.rarity.astype(np.float16),
            trust=np.array([self._alone, *self._trust]),
            has_many=np.array(self._has_many),
            **{f"words_{key}": value for key, value in vars(judges.words).items()},
            meaning=judges.meaning,
            offsets=judges.offsets,
            **{f"network_{key}": value for key, value in vars(judges.network).items()},
        )
        known = json.dumps(sorted(self._known), ensure_ascii=False)
        (folder / f"{name}.json").write_text(known, encoding="utf-8")

    def load(self, folder: Path, name: str) -> Committee:
        """This model as it was saved; on one thread from now on, which several only keep waiting over one message."""
        threadpool_limits(1)
        known = (folder / f"{name}.json").read_text(encoding="utf-8")
        self._known = frozenset(json.loads(known))
        with np.load(folder / f"{name}.npz") as arrays:
            self.labels = [str(label) for label in arrays["labels"]]
            self._features.known = arrays["known_features"]
            self._features.rarity = arrays["rarity"].astype(np.float32)
            self._alone, *self._trust = map(float, arrays["trust"])
            self._has_many = bool(arrays["has_many"])
            self._judges = Judges(
                words=Packed(*(arrays[f"words_{key}"] for key in Packed.__annotations__)),
                meaning=arrays["meaning"],
                offsets=arrays["offsets"],
                network=Network(*(arrays[f"network_{key}"] for key in Network.__annotations__)),
            )
        return self

    def _knows_a_word(self, text: str) -> bool:
        """Without one known word a meaning is a guess: letters knocked together mean something too."""
        return any(word in self._known for word in normalised(text).split())

    def _taught(self, rows: csr_matrix, vectors: Any, right: Any) -> Judges:
        """Judges that have learnt the labels' numbers `right`; on two cores side by side.

        Each in one thread of a process of its own: threads add up in another order each time, and two machines
        of scikit-learn's share one source of chance, so that no two trainings would be alike.
        """
        copying = multiprocessing.get_context("fork")
        with threadpool_limits(1), ProcessPoolExecutor(1, mp_context=copying) as beside:
            axes = self._meaning_weight * _main_axes(vectors)
            joined = csr_matrix(hstack([rows, csr_matrix(vectors @ axes)]))
            both = beside.submit(machine, joined, right, self._penalty)
            alone = machine(rows, right, self._penalty)
            words, layers = network.fit(rows, vectors, right)
            weights, offsets = both.result()
        return Judges(
            words=Packed.of([alone[0], weights[: rows.shape[1]], words]),
            meaning=axes @ weights[rows.shape[1] :],
            offsets=np.vstack([alone[1], offsets]),
            network=layers,
        )


def _plain(texts: list[str]) -> list[str]:
    """What the meaning is computed of: every number reads alike."""
    return [NUMBER.sub("1", text) for text in texts]


def _main_axes(vectors: Any) -> Any:
    """The combinations along which the vectors' squares are largest, as columns."""
    _, columns = np.linalg.eigh(vectors.T @ vectors)
    return columns[:, ::-1][:, :AXES].astype(np.float32)
