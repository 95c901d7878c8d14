"""The figures of an evaluation, from hand-counted messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rapport.errors import RapportError
from rapport.understanding import evaluation
from rapport.understanding.evaluation import Judged, Score
from rapport.understanding.report import page


def judged(intent: str, found: str, confidence: float = 0.8, language: str = "en") -> Judged:
    guess = intent if found == "nlu_fallback" else found
    return Judged(language, intent, found, confidence, guess)


FOUR = [
    judged("ask_price", "ask_price"),
    judged("ask_price", "order_status"),
    judged("order_status", "order_status"),
    judged("order_status", "nlu_fallback", 0.2, language="de"),
]


def test_every_intent_has_precision_recall_and_f1() -> None:
    found = evaluation.scores(FOUR)
    assert found["ask_price"] == Score(2, 1.0, 0.5, pytest.approx(2 / 3))
    assert found["order_status"] == Score(2, 0.5, 0.5, 0.5)
    assert evaluation.macro_f1(FOUR) == pytest.approx((2 / 3 + 0.5) / 2)


def test_asking_back_is_right_for_what_is_none_of_our_business_alone() -> None:
    assert judged("out_of_scope", "nlu_fallback").is_right
    assert not judged("order_status", "nlu_fallback").is_right


def test_an_intent_never_found_scores_nothing_and_breaks_nothing() -> None:
    assert evaluation.scores([judged("greet", "thank")])["greet"] == Score(1, 0.0, 0.0, 0.0)
    assert evaluation.macro_f1([]) == 0.0


def test_languages_are_measured_apart() -> None:
    found = evaluation.summary(FOUR)
    assert found["overall"]["messages"] == 4
    assert found["languages"]["de"]["macro_f1"] == 0.0
    assert found["languages"]["en"]["accuracy"] == pytest.approx(2 / 3, abs=1e-4)


def test_what_training_says_word_for_word_is_told_apart() -> None:
    sets = {"en": {"greet": ["Hello", "oi oi"]}}
    ranking = [{"name": "greet", "confidence": 0.9}]
    parses = [{"intent": {"name": name}, "ranking": ranking} for name in ("greet", "thank")]
    found = evaluation.judge(sets, lambda rows: parses, frozenset({"hello"}))
    assert [row.is_trained for row in found] == [True, False]
    assert evaluation.unseen_macro_f1(found) == 0.0
    assert evaluation.summary(found)["overall"]["unseen"] == 1


def test_the_calibration_error_is_how_far_confidence_and_accuracy_lie_apart() -> None:
    sure = [judged("greet", "greet", 1.0)] * 3 + [judged("greet", "thank", 1.0)]
    assert evaluation.calibration_error(sure) == pytest.approx(0.25)
    [bin_] = evaluation.calibration(sure)
    assert (bin_.messages, bin_.confidence, bin_.accuracy) == (4, 1.0, 0.75)


def test_the_most_frequent_confusion_comes_first() -> None:
    rows = [judged("greet", "thank"), *[judged("thank", "praise")] * 2]
    assert evaluation.confusions(rows) == [("thank", "praise", 2), ("greet", "thank", 1)]


def test_messages_are_parsed_in_their_language_and_compared() -> None:
    seen: list[Any] = []

    def parse(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
        seen.extend(rows)
        guess = {"name": "greet", "confidence": 0.3}
        unsure = {"name": "nlu_fallback", "confidence": 0.4}
        return [{"intent": unsure, "ranking": [unsure, guess]} for _ in rows]

    [row] = evaluation.judge({"de": {"greet": ["moin"]}}, parse)
    assert seen == [{"text": "moin", "language": "de"}]
    assert row == Judged("de", "greet", "nlu_fallback", 0.3, "greet")


def test_the_report_is_one_file_that_loads_nothing() -> None:
    html = page(FOUR)
    assert "order_status" in html
    assert "Confusion matrix" in html
    assert html.count("<circle") == 4
    assert "&lt;svg" not in html
    assert not any(word in html for word in ("http:", "https:", "<script", "src="))


@pytest.mark.parametrize("content", [None, "- greet", "greet: hello", "a: [", "\x00"])
def test_a_set_that_is_none_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "en.yml").write_text(content)
    with pytest.raises(RapportError):
        evaluation.read_sets(tmp_path)


def test_the_frozen_set_has_forty_lines_for_every_intent_in_six_languages() -> None:
    sets = evaluation.read_sets(Path(__file__).resolve().parents[1] / "frozen")
    assert set(sets) == {"en", "de", "es", "pt", "hi", "id"}
    thin = {
        (language, intent): len(texts)
        for language, intents in sets.items()
        for intent, texts in intents.items()
        if len(texts) < 40
    }
    assert not thin
    assert len({frozenset(intents) for intents in sets.values()}) == 1
