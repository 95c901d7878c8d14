"""What an answer to an offer does: passed on, taken off the table, noted for a day, explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from actions import change_plan, offer_facts, plans, wish
from actions.skill import Button, Context, Question, Reply, skills
from rapport.customers import offers
from rapport.customers.offers import Answer, OfferFacts
from rapport.understanding import values

FARTHEST = timedelta(days=366)
ORDER_WISH = "order_wish"


def take(context: Context, offer: OfferFacts) -> Reply:
    """Pass the wish on; a second yes finds the same case."""
    if offer.answer is Answer.ACCEPTED and offer.case_id:
        return Reply(context.say("offer.taken_already", offer=offer.name, case_id=offer.case_id))
    if offer.about == offers.PLAN:
        return take_plan(context, offer)
    price = offer.money("price")
    cost = f", {price.amount} {price.currency}" if price else ""
    passed = wish.pass_on(context, ORDER_WISH, f"order {offer.name} ({offer.key}){cost}")
    settle(context, offer, Answer.ACCEPTED, case_id=passed.case_id)
    told = {"offer": offer_facts.priced(context, offer), "case_id": passed.case_id}
    return Reply(context.say("offer.taken", **told), question=taken(offer))


def take_plan(context: Context, offer: OfferFacts) -> Reply:
    """A plan at the price it was offered for, once it is proved who takes it."""
    if not context.profile.is_verified:
        found = (("offer_id", str(offer.offer_id)), *context.heard.found)
        heard = replace(context.heard, intent="offer_accept", found=found)
        return skills()["step_up"].answer(replace(context, heard=heard))
    own = plans.plan_of(context)
    tariff = next((plan for plan in plans.on_sale(context) if plan.plan_id == offer.key), None)
    if own is None or tariff is None:
        return Reply(context.say("offer.gone", offer=offer.name), (change_plan.person(context),))
    if own.tariff and own.tariff.plan_id == offer.key:
        return Reply(context.say("plan.same", plan=offer.name))
    price = offer.money("price")
    reply = change_plan.pass_on(context, own, replace(tariff, price=price or tariff.price))
    settle(context, offer, Answer.ACCEPTED, case_id=wish.open_case(context, change_plan.TOPIC))
    return replace(reply, question=taken(offer))


def taken(offer: OfferFacts) -> Question:
    """What a "no, not after all" right after it is about."""
    return Question("offer_accept", "taken", {"offer_id": offer.offer_id})


def decline(context: Context, offer: OfferFacts) -> Reply:
    """No is easy; what was taken before is told to the team."""
    text = context.heard.text
    reason = text if wish.says(context, "words.reasons") and not context.heard.is_exact else None
    was_taken = offer.answer is Answer.ACCEPTED and offer.case_id is not None
    settle(context, offer, Answer.DECLINED, reason=reason)
    if was_taken:
        topic = change_plan.TOPIC if offer.about == offers.PLAN else ORDER_WISH
        passed = wish.pass_on(context, topic, f"{offer.name} ({offer.key}) no longer wanted")
        return Reply(context.say("offer.taken_back", offer=offer.name, case_id=passed.case_id))
    return Reply(context.say("offer.declined_because" if reason else "offer.declined"))


def put_off(context: Context, offer: OfferFacts) -> Reply:
    """The day that was said; without one, which day?"""
    at = moment(context)
    if at is None:
        return ask_when(context, offer)
    settle(context, offer, Answer.LATER, remind_at=at)
    key = "offer.later" if at <= offer.valid_until else "offer.later_too_late"
    day = context.calendar.day(at)
    question = Question("offer_later", "noted", {"offer_id": offer.offer_id})
    return Reply(context.say(key, day=day, **offer_facts.until(context, offer)), question=question)


def inform(context: Context, offer: OfferFacts) -> Reply:
    """The facts, and the question again."""
    question = Question("offer_accept", "take", {"offer_id": offer.offer_id})
    return Reply(offer_facts.described(context, offer), buttons(context, offer), question)


def settle(context: Context, offer: OfferFacts, said: Answer, **kept: object) -> None:
    """Keep the answer."""
    offers.answer(context.turn.session, offer, said, context.turn.now, **kept)  # type: ignore[arg-type]


def moment(context: Context) -> datetime | None:
    """The first moment to come, within a year, that the message names; None without one."""
    now, text, language = context.turn.now, context.heard.text, context.language
    tapped = context.heard.entities.get("days") if context.heard.is_exact else None
    if tapped:
        return now + timedelta(days=int(tapped))
    zone = context.calendar.zone
    found = [at.at for at in values.moments(text, language, now, zone)]
    found += [now + timedelta(days=span.days) for span in values.durations(text, language)]
    return next((at for at in found if now < at < now + FARTHEST), None)


def ask_when(context: Context, offer: OfferFacts) -> Reply:
    """Which day, with two to tap; payday is known to the customer alone."""
    key = "offer.when_payday" if wish.says(context, "words.payday") else "offer.when"
    shown = tuple(
        context.button(title, f'/offer_later{{"offer_id": "{offer.offer_id}", "days": "{days}"}}')
        for title, days in (("button.tomorrow", 1), ("button.in_a_week", 7))
    )
    question = Question("offer_later", "when", {"offer_id": offer.offer_id})
    return Reply(context.say(key), (*shown, context.button("button.no_thanks", "/deny")), question)


def buttons(context: Context, offer: OfferFacts) -> tuple[Button, ...]:
    """Take it, put it off, decline it."""
    return tuple(
        context.button(title, f'/{intent}{{"offer_id": "{offer.offer_id}"}}')
        for title, intent in (
            ("button.take_it", "offer_accept"),
            ("button.later", "offer_later"),
            ("button.no_thanks", "offer_decline"),
        )
    )
