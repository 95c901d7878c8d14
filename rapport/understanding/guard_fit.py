"""Fitting the stop guard: linear machines on hashed counts, and thresholds from unseen folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from rapport.understanding.guard_lines import Line
from rapport.understanding.guard_senses import Senses
from rapport.understanding.guard_text import features, normalised

LABELS = ("opt_out", "opt_in", "pause", "help")
PENALTY = 1.0
PATTERN_WEIGHT = 1.0
FOLDS = 2
ASK, ACT, SURE = 0.06, 0.028, 0.002
"""How many of the training lines that are no opt-out, judged unseen, may pass each threshold.

They are nearer to an opt-out than what customers write: they hold every look-alike.
"""

Arrays = dict[str, Any]


BLOCKS = ("letters", "words", "traits")


def fit(lines: Sequence[Line], senses: Senses) -> Arrays:
    """Weights, offsets, rarities, thresholds and calibration as plain arrays; deterministic."""
    plain = [normalised(line.text) for line in lines]
    counts = features(plain, [senses.traits(text) for text in plain])
    rarity = {
        name: _rarity(side, least=1 + (name == "letters"))
        for name, side in zip(BLOCKS, counts, strict=True)
    }
    sides = zip(counts, rarity.values(), strict=True)
    rows = hstack([unit(side, rare) for side, rare in sides]).tocsr()
    verdicts = np.array([line.verdict for line in lines])
    trust = np.array([PATTERN_WEIGHT if line.is_pattern else 1.0 for line in lines])
    machines = [_machine(rows, verdicts == label, trust) for label in LABELS]
    margins = _unseen(rows, verdicts == LABELS[0], trust, [line.family for line in lines])
    own = np.array([not line.is_pattern for line in lines])
    stops = verdicts == LABELS[0]
    return {
        **{name: values.astype(np.float16) for name, values in rarity.items()},
        "weights": np.vstack([machine.coef_ for machine in machines]).astype(np.float16),
        "offsets": np.array([machine.intercept_[0] for machine in machines], np.float32),
        "thresholds": np.quantile(margins[own & ~stops], [1 - ASK, 1 - ACT, 1 - SURE]),
        "calibration": _calibration(margins[own], stops[own]),
    }


def unit(counts: csr_matrix, rarity: Any) -> csr_matrix:
    """Logarithmic counts times rarity, each row of length one."""
    rows = counts.astype(np.float32)
    rows.data = (np.log(rows.data) + 1.0) * rarity[rows.indices]
    sizes = np.diff(rows.indptr)
    row_of = np.repeat(np.arange(len(sizes)), sizes)
    lengths = np.sqrt(np.bincount(row_of, rows.data**2, len(sizes)))
    rows.data /= np.maximum(lengths, 1e-9)[row_of].astype(np.float32)
    return rows


def _rarity(counts: csr_matrix, least: int) -> Any:
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1.0 + counts.shape[0]) / (1.0 + found)) + 1.0
    return np.where(found < least, 0.0, rarity).astype(np.float32)


def _machine(rows: csr_matrix, is_meant: Any, trust: Any) -> LinearSVC:
    machine = LinearSVC(C=PENALTY, tol=1e-2, random_state=0)
    return machine.fit(rows, is_meant, sample_weight=trust)


def _unseen(rows: csr_matrix, is_meant: Any, trust: Any, families: Sequence[str]) -> Any:
    """The margin of every line under a machine that saw none of its family."""
    _, groups = np.unique(families, return_inverse=True)
    margins = np.zeros(rows.shape[0])
    for learn, check in GroupKFold(FOLDS).split(rows, is_meant, groups):
        machine = _machine(rows[learn], is_meant[learn], trust[learn])
        margins[check] = machine.decision_function(rows[check])
    return margins


def _calibration(margins: Any, is_meant: Any) -> Any:
    curve = LogisticRegression(C=100.0).fit(margins.reshape(-1, 1), is_meant)
    return np.array([curve.coef_[0, 0], curve.intercept_[0]])
