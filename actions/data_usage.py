"""How much data is used, where this cycle ends, and whether another plan would have been cheaper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from actions import plans
from actions.skill import Button, Context, Question, Reply, Skill, skills
from rapport.customers import tariffs
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Recommendation
from rapport.wording import gigabytes, volume

NOW = {"period": "now"}


class DataUsage(Skill):
    """Used of the plan, the renewal day, the pace, and at most one thing to do about it."""

    intent = "data_usage"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """This cycle's use, or the last complete one's."""
        plan = plans.plan_of(context)
        if plan is None:
            return Reply(context.say("usage.no_plan"))
        if re.search(context.say("words.last_cycle"), context.heard.text.lower()):
            return Reply(past(context, plan), subject={"period": "past"})
        sentences = [used(context, plan)]
        over = ahead(context, plan)
        sentences += [over] if over else []
        advice = plans.recommendation(context, plan)
        if advice is None or not advice.is_change:
            return Reply(" ".join(sentences), subject=NOW)
        question = Question(self.intent, "see", {"plan_id": advice.best.plan_id})
        text = " ".join([*sentences, cheaper(context, advice)])
        return Reply(text, see_or_stay(context, advice), question, NOW)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A yes shows the better plan."""
        if context.heard.intent == "affirm":
            seen = replace(context.heard, found=(("plan_id", question.about["plan_id"]),))
            return skills()["plan_options"].answer(replace(context, heard=seen, question=None))
        return None


def past(context: Context, plan: DataPlan) -> str:
    """The use of the last complete cycle."""
    if not plan.past:
        return context.say("usage.no_past")
    last = max(plan.past, key=lambda cycle: cycle.start)
    amount = volume(last.used_mb, context.locale)
    start = context.calendar.named(last.start)
    return context.say(
        "usage.past",
        used=amount,
        start=start,
        until=context.calendar.named(tariffs.month_after(last.start)),
    )


def used(context: Context, plan: DataPlan) -> str:
    """ "You've used 4.1 of your 5 GB; the cycle renews on 1 December."."""
    renews = context.calendar.on_date(plan.renews)
    if plan.used_mb is None:
        start = context.calendar.on_date(plan.start)
        return context.say("usage.no_news", start=start, renews=renews)
    if plan.tariff is None or plan.tariff.data_mb is None:
        amount = volume(plan.used_mb, context.locale)
        key = "usage.unlimited" if plan.tariff else "usage.plain"
        name = plan.tariff.name if plan.tariff else ""
        return context.say(key, used=amount, plan=name, renews=renews)
    return context.say(
        "usage.used",
        used=gigabytes(plan.used_mb, context.locale),
        allowance=volume(plan.tariff.data_mb, context.locale),
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
        expected = volume(pace.expected_mb, context.locale)
        return context.say("usage.enough", expected=expected)
    over = volume(pace.over_mb, context.locale)
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
        {"title": plans.titled(context, "button.see_plan", advice.best.name), "payload": see},
        plans.stay(context, advice.current),
    )
