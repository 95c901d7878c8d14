"""A network with one hidden layer over features and meaning; it sees what several words say together.

Plain NumPy, since only the rows of features that a batch holds may be touched: 150,000 columns times
256 units would otherwise be rewritten at each step. The features' weights are learnt by AdaGrad (Duchi
2011), a rate per feature; the others by Adam (Kingma and Ba 2015). Half of the features and three tenths of the
hidden units are left out at random while learning (Srivastava 2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

UNITS = 256
EPOCHS = 6
STEPS = 800
"""At least so many, which makes more epochs of small sets."""
BATCHES, SMALLEST, LARGEST = 80, 32, 256
"""A set is cut in so many batches, unless they become smaller or larger than these."""
RATE, RARE_RATE = 6e-3, 0.1
"""At the beginning; they fall to nothing in a straight line."""
FEATURES_OUT, UNITS_OUT = 0.5, 0.3
SPREAD, DEEP_SPREAD = 0.1, 3.0
"""Of the first weights: of features, and of a whole meaning."""
F = np.float32


@dataclass
class Network:
    """The weights beside those of the features: of meaning, what the units start from, their say in each label."""

    meaning: Any
    starts: Any
    says: Any
    offsets: Any

    def hidden(self, by_words: Any, vectors: Any) -> Any:
        """What the hidden units say, of features times their weights and of meanings."""
        return np.maximum(by_words + vectors @ self.meaning + self.starts, 0.0)

    def margins(self, by_words: Any, vectors: Any) -> Any:
        """A number for each label; shares come of them by `shares`."""
        return self.hidden(by_words, vectors) @ self.says + self.offsets


def fit(rows: csr_matrix, vectors: Any, right: Any) -> tuple[Any, Network]:
    """The features' weights and the rest of a network taught which label's number, from 0 on, each row has."""
    lesson = _Lesson(rows, vectors, right)
    return lesson.words, lesson.network


class _Lesson:
    def __init__(self, rows: csr_matrix, vectors: Any, right: Any) -> None:
        self._chance = np.random.default_rng(0)
        labels = int(right.max()) + 1
        self.words = self._chance.standard_normal((rows.shape[1], UNITS), dtype=F) * F(SPREAD)
        self.network = Network(
            meaning=self._spread(vectors.shape[1]),
            starts=np.zeros(UNITS, F),
            says=np.zeros((UNITS, labels), F),
            offsets=np.zeros(labels, F),
        )
        self._seen = np.full(rows.shape[1], 1e-8, F)
        self._adam = _Adam(list(vars(self.network).values()))
        size = int(np.clip(len(right) // BATCHES, SMALLEST, LARGEST))
        batches = -(-len(right) // size)
        epochs = max(EPOCHS, -(-STEPS // batches))
        steps = iter(np.linspace(1.0, 0.0, epochs * batches, endpoint=False))
        for _ in range(epochs):
            for batch in self._shuffled(rows, vectors, right, size):
                self._step(*batch, next(steps))

    def _spread(self, width: int) -> Any:
        return self._chance.standard_normal((width, UNITS), dtype=F) * F(
            DEEP_SPREAD / np.sqrt(width)
        )

    def _shuffled(
        self, rows: csr_matrix, vectors: Any, right: Any, size: int
    ) -> Iterator[tuple[Any, csr_matrix, Any, Any]]:
        """Batches of an epoch: the columns that occur, the features left in over these, meanings, labels."""
        order = self._chance.permutation(len(right))
        mixed = rows[order]
        kept = self._chance.random(mixed.nnz, dtype=F) > FEATURES_OUT
        ends = np.concatenate([[0], np.cumsum(kept)])[mixed.indptr]
        columns, values = mixed.indices[kept], mixed.data[kept] / F(1.0 - FEATURES_OUT)
        for start in range(0, len(order), size):
            bounds = ends[start : start + size + 1]
            part = slice(bounds[0], bounds[-1])
            present, places = np.unique(columns[part], return_inverse=True)
            shape = (len(bounds) - 1, len(present))
            features = csr_matrix((values[part], places, bounds - bounds[0]), shape=shape)
            own = order[start : start + size]
            yield present, features, vectors[own], right[own]

    def _step(
        self, present: Any, features: csr_matrix, vectors: Any, right: Any, rest: float
    ) -> None:
        network, size = self.network, len(right)
        weights = self.words[present]
        hidden = network.hidden(features @ weights, vectors)
        left_in = (self._chance.random(hidden.shape, dtype=F) > UNITS_OUT) / F(1.0 - UNITS_OUT)
        said = hidden * left_in
        blame = _shares(said @ network.says + network.offsets)
        blame[np.arange(size), right] -= 1.0
        blame /= F(size)
        slope = (blame @ network.says.T) * left_in * (hidden > 0.0)
        self._learn_words(present, weights, features.T @ slope, rest)
        slopes = [vectors.T @ slope, slope.sum(axis=0), said.T @ blame, blame.sum(axis=0)]
        self._adam.step(slopes, RATE * rest)

    def _learn_words(self, present: Any, weights: Any, slope: Any, rest: float) -> None:
        self._seen[present] += np.einsum("ij,ij->i", slope, slope) / UNITS
        rates = (RARE_RATE * rest / np.sqrt(self._seen[present])).astype(F)
        self.words[present] = weights - rates[:, None] * slope


class _Adam:
    def __init__(self, weights: list[Any]) -> None:
        self._weights, self._steps = weights, 0
        self._mean = [np.zeros_like(each) for each in weights]
        self._square = [np.zeros_like(each) for each in weights]

    def step(self, slopes: list[Any], rate: float) -> None:
        self._steps += 1
        even = F(rate * np.sqrt(1.0 - 0.999**self._steps) / (1.0 - 0.9**self._steps))
        for place, slope in enumerate(slopes):
            mean, square = self._mean[place], self._square[place]
            mean += F(0.1) * (slope - mean)
            square += F(0.001) * (slope * slope - square)
            self._weights[place] -= even * mean / (np.sqrt(square) + F(1e-8))


def _shares(margins: Any) -> Any:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
