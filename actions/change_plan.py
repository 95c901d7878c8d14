"""Another plan: which one, what it changes, and the wish passed on once it is confirmed."""

from __future__ import annotations

import re
from dataclasses import replace

from actions import plan_names, plan_wish, plans, wish
from actions.context import SHORT
from actions.skill import Context, Question, Reply, Skill
from rapport.customers import offers
from rapport.customers.history_account import DataPlan
from rapport.customers.tariffs import Tariff

TOPIC = "plan_change"
YES = frozenset({"affirm", "offer_accept"})
ANSWERS = YES | wish.NO | {"change_plan", "nlu_fallback", "out_of_scope"}


class ChangePlan(Skill):
    """The plan named is read back with its price; a yes passes it on."""

    intent = "change_plan"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """The question whether to change, or which plan it shall be."""
        own, on_sale = plans.plan_of(context), offered(context)
        if re.search(context.say("words.end_contract"), context.heard.text.lower()):
            return end(context)
        if own is None or not on_sale:
            return Reply(context.say("plan.nothing_to_change"), (person(context),))
        chosen = plan_wish.wanted(context, on_sale, own)
        if len(chosen.plans) == 1 and context.heard.entities.get("wanted") == "yes":
            return pass_on(context, own, chosen.plans[0])
        return judge(context, own, on_sale, chosen)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Yes, no, or another plan than the one that was asked about."""
        own, on_sale = plans.plan_of(context), offered(context)
        if own is None:
            return None
        asked = next((p for p in on_sale if p.plan_id == question.about.get("plan_id")), None)
        if not context.heard.is_exact and is_answer(context, question):
            chosen = plan_wish.wanted(context, on_sale, own, asked)
            if chosen.size or (chosen.plans and chosen.plans != (asked,)):
                return judge(context, own, on_sale, chosen)
            if asked is not None and wish.says(context, "words.another"):
                return judge(context, own, on_sale, others(question, own, on_sale, asked))
            if plan_names.unknown(context, on_sale):
                return judge(context, own, on_sale, plan_wish.Wish())
        if question.asks == "passed_on":
            return wish.take_back(context, TOPIC) if wish.is_no(context) else None
        if wish.is_no(context):
            return refused(context, own)
        if asked is None or (context.heard.is_exact and context.heard.intent != "affirm"):
            return None
        if context.heard.intent in YES or context.heard.intent == self.intent:
            return agreed(context, question, own, asked)
        return None

    def leave(self, context: Context, question: Question) -> Reply | None:
        """What was passed on a moment ago is not wanted after all."""
        return wish.take_back(context, TOPIC) if question.asks == "passed_on" else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Back to the plan that was asked about."""
        plan = next(
            (p for p in offered(context) if p.plan_id == question.about.get("plan_id")), None
        )
        if plan is None or question.asks == "passed_on":
            return None
        text = context.say("plan.back_to", plan=plan.name, price=context.money(plan.price))
        return Reply(text, yes_or_no(context, plan), question)


def offered(context: Context) -> list[Tariff]:
    """Every plan at today's price, one that is on offer to this customer at the offer's."""
    now = context.turn.now
    made = offers.recent(context.turn.session, context.profile.customer_id, now)
    prices = {
        offer.key: offer.money("price")
        for offer in reversed(made)
        if offer.about == offers.PLAN and offer.is_unsettled and not offer.is_over(now)
    }
    return [
        replace(plan, price=prices.get(plan.plan_id) or plan.price)
        for plan in plans.on_sale(context)
    ]


def is_answer(context: Context, question: Question) -> bool:
    """Whether the message may name another plan in answer to the question."""
    is_short = len(context.heard.text.split()) <= SHORT
    is_relative = any(
        wish.says(context, f"words.{key}") for key in ("another", "cheaper", "bigger")
    )
    is_choice = is_short and (question.asks == "which" or is_relative)
    return context.heard.intent in ANSWERS or is_choice or context.begins_with_no


def others(
    question: Question, own: DataPlan, on_sale: list[Tariff], asked: Tariff
) -> plan_wish.Wish:
    """ "The other one": of those that were in question, else of all but the customer's own."""
    among = question.about.get("of") or [plan.plan_id for plan in on_sale]
    spoken_of = {asked, own.tariff}
    rest = tuple(p for p in on_sale if p.plan_id in among and p not in spoken_of)
    return plan_wish.Wish(rest)


def judge(context: Context, own: DataPlan, on_sale: list[Tariff], chosen: plan_wish.Wish) -> Reply:
    """One plan: is it to be that one. Several or none: which one."""
    if chosen.size:
        return which(context, own, on_sale, context.say("plan.no_such_size", size=chosen.size))
    if len(chosen.plans) != 1:
        return which(
            context, own, list(chosen.plans) or on_sale, asked_which(context, on_sale, chosen)
        )
    if own.tariff and chosen.plans[0].plan_id == own.tariff.plan_id:
        return Reply(context.say("plan.same", plan=chosen.plans[0].name))
    return confirm(context, own, chosen.plans[0])


def asked_which(context: Context, on_sale: list[Tariff], chosen: plan_wish.Wish) -> str:
    """The sentence above a list; a name that no plan has is said to be none's."""
    if chosen.plans:
        return context.say("plan.which_of")
    name = plan_names.unknown(context, on_sale)
    return context.say("plan.none_called", name=name) if name else context.say("plan.which")


def confirm(context: Context, own: DataPlan, plan: Tariff) -> Reply:
    """The plan, the difference in price and the day it begins, read back."""
    sentences = [f"{plans.described(context, plan)}."]
    than = plans.difference(context, plan.price, own.tariff) if own.tariff else ""
    sentences += [context.say("plan.that_is", difference=than)] if than else []
    sentences.append(context.say("plan.shall_i", on=context.calendar.on_date(own.renews)))
    about = {"plan_id": plan.plan_id, "of": offered_before(context)}
    question = Question("change_plan", "confirm", about)
    return Reply(" ".join(sentences), yes_or_no(context, plan), question)


def offered_before(context: Context) -> list[str]:
    """The plans that the list before offered."""
    before = context.question or context.question_before
    return list(before.about.get("offered", [])) if before else []


def yes_or_no(context: Context, plan: Tariff) -> tuple[dict[str, str], ...]:
    """Pass it on, or leave it."""
    yes = f'/change_plan{{"plan_id": "{plan.plan_id}", "wanted": "yes"}}'
    return context.button("button.change_it", yes), context.button("button.no_thanks", "/deny")


def agreed(context: Context, question: Question, own: DataPlan, plan: Tariff) -> Reply:
    """A yes to a plan that was only described is read back first."""
    if question.asks == "confirm":
        return pass_on(context, own, plan)
    return confirm(context, own, plan)


def refused(context: Context, own: DataPlan) -> Reply:
    """Nothing changes."""
    name = own.tariff.name if own.tariff else ""
    return Reply(context.say("plan.stays" if name else "deny", plan=name))


def which(context: Context, own: DataPlan, shown: list[Tariff], text: str) -> Reply:
    """The plans to choose from; the customer's own is none of them."""
    rest = [plan for plan in shown if plan != own.tariff]
    question = Question("change_plan", "which", {"offered": [plan.plan_id for plan in rest]})
    return Reply(text, plans.rows(context, rest, "change_plan"), question)


def pass_on(context: Context, own: DataPlan, plan: Tariff) -> Reply:
    """The wish as a case, from the next cycle on; an offer of this plan is taken by it."""
    if own.tariff and plan.plan_id == own.tariff.plan_id:
        return Reply(context.say("plan.same", plan=plan.name))
    before = own.tariff.name if own.tariff else "-"
    passed = wish.pass_on(
        context,
        TOPIC,
        f"plan change {before} → {plan.name} ({plan.plan_id}), {plan.price.amount} {plan.price.currency}"
        f" a month, from {own.renews}",
    )
    session, now = context.turn.session, context.turn.now
    for offer in offers.recent(session, context.profile.customer_id, now):
        is_this = offer.about == offers.PLAN and offer.key == plan.plan_id
        if is_this and offer.is_unsettled and not offer.is_over(now):
            offers.answer(session, offer, offers.Answer.ACCEPTED, now, case_id=passed.case_id)
    question = Question("change_plan", "passed_on", {"plan_id": plan.plan_id})
    return Reply(told(context, own, plan, passed), question=question)


def told(context: Context, own: DataPlan, plan: Tariff, passed: wish.Passed) -> str:
    """That it is with the team, and from when it is to hold."""
    return context.say(
        f"plan.wish_{passed.state}",
        plan=plan.name,
        price=context.money(plan.price),
        on=context.calendar.on_date(own.renews),
        case_id=passed.case_id,
    )


def end(context: Context) -> Reply:
    """Ending a contract is a talk with a person."""
    about = {"reason": "end_contract"}
    buttons = (person(context), context.button("button.no_thanks", "/deny"))
    return Reply(context.say("plan.end"), buttons, Question("ask_human", "wanted", about))


def person(context: Context) -> dict[str, str]:
    """The way to a person."""
    return context.button("button.person", "/ask_human")
