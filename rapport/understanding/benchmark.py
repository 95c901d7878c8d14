"""The project's own pipeline on public sets, beside Rasa's default one: `rapport nlu benchmark`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from sklearn.metrics import matthews_corrcoef

from rapport.understanding import thresholds
from rapport.understanding.datasets import HINT3, Dataset, read
from rapport.understanding.pipeline import OUTSIDE, Guess, Labelled, Pipeline
from rapport.understanding.thresholds import Bar

DIET: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "random_seed": 0},
]
"""What `rasa init` of Rasa 3.6 proposes, without what it does for entities and answers."""
DIET_BAR = Bar(confidence=0.3)
"""FallbackClassifier's threshold in that proposal."""
TIMED = 300
__all__ = ["DIET", "DIET_BAR", "Result", "as_rows", "figures", "measure", "own_steps", "read"]


@dataclass(frozen=True)
class Result:
    """One pipeline on one set; shares in per cent, `mcc` from -1 to 1, None where there is no such part."""

    dataset: str
    pipeline: str
    threshold: float
    in_scope: float
    out_of_scope_recall: float | None
    mcc: float
    parse_ms_p50: float
    training_seconds: float
    foreign_at_most: float = 1.0


def own_steps(config: Path) -> list[dict[str, Any]]:
    """The pipeline of a Rasa configuration file."""
    return list(yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"])


def measure(data: Dataset, name: str, steps: Sequence[dict[str, Any]], bar: Bar | None) -> Result:
    """Train on the training part, ask about the test part.

    Without a `bar` it is chosen on messages that are not the test.
    """
    with Pipeline(steps) as pipeline:
        pipeline.train(data.training)
        tuning = pipeline.guesses([row.text for row in data.tuning])
        guesses = pipeline.guesses([row.text for row in data.test])
        took = _milliseconds(pipeline, data.test)
        seconds = pipeline.training_seconds
    if bar is None:
        bar = thresholds.chosen(data, _guesser(steps), tuning)
    return _result(data, name, bar, guesses, took, seconds)


def figures(results: Iterable[Result]) -> dict[str, float]:
    """The named figures that the results of one pipeline allow; accuracies in per cent."""
    by_name = {result.dataset: result for result in results}
    found: dict[str, float] = {}
    if all(name in by_name for name in HINT3):
        found["hint3_mean_mcc"] = statistics.fmean(by_name[name].mcc for name in HINT3)
    if banking := by_name.get("banking77"):
        found["banking77_accuracy"] = banking.in_scope
    if clinc := by_name.get("clinc150"):
        found["clinc150_in_scope"] = clinc.in_scope
        found["clinc150_oos_recall"] = clinc.out_of_scope_recall or 0.0
    if by_name:
        found["parse_ms_p50"] = statistics.median(r.parse_ms_p50 for r in by_name.values())
    return {name: round(value, 3) for name, value in found.items()}


def as_rows(results: Iterable[Result]) -> list[dict[str, Any]]:
    """The results as plain dictionaries."""
    return [asdict(result) for result in results]


def _guesser(steps: Sequence[dict[str, Any]]) -> thresholds.Guesser:
    def guess(training: Sequence[Labelled], texts: Sequence[str]) -> list[Guess]:
        with Pipeline(steps) as pipeline:
            return pipeline.train(training).guesses(list(texts))

    return guess


def _result(
    data: Dataset, name: str, bar: Bar, guesses: list[Guess], took: float, seconds: float
) -> Result:
    right = [row.intent for row in data.test]
    found = [thresholds.decided(guess, bar) for guess in guesses]
    pairs = list(zip(right, found, strict=True))
    foreign = [got == OUTSIDE for wanted, got in pairs if wanted == OUTSIDE]
    return Result(
        dataset=data.name,
        pipeline=name,
        threshold=round(bar.confidence, 3),
        in_scope=_percent([wanted == got for wanted, got in pairs if wanted != OUTSIDE]),
        out_of_scope_recall=_percent(foreign) if foreign else None,
        mcc=round(float(matthews_corrcoef(right, found)), 4),
        parse_ms_p50=round(took, 3),
        training_seconds=round(seconds, 2),
        foreign_at_most=round(bar.foreign, 3),
    )


def _percent(hits: Sequence[bool]) -> float:
    return round(100 * sum(hits) / max(1, len(hits)), 2)


def _milliseconds(pipeline: Pipeline, test: Sequence[Labelled]) -> float:
    """The median time of one message on its own."""
    took = []
    for row in test[:TIMED]:
        started = time.perf_counter()
        pipeline.guesses([row.text])
        took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took) if took else 0.0
