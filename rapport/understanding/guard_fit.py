"""Fitting the stop guard: linear machines on hashed counts, and thresholds from unseen folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from rapport.understanding.guard_features import (
    BLOCK_BITS,
    BUCKETS,
    Counts,
    weighed,
)
from rapport.understanding.guard_lines import LABELS, Line
from rapport.understanding.guard_reader import Reader

PENALTY = 0.3
TOLERANCE = 0.1
PATTERN_WEIGHT, OWN_WEIGHT = 0.6, 3.0
"""A sentence somebody wrote counts as much as five told by a pattern."""

FOLDS = 2
ASK, ACT, SURE = 0.04, 0.009, 0.002
"""How many of the training lines that are no opt-out, judged unseen, may pass each threshold.

They are nearer to an opt-out than what customers write: they hold every look-alike.
"""

FEWEST_LINES_OF_A_PIECE = 2
"""In how many lines a piece of a word must stand to count."""

Arrays = dict[str, Any]


def fit(lines: Sequence[Line], reader: Reader) -> Arrays:
    """Weights, offsets, rarities, thresholds and calibration as plain arrays; deterministic."""
    texts = [line.text for line in lines]
    counts = reader.counts(texts, reader.plain(texts))
    found = np.bincount(counts.buckets, minlength=BUCKETS)
    rarity = _rarity(found, len(lines))
    place = _places(found)
    rows = _matrix(counts, rarity, place)
    machines = _machines(rows, lines)
    stops = np.array([line.verdict == LABELS[0] for line in lines])
    own = np.array([not line.is_pattern for line in lines])
    scores = _unseen(rows, lines)[own]
    return {
        "rarity": rarity.astype(np.float16),
        "weights": np.vstack([machine.coef_ for machine in machines])[:, place].astype(np.float16),
        "offsets": np.array([machine.intercept_[0] for machine in machines], np.float32),
        "thresholds": np.quantile(scores[~stops[own]], [1 - ASK, 1 - ACT, 1 - SURE]),
        "calibration": _calibration(scores, stops[own]),
    }


def _rarity(found: Any, messages: int) -> Any:
    rarity = np.log((1.0 + messages) / (1.0 + found)) + 1.0
    is_piece = np.arange(BUCKETS) >> BLOCK_BITS == 0
    return np.where(found < np.where(is_piece, FEWEST_LINES_OF_A_PIECE, 1), 0.0, rarity)


def _places(found: Any) -> Any:
    """The column of each bucket, those met most often side by side: a processor's cache then holds them."""
    place = np.empty(BUCKETS, np.int32)
    place[np.argsort(-found, kind="stable")] = np.arange(BUCKETS)
    return place


def _matrix(counts: Counts, rarity: Any, place: Any) -> csr_matrix:
    values = weighed(counts, rarity).astype(np.float32)
    kept = values > 0.0
    where = counts.rows[kept], place[counts.buckets[kept]]
    return csr_matrix((values[kept], where), (counts.messages, BUCKETS))


def _machines(
    rows: csr_matrix, lines: Sequence[Line], labels: Sequence[str] = LABELS
) -> list[LinearSVC]:
    """One for each of `labels`."""
    trust = np.where([line.is_pattern for line in lines], PATTERN_WEIGHT, OWN_WEIGHT)
    verdicts = np.array([line.verdict for line in lines])
    return [_machine(rows, verdicts == label, trust) for label in labels]


def _machine(rows: csr_matrix, is_meant: Any, trust: Any) -> LinearSVC:
    machine = LinearSVC(C=PENALTY, tol=TOLERANCE, random_state=0)
    return machine.fit(rows, is_meant, sample_weight=trust)


def _unseen(rows: csr_matrix, lines: Sequence[Line]) -> Any:
    """What a machine for opt-outs that saw none of its family makes of each line."""
    _, groups = np.unique([line.family for line in lines], return_inverse=True)
    margins = np.zeros(len(lines))
    for learn, check in GroupKFold(FOLDS).split(rows, groups=groups):
        seen = [lines[at] for at in learn]
        machine = _machines(rows[learn], seen, LABELS[:1])[0]
        margins[check] = machine.decision_function(rows[check])
    return margins


def _calibration(scores: Any, is_meant: Any) -> Any:
    curve = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), is_meant)
    return np.array([curve.coef_[0, 0], curve.intercept_[0]])
