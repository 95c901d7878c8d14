"""When a guess counts, decided without a look at the messages it is tested on.

Real traffic is full of messages that no training line foresaw, and the training lines of HINT3 hold
none. So a quarter of the intents is left out of training in turn, and their messages stand for the
foreign ones. Half of all messages are taken to be foreign (Arora et al. 2020 report 36 to 69 %).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import matthews_corrcoef

from rapport.understanding import meaning
from rapport.understanding.datasets import Dataset
from rapport.understanding.pipeline import OUTSIDE, Guess, Labelled

GROUPS = 4
HELD_OUT = 3
"""One message in so many of a known intent is kept from training to be guessed: those at one end of what
it means, since customers word it as no training line does. Of lines picked by turns too many are met again."""
STEPS = np.concatenate([np.linspace(0.0, 0.98, 99), np.linspace(0.982, 0.999, 18)])
Guesser = Callable[[Sequence[Labelled], Sequence[str]], list[Guess]]
"""Trains on messages and guesses at texts."""


@dataclass(frozen=True)
class Bar:
    """What a guess must be to count: so sure, or so unlikely to be foreign."""

    confidence: float = 0.0
    foreign: float = 1.0


WAYS = [[Bar(confidence=step) for step in STEPS], [Bar(foreign=1.0 - step) for step in STEPS]]


@dataclass(frozen=True)
class Trial:
    """A guess at a message of known intent; `weight` is its share in the traffic imagined."""

    right: str
    guess: Guess
    weight: float


def decided(guess: Guess, bar: Bar) -> str:
    """The guessed intent, or out of scope when the guess does not pass `bar`."""
    counts = guess.confidence >= bar.confidence and guess.foreign <= bar.foreign
    return guess.intent if counts else OUTSIDE


def chosen(data: Dataset, guesser: Guesser, guesses: Sequence[Guess] = ()) -> Bar:
    """The bar of the best Matthews correlation on messages that are not the test.

    `guesses` are those at `data.tuning` where the set brings such messages; they count as they are.
    Otherwise intents are left out by turns. All passes when a set knows nothing of foreign messages.
    """
    if data.tuning:
        pairs = zip(data.tuning, guesses, strict=True)
        trials = [Trial(row.intent, guess, 1.0) for row, guess in pairs]
    elif any(row.intent == OUTSIDE for row in data.test):
        trials = _left_out(data.training, guesser)
    else:
        return Bar()
    return best(trials)


def best(trials: Sequence[Trial]) -> Bar:
    """The bar with the highest correlation; the middle one of several of its kind."""
    values = np.array([[_correlation(trials, bar) for bar in way] for way in WAYS])
    way = int(values.max(axis=1).argmax())
    equal = np.flatnonzero(values[way] >= values[way].max() - 1e-9)
    return WAYS[way][equal[len(equal) // 2]]


def _correlation(trials: Sequence[Trial], bar: Bar) -> float:
    right = [trial.right for trial in trials]
    found = [decided(trial.guess, bar) for trial in trials]
    weights = [trial.weight for trial in trials]
    return float(matthews_corrcoef(right, found, sample_weight=weights))


def _left_out(training: Sequence[Labelled], guesser: Guesser) -> list[Trial]:
    intents = sorted({row.intent for row in training} - {OUTSIDE})
    order = np.random.default_rng(0).permutation(len(intents))
    trials: list[Trial] = []
    for group in range(GROUPS):
        foreign = {intents[place] for place in order[group::GROUPS]}
        trials += _round(
            [row for row in training if row.intent not in foreign], foreign, training, guesser
        )
    return trials


def _round(
    known: list[Labelled], foreign: set[str], training: Sequence[Labelled], guesser: Guesser
) -> list[Trial]:
    """What comes of training without the `foreign` intents and a third of each of the others."""
    by_intent: dict[str, list[Labelled]] = defaultdict(list)
    for row in known:
        by_intent[row.intent].append(row)
    kept: list[Labelled] = []
    asked: list[Labelled] = []
    for rows in by_intent.values():
        ordered, end = _by_meaning(rows), len(rows) // HELD_OUT
        asked += ordered[:end]
        kept += ordered[end:]
    asked += [Labelled(row.text, OUTSIDE) for row in training if row.intent in foreign]
    return _weighted([row.intent for row in asked], guesser(kept, [row.text for row in asked]))


def _by_meaning(rows: list[Labelled]) -> list[Labelled]:
    """An intent's messages along the line on which their meanings differ most, the farther end first."""
    vectors = meaning.vectors([row.text for row in rows])
    along = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)[0][:, 0]
    sign = -1.0 if along.max() > -along.min() else 1.0
    return [rows[place] for place in np.argsort(sign * along, kind="stable")]


def _weighted(right: Sequence[str], guesses: Sequence[Guess]) -> list[Trial]:
    """Trials in which foreign messages have half of all the weight."""
    foreign = max(1, sum(name == OUTSIDE for name in right))
    known = max(1, len(right) - foreign)
    return [
        Trial(name, guess, 0.5 / (foreign if name == OUTSIDE else known))
        for name, guess in zip(right, guesses, strict=True)
    ]
