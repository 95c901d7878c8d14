"""Which plan would have been cheapest for this customer: arithmetic over their own cycles. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rapport.wording import MB_PER_GB, Money

CYCLES_LOOKED_AT = 3
"""A recommendation rests on the last three complete cycles, or on fewer when there are not as many."""


@dataclass(frozen=True)
class Tariff:
    """A plan on sale. `data_mb` None: unlimited. `extra_per_gb` None: no data beyond the allowance."""

    plan_id: str
    name: str
    data_mb: Decimal | None
    price: Money
    extra_per_gb: Decimal | None = None


@dataclass(frozen=True)
class Cycle:
    """Data used in one billing cycle, in MB."""

    start: date
    used_mb: Decimal


@dataclass(frozen=True)
class Pace:
    """Where this cycle ends if it goes on like this; `cost` is what the excess would cost."""

    used_mb: Decimal
    expected_mb: Decimal
    over_mb: Decimal
    cost: Money | None


@dataclass(frozen=True)
class Recommendation:
    """The cheapest plan for the cycles looked at, and what each of the two would have cost."""

    current: Tariff
    best: Tariff
    cycles: tuple[Cycle, ...]
    current_cost: Decimal | None
    best_cost: Decimal
    cheaper_in: int

    @property
    def average_mb(self) -> Decimal:
        """Mean use of the cycles looked at."""
        return sum((cycle.used_mb for cycle in self.cycles), Decimal(0)) / len(self.cycles)

    @property
    def overrun_in(self) -> int:
        """In how many of the cycles the present plan's allowance did not last."""
        return sum(excess(self.current, cycle.used_mb) > 0 for cycle in self.cycles)

    @property
    def is_change(self) -> bool:
        """Whether another plan than the present one would have been better."""
        return self.best.plan_id != self.current.plan_id

    @property
    def saving(self) -> Money | None:
        """Mean saving per cycle against the present plan, None where that plan did not suffice."""
        if self.current_cost is None:
            return None
        mean = (self.current_cost - self.best_cost) / len(self.cycles)
        return Money(mean.quantize(Decimal("0.01")), self.best.price.currency)


def recommend(
    current: Tariff, on_sale: Sequence[Tariff], cycles: Sequence[Cycle]
) -> Recommendation | None:
    """The cheapest sufficient plan over the newest complete cycles; None without a single one.

    The present plan wins a tie: nobody should change for nothing.
    """
    newest = tuple(sorted(cycles, key=lambda cycle: cycle.start, reverse=True)[:CYCLES_LOOKED_AT])
    if not newest:
        return None
    rivals = [plan for plan in on_sale if plan.price.currency == current.price.currency]
    costs = {plan: cost_of(plan, newest) for plan in {current, *rivals}}
    sufficient = {plan: cost for plan, cost in costs.items() if cost is not None}
    if not sufficient:
        return None
    best = min(sufficient, key=lambda plan: (sufficient[plan], plan != current, plan.plan_id))
    cheaper_in = sum(_is_cheaper(best, current, cycle) for cycle in newest)
    return Recommendation(current, best, newest, costs[current], sufficient[best], cheaper_in)


def cost_of(plan: Tariff, cycles: Sequence[Cycle]) -> Decimal | None:
    """What these cycles cost on a plan, None when its data would not have lasted and none can be added."""
    total = Decimal(0)
    for cycle in cycles:
        over = excess(plan, cycle.used_mb)
        if over and plan.extra_per_gb is None:
            return None
        total += plan.price.amount + over / MB_PER_GB * (plan.extra_per_gb or 0)
    return total


def excess(plan: Tariff, used_mb: Decimal) -> Decimal:
    """MB beyond a plan's allowance."""
    return Decimal(0) if plan.data_mb is None else max(Decimal(0), used_mb - plan.data_mb)


def pace(plan: Tariff, used_mb: Decimal, start: date, renews: date, as_of: date) -> Pace | None:
    """Use at the cycle's end at the present rate; None in its first two days, which tell nothing."""
    days = (as_of - start).days + 1
    if days < 3 or renews <= as_of:
        return None
    expected = used_mb / days * (renews - start).days
    over = excess(plan, expected)
    cost = None
    if plan.extra_per_gb is not None:
        amount = (over / MB_PER_GB * plan.extra_per_gb).quantize(Decimal("0.01"))
        cost = Money(amount, plan.price.currency)
    return Pace(used_mb, expected, over, cost)


def cycle_around(day: date, cycle_day: int) -> tuple[date, date]:
    """First day of the cycle that a date falls in, and of the next one. `cycle_day` is 1–28."""
    start = day.replace(day=cycle_day)
    if day < start:
        start = _month_before(start)
    return start, month_after(start)


def month_after(day: date) -> date:
    """The same day of the next month, at most its last."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _month_before(day: date) -> date:
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return day.replace(year=year, month=month)


def _is_cheaper(plan: Tariff, other: Tariff, cycle: Cycle) -> bool:
    own, others = cost_of(plan, [cycle]), cost_of(other, [cycle])
    return own is not None and (others is None or own < others)
