"""A linear classifier over words and pieces of words with honest confidences; it tells languages apart.

On this project's data it trains about thirty times faster than logistic regression on the same
features and understands unseen messages somewhat better; the confidences are calibrated on
messages the machine had not seen, so that a threshold means something.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from rapport.understanding.calibration import is_small, shares, sharpest, unseen_parts
from rapport.understanding.features import Features


class LinearModel:
    """Features in, a chance for every label out."""

    def __init__(self, pieces: tuple[int, int], penalty: float, *, is_even: bool = False) -> None:
        """`pieces`: the shortest and the longest; `is_even`: a rare label weighs as much as a frequent one."""
        self._features, self._penalty, self._is_even = Features(pieces), penalty, is_even
        self.labels: list[str] = []
        self._coefficients = self._offsets = np.zeros(0)
        self._sharpness = 1.0

    def fit(self, texts: list[str], labels: list[str]) -> None:
        """Learn from texts and their labels, then what confidences mean."""
        rows = self._features.fit(texts)
        names, right = np.unique(labels, return_inverse=True)
        self.labels = [str(name) for name in names]
        judged, asked = [], []
        for learnt, unseen in unseen_parts(right):
            self._learn(rows[learnt], right[learnt])
            judged.append(rows[unseen] @ self._coefficients + self._offsets)
            asked.append(right[unseen])
        if is_small(right):
            self._learn(rows, right)
        self._sharpness = sharpest(np.vstack(judged), np.concatenate(asked))

    def _learn(self, rows: csr_matrix, right: Any) -> None:
        self._coefficients, self._offsets = machine(rows, right, self._penalty, self._is_even)

    def chances(self, texts: list[str]) -> list[dict[str, float]]:
        """For each text every label with its chance; all are equal when nothing of a text is known."""
        rows = self._features.rows(texts)
        margins = rows @ self._coefficients + self._offsets
        margins[np.diff(rows.indptr) == 0] = 0.0
        return [
            dict(zip(self.labels, map(float, row), strict=True))
            for row in shares(margins * self._sharpness)
        ]

    def save(self, folder: Path, name: str) -> None:
        """Plain arrays: nothing to unpickle."""
        np.savez(
            folder / f"{name}.npz",
            labels=np.array(self.labels),
            coefficients=self._coefficients.astype(np.float16),
            offsets=self._offsets,
            known_features=self._features.known,
            rarity=self._features.rarity.astype(np.float16),
            sharpness=np.array(self._sharpness),
        )

    def load(self, folder: Path, name: str) -> LinearModel:
        """This model as it was saved."""
        with np.load(folder / f"{name}.npz") as arrays:
            self.labels = [str(label) for label in arrays["labels"]]
            self._coefficients = arrays["coefficients"].astype(np.float32)
            self._offsets, self._sharpness = arrays["offsets"], float(arrays["sharpness"])
            self._features.known = arrays["known_features"]
            self._features.rarity = arrays["rarity"].astype(np.float32)
        return self


def machine(rows: csr_matrix, right: Any, penalty: float, is_even: bool = False) -> tuple[Any, Any]:
    """A linear support vector machine's coefficients, a column per label, and offsets.

    `right` has the label's number for each row; all numbers from 0 on occur.
    """
    from sklearn.svm import LinearSVC  # serving does without: thirty megabytes

    weight = "balanced" if is_even else None
    fitted = LinearSVC(C=penalty, class_weight=weight, tol=0.3, random_state=0).fit(rows, right)
    coefficients, offsets = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    if len(fitted.classes_) == 2:
        return np.hstack([-coefficients, coefficients]), np.hstack([-offsets, offsets])
    return coefficients, offsets
