"""An offer is answered in the customer's own words, at once or days later: taken, declined, put off, asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import offer_facts, plan_wish, plans, wish
from actions.offer_answers import ask_when, buttons, decline, inform, moment, put_off, take
from actions.skill import Context, Question, Reply, Skill, perform, skills
from rapport.customers import naming, offers
from rapport.customers.offers import Answer, OfferFacts
from rapport.customers.tariffs import Recommendation

VALID = timedelta(days=30)
"""A recommendation rests on past cycles; a month later there is a new one."""
ANSWERS = {"affirm": "offer_accept", "deny": "offer_decline", "change_plan": "offer_accept"}
"""What answers the offer that was just made without calling it one."""


class OfferAccept(Skill):
    """Taken: passed on at once, since its price was on the screen."""

    intent = "offer_accept"

    def answer(self, context: Context) -> Reply:
        """Take the offer meant, or the plan that is named instead."""
        if names_another_plan(context):
            return change(context)
        return answered(context, take)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A yes, a no, or any other answer to the offer that was just made."""
        if question.asks == "which":
            return picked(context, question)
        if context.heard.is_exact and context.heard.intent not in {"affirm", "deny"}:
            return None
        intent = ANSWERS.get(context.heard.intent, context.heard.intent)
        if context.heard.intent in REDIRECTS and wants_another(context):
            return change(context)
        return put(context, question.about["offer_id"], intent) if intent in KINDS else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Back to the offer."""
        offer = by_id(context, question.about.get("offer_id"))
        if offer is None:
            return None
        text = context.say("offer.back_to", offer=offer.name)
        return Reply(text, buttons(context, offer), question)


class OfferDecline(Skill):
    """Declined: thanked, not argued with, the reason kept."""

    intent = "offer_decline"

    def answer(self, context: Context) -> Reply:
        """Take the offer off the table."""
        return answered(context, decline)


class OfferLater(Skill):
    """Put off: the day is noted, and until when the offer holds."""

    intent = "offer_later"

    def answer(self, context: Context) -> Reply:
        """Note the day that is named, else ask for one."""
        return answered(context, put_off)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """The day, or that it need not be one."""
        offer = by_id(context, question.about["offer_id"])
        if offer is None:
            return None
        if context.heard.intent in {"offer_accept", "affirm"}:
            return None if context.heard.intent == "offer_accept" else take(context, offer)
        if context.heard.intent in {"deny", "offer_decline"}:
            return Reply(context.say("offer.open_until", **offer_facts.until(context, offer)))
        return None if moment(context) is None else put_off(context, offer)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which day it was to be."""
        offer = by_id(context, question.about["offer_id"])
        return ask_when(context, offer) if offer else None


class OfferMoreInfo(Skill):
    """What is in it, what it costs, until when, and what it would change."""

    intent = "offer_more_info"

    def answer(self, context: Context) -> Reply:
        """The facts of the offer meant."""
        return answered(context, inform)


KINDS = frozenset({"offer_accept", "offer_decline", "offer_later", "offer_more_info"})


REDIRECTS = frozenset({"deny", "change_plan", "offer_accept"})
"""What may name another plan than the one on offer: "no, Max 40 please"."""


def propose(context: Context, advice: Recommendation, text: str) -> Reply:
    """A recommendation as an offer: it can be answered now or on another day."""
    best = advice.best
    facts = {
        "plan_id": best.plan_id,
        "name": best.name,
        "price": {"amount": str(best.price.amount), "currency": best.price.currency},
    }
    offer_id = offers.make(
        context.turn.session,
        customer_id=context.profile.customer_id,
        topic="support",
        about=offers.PLAN,
        facts=facts,
        text=text,
        origin=f"{context.turn.wamid}:plan",
        now=context.turn.now,
        valid_until=context.turn.now + VALID,
    )
    shown = (
        {
            "title": plans.titled(context, "button.take", best.name),
            "payload": f'/offer_accept{{"offer_id": "{offer_id}"}}',
        },
        context.button("button.other_plans", '/plan_options{"wanted": "all"}'),
        {
            "title": plans.titled(context, "button.stay", advice.current.name),
            "payload": f'/offer_decline{{"offer_id": "{offer_id}"}}',
        },
    )
    return Reply(text, shown, Question("offer_accept", "take", {"offer_id": offer_id}))


def put(context: Context, offer_id: object, intent: str) -> Reply:
    """That answer to that offer."""
    found = (("offer_id", str(offer_id)), *context.heard.found)
    heard = replace(context.heard, intent=intent, found=found)
    return skills()[intent].answer(replace(context, heard=heard, question=None))


def picked(context: Context, question: Question) -> Reply | None:
    """Which of several offers, by a word of its name."""
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    names = {str(o.offer_id): [o.name] for o in known if o.offer_id in question.about["offers"]}
    chosen = None if context.heard.is_exact else naming.picked(context.heard.text, names)
    return put(context, chosen, question.about["intent"]) if chosen else None


def names_another_plan(context: Context) -> bool:
    """Whether a plan is named that is neither on offer nor the customer's own."""
    if context.heard.is_exact:
        return False
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    own = plans.plan_of(context)
    current = own.tariff if own else None
    spoken_of = {offer.key for offer in known} | ({current.plan_id} if current else set())
    named = plan_wish.by_name(context, plans.on_sale(context), current, None)
    return any(plan.plan_id not in spoken_of for plan in named)


def wants_another(context: Context) -> bool:
    """ "No, Max 40", "no, another one"."""
    says_other = context.heard.intent == "deny" and wish.says(context, "words.other")
    return not context.heard.is_exact and (says_other or names_another_plan(context))


def change(context: Context) -> Reply:
    """The change of plan takes it from here, with its proof and its question."""
    heard = replace(context.heard, intent="change_plan")
    return perform(skills()["change_plan"], replace(context, heard=heard, question=None))


def answered(context: Context, answer: offer_facts.Answerer) -> Reply:
    """The answer put to the offer meant; which one is it when there are several; none, and it is said."""
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    meant = offer_facts.meant(context, known)
    if not meant:
        return Reply(context.say("offer.none"))
    if len(meant) > 1:
        return which(context, meant)
    if meant[0].answer is Answer.ACCEPTED and answer is put_off:
        return take(context, meant[0])
    if meant[0].is_over(context.turn.now) and meant[0].answer is not Answer.ACCEPTED:
        return Reply(context.say("offer.over", **offer_facts.until(context, meant[0])))
    return answer(context, meant[0])


def which(context: Context, meant: list[OfferFacts]) -> Reply:
    """Several are open: which one."""
    shown = tuple(
        {
            "title": offer.name,
            "description": offer_facts.priced(context, offer),
            "payload": f'/{context.heard.intent}{{"offer_id": "{offer.offer_id}"}}',
        }
        for offer in meant
    )
    about = {"intent": context.heard.intent, "offers": [offer.offer_id for offer in meant]}
    return Reply(context.say("offer.which"), shown, Question("offer_accept", "which", about))


def by_id(context: Context, offer_id: int | None) -> OfferFacts | None:
    """The customer's own offer of that id."""
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    return next((offer for offer in known if offer.offer_id == offer_id), None)
