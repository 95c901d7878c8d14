"""Until when: the business's word where there is one, thirty days where there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.facts import vocabulary
from rapport.customers import returns
from rapport.customers.returns import Terms

DELIVERED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        ({}, date(2026, 12, 1)),
        ({"return_days": 14}, date(2026, 11, 15)),
        ({"return days": "60 days"}, date(2026, 12, 31)),
        ({"Rückgabe": "7 Tage"}, date(2026, 11, 8)),
        ({"devolución": "10 días"}, date(2026, 11, 11)),
        ({"returns": "two weeks"}, None),
        ({"returns": "no"}, None),
        ({"size": "42"}, date(2026, 12, 1)),
    ],
)
def test_the_last_day(facts: dict[str, Any], until: date | None) -> None:
    assert returns.terms(facts, vocabulary()).until(DELIVERED) == until


def test_several_things_go_back_together_by_the_strictest_terms() -> None:
    assert returns.strictest([Terms(30), Terms(14), Terms(60)]).days == 14
    assert returns.strictest([Terms(30), Terms(None, "no")]).said == "no"
