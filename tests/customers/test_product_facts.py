"""Which fact a question is about, in six languages, whatever the business calls it."""

from __future__ import annotations

from typing import Any

import pytest

from actions.facts import vocabulary
from rapport.customers import product_facts

FACTS: dict[str, Any] = {
    "waterproof": "yes, IPX7",
    "weight": "86 g",
    "colours": ["red", "grey"],
    "Garantie": "3 Jahre",
    "battery": "40 hours",
    "material": "leather",
}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("is it waterproof?", {"waterproof"}),
        ("can i use it in the rain", {"waterproof"}),
        ("how heavy is it", {"weight"}),
        ("does it come in red", {"colours"}),
        ("how long is the warrenty", {"Garantie"}),
        ("is it leather", {"material"}),
        ("does it have a hood", set()),
        ("tell me more", set(FACTS)),
        ("ist die wasserdicht", {"waterproof"}),
        ("wie schwer ist sie und welche Farben gibt es", {"weight", "colours"}),
        ("wie lange hält der Akku", {"battery"}),
        ("¿es impermeable?", {"waterproof"}),
        ("cuánto pesa y qué garantía tiene", {"weight", "Garantie"}),
        ("de que material é feita", {"material"}),
        ("quanto pesa", {"weight"}),
        ("क्या यह वाटरप्रूफ है", {"waterproof"}),
        ("इसका वजन कितना है", {"weight"}),
        ("kitna bhari hai", {"weight"}),
        ("warnanya apa saja", {"colours"}),
        ("garansinya berapa lama", {"Garantie"}),
        ("bahannya apa", {"material"}),
    ],
)
def test_the_fact_asked_for(question: str, expected: set[str]) -> None:
    assert set(product_facts.asked(question, FACTS, vocabulary())) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", "yes"),
        (40, "40"),
        (["red", "grey"], "red, grey"),
        ({"height": "40 cm"}, "height 40 cm"),
    ],
)
def test_a_value_is_told_as_it_came(value: Any, expected: str) -> None:
    assert product_facts.shown(value) == expected
