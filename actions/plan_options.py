"""Which plan would suit: computed from the customer's own cycles, told with the ground it rests on."""

from __future__ import annotations

from actions import data_usage
from actions.skill import Button, Context, Reply, Skill, skills
from rapport.customers import history_account, naming
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Recommendation, Tariff
from rapport.wording import gigabytes, volume

ROWS = 9


class PlanOptions(Skill):
    """The recommendation first, all plans to look at below."""

    intent = "plan_options"

    def answer(self, context: Context) -> Reply:
        """The plan that was named or tapped, else the one that would have been cheapest.

        A price list is nobody's secret; what rests on the customer's own use needs a proof.
        """
        on_sale = history_account.tariffs(context.turn.session)
        public = wanted(context, on_sale)
        if not context.profile.is_verified and public is not None:
            return Reply(described(context, public))
        if not context.profile.is_known:
            return no_plan(context, on_sale)
        if not context.profile.is_verified:
            return skills()["step_up"].answer(context)
        plan = data_usage.plan_of(context)
        if plan is None or plan.tariff is None:
            return no_plan(context, on_sale)
        advice = data_usage.recommendation(context, plan)
        if public is not None and public != plan.tariff:
            return Reply(about(context, public, advice), change_or_stay(context, plan.tariff))
        text = grounds(context, plan, advice)
        return Reply(text, rows(context, on_sale, plan.tariff, advice))


def wanted(context: Context, on_sale: list[Tariff]) -> Tariff | None:
    """The plan that was tapped or is named in the text."""
    tapped = context.heard.entities.get("plan_id")
    keys = (
        [tapped]
        if tapped
        else naming.meant(context.heard.text, {p.plan_id: [p.name] for p in on_sale})
    )
    found = [plan for plan in on_sale if plan.plan_id in keys]
    return found[0] if len(found) == 1 else None


def no_plan(context: Context, on_sale: list[Tariff]) -> Reply:
    """No plan on file: what there is in general, without a recommendation."""
    if not on_sale:
        return Reply(context.say("plan.none"))
    listed = "\n".join(described(context, plan) for plan in on_sale[:ROWS])
    return Reply(context.say("plan.none_but", plans=listed))


def grounds(context: Context, plan: DataPlan, advice: Recommendation | None) -> str:
    """What the recommendation is and what it rests on."""
    current = described(context, plan.tariff) if plan.tariff else ""
    if advice is None:
        return context.say("plan.no_cycles", current=current)
    values = {
        "current": current,
        "count": len(advice.cycles),
        "average": volume(advice.average_mb, context.language),
        "best": advice.best.name,
        "price": context.money(advice.best.price),
        "overrun": advice.overrun_in,
    }
    many = "" if len(advice.cycles) > 1 else "_one"
    if not advice.is_change:
        return context.say(f"plan.fits{many}", **values)
    if advice.saving is None:
        return context.say(f"plan.short{many}", **values)
    return context.say(f"plan.better{many}", saving=context.money(advice.saving), **values)


def about(context: Context, named: Tariff, advice: Recommendation | None) -> str:
    """A plan by its facts, and how it would have served."""
    text = described(context, named)
    if advice is None or named.plan_id != advice.best.plan_id or advice.saving is None:
        return f"{text}. {context.say('plan.change_by_person')}"
    key = "plan.cycles" if len(advice.cycles) > 1 else "plan.cycle"
    cycles = context.say(key, count=len(advice.cycles))
    saved = context.say("plan.would_have_saved", saving=context.money(advice.saving), cycles=cycles)
    return f"{text}. {saved} {context.say('plan.change_by_person')}"


def described(context: Context, plan: Tariff) -> str:
    """ "Plus 10: 10 GB for €14.99 a month, then €4.00 per GB"."""
    values = {"plan": plan.name, "price": context.money(plan.price)}
    if plan.data_mb is None:
        return context.say("plan.unlimited", **values)
    values["data"] = f"{gigabytes(plan.data_mb, context.language)} GB"
    if plan.extra_per_gb is None:
        return context.say("plan.limited", **values)
    extra = context.money(plan.price._replace(amount=plan.extra_per_gb))
    return context.say("plan.extra", extra=extra, **values)


def rows(
    context: Context, on_sale: list[Tariff], current: Tariff, advice: Recommendation | None
) -> tuple[Button, ...]:
    """The other plans, the recommended one on top."""
    others = [plan for plan in on_sale if plan.plan_id != current.plan_id]
    others.sort(key=lambda plan: advice is None or plan.plan_id != advice.best.plan_id)
    shown = tuple(
        {
            "title": plan.name,
            "description": described(context, plan).partition(": ")[2],
            "payload": f'/plan_options{{"plan_id": "{plan.plan_id}"}}',
        }
        for plan in others[:ROWS]
    )
    stay = {"title": data_usage.titled(context, "button.stay", current), "payload": "/deny"}
    return (*shown, stay) if shown else ()


def change_or_stay(context: Context, current: Tariff) -> tuple[Button, ...]:
    """A person changes the plan; or nothing changes."""
    return (
        context.button("button.person", "/ask_human"),
        {"title": data_usage.titled(context, "button.stay", current), "payload": "/deny"},
    )
