"""Where a rule knows better than the classifier, and which language a message moves the conversation to."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.dialogue import second_look, spoken
from rapport.understanding.language import Standing


def parse(text: str, intent: str, chance: float = 0.95, **languages: float) -> dict[str, Any]:
    return {
        "text": text,
        "intent": {"name": intent, "confidence": chance},
        "languages": languages,
    }


@pytest.mark.parametrize(
    ("text", "intent", "chance", "expected"),
    [
        ("Y1202", "affirm", 0.65, "nlu_fallback"),
        ("#7041", "deny", 0.6, "nlu_fallback"),
        ("50667", "goodbye", 0.6, "nlu_fallback"),
        ("ok 2", "affirm", 0.9, "affirm"),
        ("when exactly", "affirm", 0.99, "nlu_fallback"),
        ("¿Cuándo exactamente?", "affirm", 0.99, "nlu_fallback"),
        ("wann genau", "affirm", 0.99, "nlu_fallback"),
        ("yes exactly", "affirm", 0.99, "affirm"),
        ("fuck you", "small_talk", 0.99, "abuse"),
        ("where is my order you idiot", "order_status", 0.95, "order_status"),
        ("fuck off", "opt_out", 0.6, "opt_out"),
        ("it is about something", "small_talk", 0.42, "nlu_fallback"),
        ("nice weather today", "small_talk", 0.8, "small_talk"),
        ("I could eat a horse", "self_harm", 0.9, "nlu_fallback"),
    ],
)
def test_second_look(text: str, intent: str, chance: float, expected: str) -> None:
    assert second_look.reconsidered(parse(text, intent, chance))["intent"]["name"] == expected


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ({"back_in_stock": 0.51, "product_question": 0.46}, "back_in_stock"),
        ({"back_in_stock": 0.41, "product_question": 0.38}, "nlu_fallback"),
        ({"back_in_stock": 0.51, "order_status": 0.46}, "nlu_fallback"),
        ({"back_in_stock": 0.9}, "nlu_fallback"),
    ],
)
def test_of_two_readings_about_one_product_the_likelier_is_taken(
    readings: dict[str, float], expected: str
) -> None:
    rows = [{"name": name, "confidence": chance} for name, chance in readings.items()]
    unsure = parse("is the tent in stock", "nlu_fallback", 0.3)
    ranked = {**unsure, "intent_ranking": [unsure["intent"], *rows]}
    assert second_look.reconsidered(ranked)["intent"]["name"] == expected


ENGLISH = Standing("en")


@pytest.mark.parametrize(
    ("text", "language", "before", "guess", "expected"),
    [
        ("asdf qwer zxcv poiu", "de", ENGLISH, None, "en"),
        ("blorf snarg wibble", "id", Standing(), "en", None),
        ("wo ist denn meine Bestellung", "de", ENGLISH, None, "de"),
        ("hola", "es", Standing(), "en", "es"),
        ("Moin!", "de", Standing(), "en", "de"),
        ("नमस्ते", "hi", Standing(), "en", "hi"),
        ("hola", "es", ENGLISH, None, "en"),
        ("hola", "es", Standing("en", is_asked=True), None, "en"),
    ],
)
def test_the_language_after_a_message(
    text: str, language: str, before: Standing, guess: str | None, expected: str | None
) -> None:
    assert (
        spoken.decide(parse(text, "greet", **{language: 0.97}), before, guess).language == expected
    )
