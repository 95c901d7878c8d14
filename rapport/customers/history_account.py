"""A customer's account figures: data used, bills, credit. For verified customers only; the caller checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rapport.customers.tariffs import Cycle, Tariff, cycle_around, month_after
from rapport.db.customers import Bill, Credit, Plan, Subscription, Usage
from rapport.wording import Money

CYCLES = 13


@dataclass(frozen=True)
class DataPlan:
    """A subscription with its present cycle. `used_mb` None: no news of this cycle yet."""

    tariff: Tariff | None
    start: date
    renews: date
    used_mb: Decimal | None
    recorded_at: datetime | None
    past: tuple[Cycle, ...]


@dataclass(frozen=True)
class BillLine:
    """One line of a bill."""

    label: str
    amount: Money


@dataclass(frozen=True)
class BillFacts:
    """A bill as it was issued."""

    bill_id: str
    total: Money
    issued_at: datetime
    due_at: datetime | None
    lines: tuple[BillLine, ...]


@dataclass(frozen=True)
class CreditFacts:
    """A credit line; what is not on file is None."""

    limit: Money | None
    balance: Money | None
    due_at: datetime | None

    @property
    def left(self) -> Money | None:
        """What can still be spent; never below zero."""
        if self.limit is None or self.balance is None:
            return None
        return Money(max(Decimal(0), self.limit.amount - self.balance.amount), self.limit.currency)

    @property
    def used_percent(self) -> int | None:
        """Share of the limit that is used, in whole per cent."""
        if self.limit is None or self.balance is None or not self.limit.amount:
            return None
        return int(self.balance.amount * 100 / self.limit.amount)


def data_plan(session: Any, customer_id: int, today: date) -> DataPlan | None:
    """The customer's plan and data use as of a date in their own zone, in two queries; None without either."""
    subscribed = session.execute(
        sa.select(Subscription.cycle_day, Subscription.plan_id, Plan)
        .outerjoin(Plan, Plan.plan_id == Subscription.plan_id)
        .where(Subscription.customer_id == customer_id)
    ).first()
    usage = session.scalars(
        sa.select(Usage)
        .where(Usage.customer_id == customer_id)
        .order_by(Usage.cycle_start.desc())
        .limit(CYCLES)
    ).all()
    if subscribed is None and not usage:
        return None
    start, renews = _cycle(subscribed, usage, today)
    present = next((row for row in usage if row.cycle_start >= start), None)
    return DataPlan(
        tariff=_tariff(subscribed.Plan) if subscribed and subscribed.Plan else None,
        start=start,
        renews=renews,
        used_mb=present.used_mb if present else None,
        recorded_at=present.recorded_at if present else None,
        past=tuple(Cycle(row.cycle_start, row.used_mb) for row in usage if row.cycle_start < start),
    )


def tariffs(session: Any) -> list[Tariff]:
    """Every plan in the catalogue, cheapest first."""
    rows = session.scalars(sa.select(Plan).order_by(Plan.price, Plan.plan_id))
    return [_tariff(row) for row in rows]


def bills(session: Any, customer_id: int, limit: int = 2) -> list[BillFacts]:
    """The newest bills, newest first."""
    rows = session.scalars(
        sa.select(Bill)
        .where(Bill.customer_id == customer_id)
        .order_by(Bill.issued_at.desc(), Bill.bill_id.desc())
        .limit(limit)
    )
    return [_bill(row) for row in rows]


def credit(session: Any, customer_id: int) -> CreditFacts | None:
    """The customer's credit line, None without one."""
    row = session.get(Credit, customer_id)
    if row is None or (row.limit is None and row.balance is None):
        return None
    return CreditFacts(
        limit=Money(row.limit, row.currency) if row.limit is not None else None,
        balance=Money(row.balance, row.currency) if row.balance is not None else None,
        due_at=row.due_at,
    )


def _cycle(subscribed: Any, usage: list[Any], today: date) -> tuple[date, date]:
    """The present cycle: by the newest usage if it is still running, else by the subscription's day."""
    if usage and usage[0].cycle_start <= today < month_after(usage[0].cycle_start):
        return usage[0].cycle_start, month_after(usage[0].cycle_start)
    day = subscribed.cycle_day if subscribed else usage[0].cycle_start.day
    return cycle_around(today, min(day, 28))


def _tariff(row: Any) -> Tariff:
    return Tariff(
        row.plan_id, row.name, row.data_mb, Money(row.price, row.currency), row.extra_per_gb
    )


def _bill(row: Any) -> BillFacts:
    lines = [
        BillLine(
            line["label"], Money(Decimal(line["amount"]["amount"]), line["amount"]["currency"])
        )
        for line in row.lines
    ]
    total = Money(row.total, row.currency)
    return BillFacts(row.bill_id, total, row.issued_at, row.due_at, tuple(lines))
