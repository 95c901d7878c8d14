"""Public sets as they lie in their folders; thresholds without a look at the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rapport.errors import RapportError
from rapport.understanding import benchmark, datasets, detector, thresholds
from rapport.understanding.datasets import Dataset
from rapport.understanding.pipeline import OUTSIDE, Guess, Labelled
from rapport.understanding.thresholds import Bar, Trial

CONFIG = Path(__file__).resolve().parents[2] / "config.yml"
LINES = {
    "EMI": ["do you offer emi", "emi options please", "can i pay by emi", "is emi there"],
    "ORDER": ["where is my order", "order status please", "track my order", "my order is late"],
    "SIZE": ["what sizes are there", "is there a king size", "size of the bed", "which size fits"],
    "WARRANTY": ["how long is the warranty", "warranty please", "warranty card", "any warranty"],
}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny set in the place and form of HINT3's sofmattress."""
    rows = [
        {"text": text, "intent": intent, "split": "train"}
        for intent, texts in LINES.items()
        for text in texts
    ]
    rows += [
        {"text": "is emi possible", "intent": "EMI", "split": "test"},
        {"text": "order is where", "intent": "ORDER", "split": "test"},
        {"text": "zzz qqq", "intent": "NO_NODES_DETECTED", "split": "test"},
    ]
    write(tmp_path / "hint3" / "sofmattress.jsonl", rows)
    return tmp_path


def test_foreign_messages_have_one_name_and_parts_stay_apart(folder: Path) -> None:
    clinc = [
        {"text": "a", "intent": "oos", "split": "oos_train"},
        {"text": "b", "intent": "bill", "split": "val"},
        {"text": "c", "intent": "oos", "split": "oos_test"},
    ]
    write(folder / "clinc150" / "data_full.jsonl", clinc)
    extra = [{"text": "d", "intent": "oos", "split": "oos_train"}, clinc[0]]
    write(folder / "clinc150" / "oos_plus_train.jsonl", extra)
    small, large = datasets.read(folder)
    own = [row for row in small.training if row.intent != OUTSIDE]
    assert (small.name, len(own), len(small.test)) == ("sofmattress", 16, 3)
    assert len(small.training) > len(own)
    assert large.training == [Labelled("a", OUTSIDE), Labelled("d", OUTSIDE)]
    assert (large.tuning, large.test) == ([Labelled("b", "bill")], [Labelled("c", OUTSIDE)])


def test_a_folder_without_a_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RapportError, match="No HINT3"):
        datasets.read(tmp_path)


@pytest.fixture
def two_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The detector learns from our own lines, however small the set: here from a few of them."""
    (tmp_path / "nlu").mkdir()
    for language, line in (("en", "where is my order"), ("de", "wo ist meine Bestellung")):
        group = f"nlu:\n- intent: order_status\n  examples: |\n    - {line}\n"
        (tmp_path / "nlu" / f"order_status.{language}.yml").write_text(group)
    monkeypatch.setattr(detector, "DATA", tmp_path)


@pytest.mark.usefixtures("two_languages")
def test_the_own_pipeline_is_trained_and_measured(folder: Path) -> None:
    [data] = datasets.read(folder)
    result = benchmark.measure(data, "rapport", benchmark.own_steps(CONFIG), None)
    assert result.in_scope == 100.0
    assert result.out_of_scope_recall == 100.0
    assert result.mcc == 1.0
    assert 0.0 < result.threshold < 1.0
    assert result.parse_ms_p50 > 0.0


def test_the_threshold_parts_known_from_foreign() -> None:
    trials = [Trial("EMI", Guess("EMI", 0.7), 1.0), Trial(OUTSIDE, Guess("EMI", 0.3), 1.0)]
    assert 0.3 < thresholds.best(trials).confidence <= 0.7


def test_a_sure_guess_is_foreign_when_the_chance_of_that_parts_better() -> None:
    trials = [
        Trial("EMI", Guess("EMI", 0.5, 0.01), 1.0),
        Trial(OUTSIDE, Guess("EMI", 0.9, 0.08), 1.0),
    ]
    bar = thresholds.best(trials)
    assert 0.01 <= bar.foreign < 0.08
    assert [thresholds.decided(trial.guess, bar) for trial in trials] == ["EMI", OUTSIDE]


def test_the_threshold_is_chosen_without_the_test(folder: Path) -> None:
    [data] = datasets.read(folder)
    asked: set[str] = set()

    def guess(training: Any, texts: Any) -> list[Guess]:
        asked.update(texts, (row.text for row in training))
        return [Guess(training[0].intent, 0.5) for _ in texts]

    thresholds.chosen(data, guess)
    assert asked == {row.text for row in data.training}


def test_a_set_without_foreign_messages_needs_no_threshold() -> None:
    data = Dataset("banking77", [], [Labelled("a", "x")], [])
    assert thresholds.chosen(data, lambda training, texts: []) == Bar()


def test_figures_are_named_and_the_mean_needs_all_three_sets() -> None:
    def result(name: str, mcc: float = 0.5) -> benchmark.Result:
        return benchmark.Result(name, "rapport", 0.5, 90.0, 60.0, mcc, 1.5, 2.0)

    hint3 = [result(name, mcc) for name, mcc in zip(datasets.HINT3, (0.3, 0.6, 0.9), strict=True)]
    found = benchmark.figures([*hint3, result("banking77"), result("clinc150")])
    assert found == {
        "hint3_mean_mcc": 0.6,
        "banking77_accuracy": 90.0,
        "clinc150_in_scope": 90.0,
        "clinc150_oos_recall": 60.0,
        "parse_ms_p50": 1.5,
    }
    assert "hint3_mean_mcc" not in benchmark.figures(hint3[:2])
