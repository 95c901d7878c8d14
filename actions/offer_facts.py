"""Which offer is spoken of, and how it is told: its name, its price, what is in it, until when it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions import plans
from actions.skill import Context, Reply
from rapport.customers import catalogue, naming, offers
from rapport.customers.offers import OfferFacts

Answerer = Callable[[Context, OfferFacts], Reply]
TOLD = 4
"""Facts of a product that are told; more would not be read."""


def meant(context: Context, known: list[OfferFacts]) -> list[OfferFacts]:
    """The offer that was tapped, named or just made, else all that are open, else the newest one."""
    tapped = context.heard.entities.get("offer_id")
    if tapped is not None:
        return [offer for offer in known if str(offer.offer_id) == tapped]
    names = {str(offer.offer_id): [offer.name] for offer in known}
    named = naming.meant(context.heard.text, names)
    open_ones = [o for o in known if o.is_unsettled and not o.is_over(context.turn.now)]
    found = [offer for offer in known if str(offer.offer_id) in named]
    asked = [offer for offer in known if offer.offer_id == asked_about(context)]
    return [o for o in found if o in open_ones] or found[:1] or asked or open_ones or known[:1]


def asked_about(context: Context) -> int | None:
    """The offer of the question that was open until this message."""
    before = context.question_before
    return before.about.get("offer_id") if before and before.asks != "taken" else None


def until(context: Context, offer: OfferFacts) -> dict[str, str]:
    """Name and last day, as blanks of a sentence."""
    return {"offer": offer.name, "until": context.calendar.until(offer.valid_until)}


def priced(context: Context, offer: OfferFacts) -> str:
    """ "Camping stove, €64.50 → €49.00"."""
    prices = [price for key in ("was", "price") if (price := offer.money(key)) is not None]
    parts = [offer.name, " → ".join(map(context.money, prices))]
    return ", ".join(part for part in parts if part)


def described(context: Context, offer: OfferFacts) -> str:
    """What is offered and until when."""
    facts = of_plan(context, offer) if offer.about == offers.PLAN else of_product(context, offer)
    return " ".join([*facts, context.say("offer.until", **until(context, offer))])


def of_plan(context: Context, offer: OfferFacts) -> list[str]:
    """What the plan holds and costs, the difference to the present one, and from when."""
    tariff = next((plan for plan in plans.on_sale(context) if plan.plan_id == offer.key), None)
    if tariff is None:
        return [f"{priced(context, offer)}."]
    tariff = replace(tariff, price=offer.money("price") or tariff.price)
    sentences = [f"{plans.described(context, tariff)}."]
    own = plans.plan_of(context) if context.profile.is_verified else None
    if own is None or own.tariff is None:
        return sentences
    than = plans.difference(context, tariff.price, own.tariff)
    sentences += [context.say("plan.that_is", difference=than)] if than else []
    on = context.calendar.on_date(own.renews)
    return [*sentences, context.say("offer.begins", on=on)]


def of_product(context: Context, offer: OfferFacts) -> list[str]:
    """Price, what the catalogue knows of it, and whether it is there."""
    product = catalogue.product(context.turn.session, offer.key)
    facts = [f"{name}: {value}" for name, value in (product.facts if product else {}).items()]
    sentences = [f"{priced(context, offer)}."]
    sentences += [f"{', '.join(facts[:TOLD])}."] if facts else []
    if product is not None and product.stock == 0:
        sentences.append(context.say("price.sold_out"))
    return sentences
