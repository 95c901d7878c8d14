"""A plan that does not exist is read back by its name, and nothing else is taken for one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from actions import plan_names, spoken
from actions.context import Context, Heard, Question
from rapport.customers.history import Profile
from rapport.customers.tariffs import Tariff
from rapport.wording import Money

PLANS = [
    Tariff("plus-10", "Plus 10", Decimal(10_000), Money(Decimal("14.99"), "EUR")),
    Tariff("max-40", "Max 40", Decimal(40_000), Money(Decimal("24.99"), "EUR")),
]


def context(text: str, language: str = "en", **more: Any) -> Context:
    heard = Heard(text, "change_plan", 0.95, (), ())
    profile = Profile(1, language=language)
    return Context(None, profile, heard, **{"question": None, "subject": {}, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "change me to Ultra Max 9000", "Ultra Max 9000"),
        ("en", "change me to ultra max 9000 please", "ultra max 9000"),
        ("en", "I want the Gold plan", "Gold"),
        ("en", "change me to Plus 10", None),
        ("en", "I want the 25 GB plan", None),
        ("en", "change my plan for 20 euros", None),
        ("en", "change my plan, I am travelling to Spain", None),
        ("en", "Change my plan", None),
        ("de", "wechsle mich auf Ultra Max", "Ultra Max"),
        ("de", "nimm den Max 100", "Max 100"),
        ("de", "wechsle meinen Tarif zum Quartal", None),
        ("es", "cámbiame al Ultra Max 9000", "Ultra Max 9000"),
        ("pt", "muda meu plano para Ultra Max 9000", "Ultra Max 9000"),
        ("hi", "mujhe Ultra Max 9000 plan chahiye", "Ultra Max 9000"),
        ("hi", "मुझे Ultra Max 9000 प्लान चाहिए", "Ultra Max 9000"),
        ("id", "ganti ke paket Ultra Max 9000", "Ultra Max 9000"),
    ],
)
def test_a_name_that_no_plan_has(language: str, text: str, expected: str | None) -> None:
    assert plan_names.unknown(context(text, language), PLANS) == expected


def test_a_name_in_a_question_about_plans_stands_beside_the_word_for_one() -> None:
    assert plan_names.unknown(context("how is the Gold plan"), PLANS, is_said=True) == "Gold"
    assert plan_names.unknown(context("how much data for Netflix"), PLANS, is_said=True) is None


@pytest.mark.parametrize(
    ("offered", "before", "expected"),
    [
        (["a", "b", "c"], {}, ["a", "b", "c"]),
        ([], {"product_id": "b"}, ["b", "a"]),
        ([], {"product_id": "b", "of": ["b", "a"]}, ["b", "a"]),
        ([], {"product_id": "a"}, None),
        ([], {"order_id": "7"}, None),
        (["b", "c"], {"product_id": "b"}, ["b", "a"]),
    ],
)
def test_what_the_other_one_may_be(
    offered: list[str], before: dict[str, Any], expected: list[str] | None
) -> None:
    question = Question("ask_price", "which_product", {"products": offered}) if offered else None
    now = context("how much is it", question=question, subject=before)
    assert spoken.remembered(now, {"product_id": "a"}).get("of") == expected
