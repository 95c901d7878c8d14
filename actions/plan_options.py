"""Which plan would suit: computed from the customer's own cycles, told with the ground it rests on."""

from __future__ import annotations

from actions import bill_lines, change_plan, offers, plan_names, plan_wish, plans
from actions.skill import Context, Question, Reply, Skill, skills
from rapport.customers import history_account, naming
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Recommendation, Tariff
from rapport.wording import Money, volume


class PlanOptions(Skill):
    """The recommendation first, which is an offer; all plans to look at when none suits better."""

    intent = "plan_options"

    def answer(self, context: Context) -> Reply:
        """The plan that was named or tapped, else the one that would have been cheapest.

        A price list is nobody's secret; what rests on the customer's own use needs a proof.
        """
        on_sale = plans.on_sale(context)
        public = wanted(context, on_sale)
        if not context.profile.is_verified and public is not None:
            subject = {"plan_id": public.plan_id}
            return Reply(plans.described(context, public), subject=subject)
        asked = asked_which(context, on_sale) if public is None else None
        if not context.profile.is_verified and asked is not None:
            return Reply(asked, plans.rows(context, among(context, on_sale), self.intent))
        if not context.profile.is_known:
            return no_plan(context, on_sale)
        if not context.profile.is_verified:
            return skills()["step_up"].answer(context)
        plan = plans.plan_of(context)
        if plan is None or plan.tariff is None:
            return no_plan(context, on_sale)
        advice = plans.recommendation(context, plan)
        if asked is not None:
            return others(context, asked, among(context, on_sale), plan.tariff)
        if context.heard.entities.get("wanted") == "all":
            return others(context, context.say("plan.which"), on_sale, plan.tariff)
        if public is not None and public != plan.tariff:
            return about(context, public, plan.tariff, advice)
        if advice is None or not advice.is_change:
            return others(context, stays(context, plan.tariff, advice), on_sale, plan.tariff)
        return offers.propose(context, advice, better(context, plan, advice))


def wanted(context: Context, on_sale: list[Tariff]) -> Tariff | None:
    """The plan that was tapped, or is named in the text by its name or its size."""
    tapped = context.heard.all("plan_id")
    if tapped:
        found = among(context, on_sale)
        return found[0] if len(found) == 1 else None
    names = {plan.plan_id: [plan.name] for plan in on_sale}
    keys = naming.meant(context.heard.text, names)
    found = [plan for plan in on_sale if plan.plan_id in keys]
    found = found or plan_wish.by_size(context, on_sale)
    return found[0] if len(found) == 1 else None


def among(context: Context, on_sale: list[Tariff]) -> list[Tariff]:
    """The plans that are meant by a tap or by "the other one", all of them without such a hint."""
    ids = context.heard.all("plan_id")
    return [plan for plan in on_sale if plan.plan_id in ids] or on_sale


def asked_which(context: Context, on_sale: list[Tariff]) -> str | None:
    """The sentence above a list, where several are meant or a name that no plan has; None otherwise."""
    if len(context.heard.all("plan_id")) > 1:
        return context.say("plan.which_of")
    name = plan_names.unknown(context, on_sale, is_said=True) if on_sale else None
    return context.say("plan.none_called", name=name) if name else None


def no_plan(context: Context, on_sale: list[Tariff]) -> Reply:
    """No plan on file: what there is in general, without a recommendation."""
    if not on_sale:
        return Reply(context.say("plan.none"))
    listed = "\n".join(plans.described(context, plan) for plan in on_sale[: plans.ROWS])
    return Reply(context.say("plan.none_but", plans=listed))


def others(context: Context, text: str, on_sale: list[Tariff], current: Tariff) -> Reply:
    """A text, and below it the plans the customer does not have."""
    rest = [plan for plan in on_sale if plan != current]
    if not rest:
        return Reply(text)
    buttons = (*plans.rows(context, rest, "plan_options"), plans.stay(context, current))
    about = {"offered": [plan.plan_id for plan in rest]}
    return Reply(text, buttons, Question("change_plan", "which", about))


def stays(context: Context, current: Tariff, advice: Recommendation | None) -> str:
    """No plan suits better, or nothing can be said yet."""
    if advice is None:
        return context.say("plan.no_cycles", current=plans.described(context, current))
    key = "plan.fits" if len(advice.cycles) > 1 else "plan.fits_one"
    return context.say(
        key,
        best=current.name,
        current=plans.described(context, current),
        count=len(advice.cycles),
        average=volume(advice.average_mb, context.locale),
    )


def better(context: Context, plan: DataPlan, advice: Recommendation) -> str:
    """Which plan, what it costs more or less, and what all that rests on."""
    values = {
        "best": advice.best.name,
        "price": context.money(advice.best.price),
        "difference": plans.difference(context, advice.best.price, advice.current),
        "count": len(advice.cycles),
        "average": volume(advice.average_mb, context.locale),
        "overrun": advice.overrun_in,
    }
    many = "" if len(advice.cycles) > 1 else "_one"
    if advice.saving is None:
        return context.say(f"plan.short{many}", **values)
    text = context.say(f"plan.better{many}", saving=context.money(advice.saving), **values)
    paid = paid_for_extra(context, advice)
    return f"{text} {context.say('plan.paid_extra', paid=context.money(paid))}" if paid else text


def paid_for_extra(context: Context, advice: Recommendation) -> Money | None:
    """What the bills since the first of the cycles looked at say was paid for extra data."""
    since = min(cycle.start for cycle in advice.cycles)
    known = history_account.bills(
        context.turn.session, context.profile.customer_id, len(advice.cycles) + 1
    )
    extra = [
        line.amount
        for bill in known
        if context.calendar.local(bill.issued_at).date() > since
        for line in bill.lines
        if bill_lines.is_extra_data(line.label)
    ]
    currency = advice.current.price.currency
    paid = sum(amount.amount for amount in extra if amount.currency == currency)
    return Money(paid, currency) if paid > 0 else None


def about(context: Context, named: Tariff, current: Tariff, advice: Recommendation | None) -> Reply:
    """A plan by its facts, against the present one; the recommended one is an offer."""
    sentences = [f"{plans.described(context, named)}."]
    than = plans.difference(context, named.price, current)
    sentences += [context.say("plan.that_is", difference=than)] if than else []
    if advice is None or named.plan_id != advice.best.plan_id:
        of = change_plan.offered_before(context)
        question = Question("change_plan", "about", {"plan_id": named.plan_id, "of": of})
        change = f'/change_plan{{"plan_id": "{named.plan_id}"}}'
        buttons = (context.button("button.change", change), plans.stay(context, current))
        return Reply(" ".join(sentences), buttons, question)
    if advice.saving is not None:
        key = "plan.cycles" if len(advice.cycles) > 1 else "plan.cycle"
        cycles = context.say(key, count=len(advice.cycles))
        saving = context.money(advice.saving)
        sentences.append(context.say("plan.would_have_saved", saving=saving, cycles=cycles))
    return offers.propose(context, advice, " ".join(sentences))
