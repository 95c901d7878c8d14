"""How much data is used, where this cycle ends, and whether another plan would have been cheaper."""

from __future__ import annotations

from datetime import date

from actions.skill import Button, Context, Reply, Skill
from rapport.customers import history_account, tariffs
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Recommendation, Tariff
from rapport.wording import gigabytes, volume


class DataUsage(Skill):
    """Used of the plan, the renewal day, the pace, and at most one thing to do about it."""

    intent = "data_usage"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """This cycle's use."""
        plan = plan_of(context)
        if plan is None:
            return Reply(context.say("usage.no_plan"))
        sentences = [used(context, plan)]
        over = ahead(context, plan)
        sentences += [over] if over else []
        advice = recommendation(context, plan)
        if advice is None or not advice.is_change:
            return Reply(" ".join(sentences))
        return Reply(" ".join([*sentences, cheaper(context, advice)]), see_or_stay(context, advice))


def plan_of(context: Context) -> DataPlan | None:
    """The customer's plan and use as of today, on their own calendar."""
    return history_account.data_plan(
        context.turn.session, context.profile.customer_id, context.calendar.today
    )


def recommendation(context: Context, plan: DataPlan) -> Recommendation | None:
    """The best plan over the customer's own past cycles; None without a tariff or a complete cycle."""
    if plan.tariff is None or not plan.past:
        return None
    on_sale = history_account.tariffs(context.turn.session)
    return tariffs.recommend(plan.tariff, on_sale, plan.past)


def used(context: Context, plan: DataPlan) -> str:
    """ "You've used 4.1 of your 5 GB; the cycle renews on 1 December."."""
    renews = context.calendar.on_date(plan.renews)
    if plan.used_mb is None:
        start = context.calendar.on_date(plan.start)
        return context.say("usage.no_news", start=start, renews=renews)
    if plan.tariff is None or plan.tariff.data_mb is None:
        amount = volume(plan.used_mb, context.language)
        key = "usage.unlimited" if plan.tariff else "usage.plain"
        name = plan.tariff.name if plan.tariff else ""
        return context.say(key, used=amount, plan=name, renews=renews)
    return context.say(
        "usage.used",
        used=gigabytes(plan.used_mb, context.language),
        allowance=volume(plan.tariff.data_mb, context.language),
        plan=plan.tariff.name,
        renews=renews,
    )


def ahead(context: Context, plan: DataPlan) -> str | None:
    """Where the cycle ends at this pace; None when nothing can or needs to be said."""
    if plan.tariff is None or plan.tariff.data_mb is None or plan.used_mb is None:
        return None
    pace = tariffs.pace(plan.tariff, plan.used_mb, plan.start, plan.renews, as_of(context, plan))
    if pace is None:
        return None
    if not pace.over_mb:
        expected = volume(pace.expected_mb, context.language)
        return context.say("usage.enough", expected=expected)
    over = volume(pace.over_mb, context.language)
    if pace.cost is None:
        return context.say("usage.over_free", over=over)
    return context.say("usage.over", over=over, cost=context.money(pace.cost))


def as_of(context: Context, plan: DataPlan) -> date:
    """The day of the newest usage news; the pace counts to there, not to today."""
    if plan.recorded_at is None:
        return context.calendar.today
    return min(context.calendar.local(plan.recorded_at).date(), context.calendar.today)


def cheaper(context: Context, advice: Recommendation) -> str:
    """What the better plan rests on."""
    values = {
        "plan": advice.best.name,
        "price": context.money(advice.best.price),
        "count": len(advice.cycles),
        "cheaper_in": advice.cheaper_in,
    }
    if len(advice.cycles) == 1:
        return context.say("plan.cheaper_last", **values)
    key = "plan.cheaper_each" if advice.cheaper_in == len(advice.cycles) else "plan.cheaper_sum"
    return context.say(key, **values)


def see_or_stay(context: Context, advice: Recommendation) -> tuple[Button, ...]:
    """Look at the better plan, or keep the present one."""
    see = f'/plan_options{{"plan_id": "{advice.best.plan_id}"}}'
    return (
        {"title": titled(context, "button.see_plan", advice.best), "payload": see},
        {"title": titled(context, "button.stay", advice.current), "payload": "/deny"},
    )


def titled(context: Context, key: str, tariff: Tariff) -> str:
    """A button title within WhatsApp's 20 characters."""
    title = context.say(key, plan=tariff.name)
    return title if len(title) <= 20 else context.say(f"{key}_short")
