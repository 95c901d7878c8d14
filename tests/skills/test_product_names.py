"""A product that does not exist is read back by its name where the words plainly are one."""

from __future__ import annotations

import pytest

from actions import products
from actions.context import Context, Heard
from rapport.customers.history import Profile


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "how much is the flux capacitor", "flux capacitor"),
        ("en", "is the kayak back in stock?", "kayak"),
        ("en", "how much would what I wanted be now", None),
        ("en", "how much is shipping when the drone flies", None),
        ("en", "how much is it", None),
        ("de", "was kostet der Fluxkompensator?", "Fluxkompensator"),
        ("de", "den billigsten", None),
        ("es", "¿cuánto cuesta el condensador de flujo?", "condensador de flujo"),
        ("pt", "quanto custa o capacitor de fluxo", "capacitor de fluxo"),
        ("hi", "flux capacitor kitne ka hai", "flux capacitor"),
        ("id", "berapa harga flux capacitor", "flux capacitor"),
    ],
)
def test_a_name_that_no_product_has(language: str, text: str, expected: str | None) -> None:
    heard = Heard(text, "ask_price", 0.95, (), ())
    context = Context(None, Profile(1, language=language), heard, None, {})  # type: ignore[arg-type]
    assert products.name_of(context, products.unknown_words(context)) == expected
