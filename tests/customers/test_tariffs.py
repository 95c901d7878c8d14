"""The recommended plan is the cheapest that would have sufficed, by the customer's own cycles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers import tariffs
from rapport.customers.tariffs import Cycle, Tariff
from rapport.wording import Money


def plan(plan_id: str, data_mb: int | None, price: str, extra: str | None = None) -> Tariff:
    data = None if data_mb is None else Decimal(data_mb)
    cost = None if extra is None else Decimal(extra)
    return Tariff(plan_id, plan_id.title(), data, Money(Decimal(price), "EUR"), cost)


START = plan("start", 5000, "9.99", "4.00")
PLUS = plan("plus", 10000, "14.99", "4.00")
CAPPED = plan("capped", 6000, "7.99")
ENDLESS = plan("endless", None, "39.99")
ALL = [START, PLUS, CAPPED, ENDLESS]


def cycles(*used_gb: float) -> list[Cycle]:
    return [
        Cycle(date(2026, month, 1), Decimal(str(gb * 1000))) for month, gb in enumerate(used_gb, 1)
    ]


@pytest.mark.parametrize(
    ("current", "used", "best", "saving"),
    [
        pytest.param(START, (7.2, 8.1, 9.0), PLUS, "7.40", id="always over"),
        pytest.param(START, (2, 3, 2), CAPPED, "2.00", id="never over: the cheap capped one"),
        pytest.param(START, (2, 7, 2), START, "0.00", id="over once: still the cheapest"),
        pytest.param(PLUS, (40, 45, 50), ENDLESS, "115.00", id="far over: unlimited"),
        pytest.param(CAPPED, (7, 7, 7), PLUS, None, id="the present plan would not have lasted"),
        pytest.param(START, (99, 2, 3, 2), CAPPED, "2.00", id="only the newest three count"),
    ],
)
def test_recommendation(
    current: Tariff, used: tuple[float, ...], best: Tariff, saving: str | None
) -> None:
    advice = tariffs.recommend(current, ALL, cycles(*used))
    assert advice is not None
    assert advice.best == best
    assert advice.saving == (Money(Decimal(saving), "EUR") if saving else None)


def test_without_a_complete_cycle_there_is_no_advice() -> None:
    assert tariffs.recommend(START, ALL, []) is None


def test_a_plan_in_another_currency_is_no_rival() -> None:
    cheap = Tariff("us", "Us", None, Money(Decimal("1.00"), "USD"))
    advice = tariffs.recommend(START, [START, cheap], cycles(2, 2, 2))
    assert advice is not None
    assert not advice.is_change


@given(st.lists(st.floats(0, 60), min_size=1, max_size=6))
def test_nothing_on_sale_would_have_been_cheaper(used: list[float]) -> None:
    own = cycles(*(round(gb, 2) for gb in used))
    advice = tariffs.recommend(START, ALL, own)
    assert advice is not None
    costs = [tariffs.cost_of(rival, advice.cycles) for rival in ALL]
    assert advice.best_cost == min(cost for cost in costs if cost is not None)
    assert advice.saving is None or advice.saving.amount >= 0


@pytest.mark.parametrize(
    ("day", "cycle_day", "start", "renews"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 11, 23), 28, date(2026, 10, 28), date(2026, 11, 28)),
        (date(2026, 1, 5), 20, date(2025, 12, 20), date(2026, 1, 20)),
        (date(2026, 12, 31), 31 - 3, date(2026, 12, 28), date(2027, 1, 28)),
    ],
)
def test_the_cycle_around_a_day(day: date, cycle_day: int, start: date, renews: date) -> None:
    assert tariffs.cycle_around(day, cycle_day) == (start, renews)


def test_pace_counts_to_the_newest_news() -> None:
    start, renews = date(2026, 11, 1), date(2026, 12, 1)
    pace = tariffs.pace(START, Decimal(4000), start, renews, date(2026, 11, 10))
    assert pace is not None
    assert (pace.expected_mb, pace.over_mb) == (Decimal(12000), Decimal(7000))
    assert pace.cost == Money(Decimal("28.00"), "EUR")


def test_the_first_two_days_tell_nothing() -> None:
    start, renews = date(2026, 11, 1), date(2026, 12, 1)
    assert tariffs.pace(START, Decimal(900), start, renews, date(2026, 11, 2)) is None
