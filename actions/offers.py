"""An offer is answered in the customer's own words, at once or days later: taken, declined, put off, asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import offer_facts, plan_wish, plans, wish
from actions.offer_answers import ask_when, buttons, decline, inform, moment, put_off, take
from actions.skill import Context, Question, Reply, Skill, paragraphs, perform, skills
from rapport.customers import naming, offers
from rapport.customers.offers import Answer, OfferFacts
from rapport.customers.tariffs import Recommendation

VALID = timedelta(days=30)
"""A recommendation rests on past cycles; a month later there is a new one."""
SURE = 0.6
"""Who has no offer open and is understood less surely than this hardly speaks of one."""
ANSWERS = {"affirm": "offer_accept", "change_plan": "offer_accept"}
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
        heard = context.heard
        if heard.is_exact and heard.intent in KINDS:
            return skills()[heard.intent].answer(replace(context, question=None))
        if question.asks == "which":
            return picked(context, question)
        if heard.is_exact and heard.intent not in {"affirm", "deny"}:
            return None
        return judge(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Back to the offer, or to which of several it was to be."""
        if question.asks == "taken":
            return None
        if question.asks == "which":
            known = offers.recent(
                context.turn.session, context.profile.customer_id, context.turn.now
            )
            asked = [offer for offer in known if offer.offer_id in question.about["offers"]]
            return which(context, asked, question.about["intent"])
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
        """The day, another one after all, or none."""
        offer = by_id(context, question.about["offer_id"])
        if offer is None or context.heard.intent == "ask_human":
            return None
        if context.heard.intent in {"offer_accept", "offer_decline"}:
            return (take if context.heard.intent == "offer_accept" else decline)(context, offer)
        if moment(context) is not None:
            return put_off(context, offer)
        if wish.is_no(context) and question.asks == "when":
            return Reply(context.say("offer.open_until", **offer_facts.until(context, offer)))
        return None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which day it was to be."""
        offer = by_id(context, question.about["offer_id"])
        return ask_when(context, offer) if offer and question.asks == "when" else None


class OfferMoreInfo(Skill):
    """What is in it, what it costs, until when, and what it would change."""

    intent = "offer_more_info"

    def answer(self, context: Context) -> Reply:
        """The facts of the offer meant."""
        return answered(context, inform)


KINDS = frozenset({"offer_accept", "offer_decline", "offer_later", "offer_more_info"})


REDIRECTS = frozenset({"deny", "change_plan", "offer_accept"})
"""What may name another plan than the one on offer: "no, Max 40 please"."""
TURNS = frozenset({"deny", "offer_more_info", "nlu_fallback", "out_of_scope"})
"""What may name another offer than the one spoken of: "and the flask?"."""


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


def judge(context: Context, question: Question) -> Reply | None:
    """The answer to an offer: another one, another plan, or what becomes of it."""
    offer_id = question.about["offer_id"]
    is_no = wish.is_no(context) and context.heard.intent != "offer_later"
    if question.asks == "taken":
        return judge_taken(context, offer_id, is_no)
    other = other_offer(context, offer_id)
    if other is not None:
        return put(context, other, "offer_more_info")
    if context.heard.intent in REDIRECTS and wants_another(context):
        return change(context)
    said = context.heard.intent
    intent = "offer_decline" if is_no else ANSWERS.get(said, said)
    return put(context, offer_id, intent) if intent in KINDS else None


def judge_taken(context: Context, offer_id: int, is_no: bool) -> Reply | None:
    """What was taken a moment ago is not wanted, or another one is in its place ("no, the flask")."""
    is_turn = is_no or context.begins_with_no
    if is_turn and names_another_plan(context):
        return change(context)
    other = other_offer(context, offer_id) if is_turn else None
    if other is None and not is_no:
        return None
    back = put(context, offer_id, "offer_decline")
    if other is None:
        return back
    taken = put(context, other, "offer_accept")
    return replace(taken, text=paragraphs(back, taken))


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


def other_offer(context: Context, offer_id: int) -> int | None:
    """ "No, the flask": another offer than the one that is spoken of, by a word of its name."""
    is_turn = context.heard.intent in TURNS or context.begins_with_no
    if context.heard.is_exact or not is_turn:
        return None
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    names = {str(o.offer_id): [o.name] for o in known if o.is_unsettled}
    chosen = naming.picked(context.heard.text, names)
    is_other = chosen is not None and chosen != str(offer_id)
    return int(chosen) if chosen and is_other else None


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
    says_other = context.heard.intent == "deny" and wish.says(context, "words.another")
    return not context.heard.is_exact and (says_other or names_another_plan(context))


def change(context: Context) -> Reply:
    """The change of plan takes it from here, with its proof and its question."""
    heard = replace(context.heard, intent="change_plan")
    return perform(skills()["change_plan"], replace(context, heard=heard, question=None))


def answered(context: Context, answer: offer_facts.Answerer) -> Reply:
    """The answer put to the offer meant; which one is it when there are several; none, and it is said.

    Without an offer a guess is asked back.
    """
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    meant = offer_facts.meant(context, known)
    if not meant and context.heard.confidence < SURE:
        return perform(skills()["nlu_fallback"], context)
    if not meant:
        return Reply(context.say("offer.none"))
    if len(meant) > 1:
        return which(context, meant, context.heard.intent)
    if meant[0].answer is Answer.ACCEPTED and answer is put_off:
        return take(context, meant[0])
    if meant[0].is_over(context.turn.now) and meant[0].answer is not Answer.ACCEPTED:
        return Reply(context.say("offer.over", **offer_facts.until(context, meant[0])))
    return answer(context, meant[0])


def which(context: Context, meant: list[OfferFacts], intent: str) -> Reply:
    """Several are open: which one."""
    shown = tuple(
        {
            "title": offer.name,
            "description": offer_facts.priced(context, offer),
            "payload": f'/{intent}{{"offer_id": "{offer.offer_id}"}}',
        }
        for offer in meant
    )
    about = {"intent": intent, "offers": [offer.offer_id for offer in meant]}
    return Reply(context.say("offer.which"), shown, Question("offer_accept", "which", about))


def by_id(context: Context, offer_id: int | None) -> OfferFacts | None:
    """The customer's own offer of that id."""
    known = offers.recent(context.turn.session, context.profile.customer_id, context.turn.now)
    return next((offer for offer in known if offer.offer_id == offer_id), None)
