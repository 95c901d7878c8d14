"""Plans as they are told: what one holds and costs, against the one a customer has."""

from __future__ import annotations

from actions.skill import Button, Context
from rapport.customers import history_account, tariffs
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Recommendation, Tariff
from rapport.wording import Money, gigabytes

ROWS = 9
TITLE = 20
"""Characters of a button's title, WhatsApp's limit."""


def plan_of(context: Context) -> DataPlan | None:
    """The customer's plan and use as of today, on their own calendar."""
    return history_account.data_plan(
        context.turn.session, context.profile.customer_id, context.calendar.today
    )


def on_sale(context: Context) -> list[Tariff]:
    """Every plan of the catalogue, cheapest first."""
    return history_account.tariffs(context.turn.session)


def recommendation(context: Context, plan: DataPlan) -> Recommendation | None:
    """The best plan over the customer's own past cycles; None without a tariff or a complete cycle."""
    if plan.tariff is None or not plan.past:
        return None
    return tariffs.recommend(plan.tariff, on_sale(context), plan.past)


def described(context: Context, plan: Tariff) -> str:
    """ "Plus 10: 10 GB for €14.99 a month, then €4.00 per GB"."""
    values = {"plan": plan.name, "price": context.money(plan.price)}
    if plan.data_mb is None:
        return context.say("plan.unlimited", **values)
    values["data"] = f"{gigabytes(plan.data_mb, context.locale)} GB"
    if plan.extra_per_gb is None:
        return context.say("plan.limited", **values)
    extra = context.money(plan.price._replace(amount=plan.extra_per_gb))
    return context.say("plan.extra", extra=extra, **values)


def difference(context: Context, price: Money, than: Tariff) -> str:
    """ "€5.00 a month more than Start 5", empty where the two cannot be compared."""
    if price.currency != than.price.currency:
        return ""
    more = price.amount - than.price.amount
    key = "plan.as_much" if not more else "plan.dearer" if more > 0 else "plan.less"
    amount = context.money(Money(abs(more), price.currency))
    return context.say(key, amount=amount, plan=than.name)


def titled(context: Context, key: str, name: str) -> str:
    """A button title within WhatsApp's 20 characters."""
    title = context.say(key, plan=name)
    return title if len(title) <= TITLE else context.say(f"{key}_short")


def rows(context: Context, shown: list[Tariff], skill: str) -> tuple[Button, ...]:
    """Plans to tap, each with what it holds and costs."""
    return tuple(
        {
            "title": plan.name,
            "description": described(context, plan).partition(": ")[2],
            "payload": f'/{skill}{{"plan_id": "{plan.plan_id}"}}',
        }
        for plan in shown[:ROWS]
    )


def stay(context: Context, current: Tariff) -> Button:
    """Nothing changes."""
    return {"title": titled(context, "button.stay", current.name), "payload": "/deny"}
