"""Where guard and classifier hear different things, nobody who wants silence is passed over."""

from __future__ import annotations

import pytest

from rapport.dialogue.judging import judged
from rapport.understanding.guard import Decision


def doubts(intent: str, chance: float, made: Decision) -> bool:
    parse = {"intent": {"name": intent, "confidence": chance}, "entities": [], "text": "words"}
    doubtful: bool = judged(parse, made)["wish"]["is_doubtful"]
    return doubtful


@pytest.mark.parametrize(
    ("chance", "made"),
    [
        pytest.param(0.55, Decision(None, 0.99), id="likely, the guard hears nothing"),
        pytest.param(0.95, Decision(None, 0.99), id="sure, the guard hears nothing"),
        pytest.param(0.95, Decision(None, 0.7, is_doubtful=True), id="sure, the guard wonders"),
        pytest.param(0.3, Decision(None, 0.8), id="a guess, and the guard is not sure"),
    ],
)
def test_a_stop_that_only_the_classifier_hears_is_asked_about(
    chance: float, made: Decision
) -> None:
    assert doubts("opt_out", chance, made)


@pytest.mark.parametrize(
    ("intent", "chance", "made"),
    [
        pytest.param("opt_out", 0.3, Decision(None, 0.95), id="a guess against a sure guard"),
        pytest.param("order_status", 0.9, Decision(None, 0.8, is_doubtful=True), id="settled"),
        pytest.param("opt_out", 0.9, Decision("opt_out", 0.9, ("offers",)), id="both hear it"),
    ],
)
def test_what_is_clear_is_not_asked_about(intent: str, chance: float, made: Decision) -> None:
    assert not doubts(intent, chance, made)
