"""What confidences mean, learnt on texts that were kept from learning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

FOLDS = 3
"""Small sets are cut in so many parts, and each is judged by what was learnt from the others."""
FEW = 4000
"""Below so many texts a set is small; above, a twentieth of it says enough."""
KEPT = 20


def unseen_parts(right: Any) -> Iterator[tuple[Any, Any]]:
    """What to learn from and what to ask about: all of a small set by turns, a part of a large one.

    `right` has a label's number for each text; the first text of a label is always learnt from.
    """
    order = np.random.default_rng(0).permutation(len(right))
    rank = np.zeros(len(right), dtype=np.int64)
    for label in np.unique(right):
        own = order[right[order] == label]
        rank[own] = np.arange(len(own))
    parts = FOLDS if is_small(right) else KEPT
    for part in range(FOLDS if is_small(right) else 1):
        is_asked = (rank % parts == part) & (rank > 0)
        yield np.flatnonzero(~is_asked), np.flatnonzero(is_asked)


def is_small(right: Any) -> bool:
    """Whether every text has its turn in `unseen_parts`."""
    return len(right) < FEW


def shares(margins: Any) -> Any:
    """Each label's share of a text, a row per text."""
    powers = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def trusted(judges: list[Any], right: Any) -> Any:
    """The factors of several judges' margins under whose sum the right labels are likeliest (Hinton 2002)."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # training alone needs it

    if not len(right):
        return np.ones(len(judges))
    rows = np.arange(len(right))

    def surprise(factors: Any) -> tuple[float, Any]:
        found = shares(sum(each * margins for each, margins in zip(factors, judges, strict=True)))
        chance = found[rows, right]
        found[rows, right] -= 1.0
        slope = [float((found * margins).sum()) / len(right) for margins in judges]
        return float(-np.log(chance + 1e-12).mean()), np.array(slope)

    bounds = [(0.0, 30.0)] * len(judges)
    return minimize(surprise, np.ones(len(judges)), jac=True, bounds=bounds).x


def sharpest(margins: Any, right: Any) -> float:
    """The one factor for one judge."""
    return float(trusted([margins], right)[0])
