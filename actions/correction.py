"""“No, the other one”: the same wish again, for another order, product or kind of messages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.context import NAME_WORDS, PLAIN, Context
from rapport.customers import catalogue, history_account, history_orders, naming
from rapport.vocabulary import TOPICS

OF_THINGS = frozenset({"cancel_order", "return_refund"})
"""Wishes that may be about a thing of the order, which the correction may name too."""


def corrected(context: Context) -> Context | None:
    """The wish just answered or asked about, with what the customer puts in its place.

    None when the message corrects nothing, or names nothing else. The intent of the result is the
    skill to answer.
    """
    heard = context.heard
    skill, asked = at_stake(context)
    if skill is None or heard.is_exact:
        return None
    if heard.is_another_wish(skill) and not ("topics" in asked and names_topics_alone(context)):
        return None
    if not context.says_any("words.correction") or is_said_anew(context, skill):
        return None
    if is_about_items(context, asked):
        return None
    if "topics" in asked:
        return other_topics(context, skill, asked["topics"])
    if "order_id" in asked:
        found = other_order(context, asked["order_id"])
        text = f"{found} {wanted(context)}" if skill in OF_THINGS else found
        return again(context, skill, text, ("order_id", found)) if found else None
    if {"period", "plan_id"} & set(asked) and context.question and context.question.skill != skill:
        return None
    if "period" in asked:
        return other_period(context, skill)
    entity = "plan_id" if "plan_id" in asked else "product_id"
    others = (other_plans if "plan_id" in asked else other_products)(context, asked.get(entity))
    return (
        again(context, skill, " ".join(others), *((entity, one) for one in others))
        if others
        else None
    )


def is_said_anew(context: Context, skill: str) -> bool:
    """The same wish in a whole sentence, without a no: "I saw the stove cheaper at another shop"."""
    heard, said = context.heard, naming.words(context.heard.text)
    is_sentence = len(said) > NAME_WORDS and heard.confidence >= PLAIN
    return is_sentence and heard.intent == skill and not set(said) & context.words("words.not")


def at_stake(context: Context) -> tuple[str | None, dict[str, Any]]:
    """Which skill a correction is for and what it takes back: of the open question, else of the answer before.

    A choice from a list, a secret and an address are answered, not corrected.
    """
    about = context.question.about if context.question else {}
    if "address" in about:
        return None, {}
    orders = about.get("orders", [])
    if context.question and (len(orders) == 1 or "order_id" in about):
        order_id = about.get("order_id") or orders[0]
        return about.get("after", context.question.skill), {"order_id": order_id}
    if orders or "products" in about or "found" in about:
        return None, {}
    return context.subject.get("skill"), context.subject


def is_about_items(context: Context, asked: dict[str, Any]) -> bool:
    """Whether it is a thing of the order asked about, whose skill knows the things it asks about."""
    question = context.question
    if question is None or "items" not in question.about or "order_id" not in asked:
        return False
    known = history_orders.orders(context.turn.session, context.profile.customer_id)
    own = [order for order in known if order.order_id == asked["order_id"] and order.items[1:]]
    if (
        not own
        or context.says_any("words.order")
        or history_orders.mentioned(known, wanted(context))
    ):
        return False
    is_other = context.says_any("words.other") and bool(set(question.about["items"]) - {"*"})
    return is_other or bool(history_orders.by_item(own, wanted(context)))


def other_order(context: Context, asked: str) -> str | None:
    """Number of the order named instead, or of "the other one" where there is just one more; None without."""
    known = history_orders.orders(context.turn.session, context.profile.customer_id)
    others = [order for order in known if order.order_id != asked]
    text = wanted(context)
    named = history_orders.mentioned(others, text) or history_orders.by_item(others, text)
    if not named and (number := history_orders.foreign_number(known, text)):
        return number
    if not named and context.says_any("words.other"):
        named = [order for order in others if order.is_underway] or others
    return named[0].order_id if len(named) == 1 else None


def other_products(context: Context, asked: str | None) -> list[str]:
    """Ids of the product named instead, or of those that "the other one" may be."""
    if asked is None:
        return []
    session = context.turn.session
    found = [product.product_id for product in catalogue.find(session, wanted(context))]
    if not found and context.says_any("words.other"):
        found = context.subject.get("of") or catalogue.alike(session, asked)
    return [product_id for product_id in found if product_id != asked]


def other_plans(context: Context, asked: str | None) -> list[str]:
    """Ids of the plan named instead, or of those that "the other one" may be."""
    on_sale = history_account.tariffs(context.turn.session)
    found = naming.meant(wanted(context), {plan.plan_id: [plan.name] for plan in on_sale})
    if not found and context.says_any("words.other"):
        found = [plan.plan_id for plan in on_sale]
    return [plan_id for plan_id in found if plan_id != asked]


def other_topics(context: Context, skill: str, asked: list[str]) -> Context | None:
    """The kinds of messages named instead, or those of the ones before that are named alone."""
    if context.question and context.question.skill != skill:
        return None
    named = [topic for topic in context.heard.all("topic") if topic in TOPICS]
    meant = [topic for topic in named if topic not in asked] or named
    is_plain = context.heard.wish == "opt_in" or context.heard.confidence >= PLAIN
    is_back = skill == "opt_out" and context.heard.intent == "opt_in" and is_plain
    if not meant or set(meant) == set(asked) or (is_back and set(meant) <= set(asked)):
        return None
    return again(context, skill, wanted(context), *(("topic", topic) for topic in meant))


def names_topics_alone(context: Context) -> bool:
    """ "No, I meant the wish list", which may sound like a wish of its own."""
    is_about_else = context.heard.all("product") or context.says_any("words.questions")
    is_named = context.opens_with("words.correction") and bool(context.heard.all("topic"))
    return is_named and not is_about_else


def other_period(context: Context, skill: str) -> Context | None:
    """ "No, last month": the same figure for the time before; None when no other time is named."""
    is_before = re.search(context.say("words.last_cycle"), context.heard.text.lower())
    return again(context, skill, context.heard.text) if is_before else None


def wanted(context: Context) -> str:
    """The message without what it says no to: "not the lamp, the stove"."""
    return naming.unrefused(
        context.heard.text, context.words("words.not"), context.words("words.but")
    )


def again(context: Context, skill: str, text: str, *entities: tuple[str, str]) -> Context:
    """The context in which the skill answers once more."""
    heard = replace(context.heard, intent=skill, text=text, found=entities)
    return replace(
        context,
        heard=heard,
        question=None,
        question_before=context.question,
        is_correction=True,
    )
