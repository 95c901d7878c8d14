"""When a message may be a wish to be left alone: whether to ask, and what explains it."""

from __future__ import annotations

from typing import Any

from actions.context import Context, Question
from rapport.consent import ledger
from rapport.customers import history_orders

ABOUT_A_THING = frozenset({"cancel_order", "return_refund", "wishlist_remove"})
"""What is ended is a thing here, when one is spoken of."""
SURE = 0.9
"""Least confidence for that."""


def is_to_be_asked(context: Context) -> bool:
    """Whether it is in doubt, and not asked yet, if this message wants silence."""
    is_about_else = _is_about_a_thing(context) or is_either(context)
    return context.heard.is_doubtful and not is_about_else and not _is_asked_already(context)


def is_either(context: Context) -> bool:
    """ "Cancel it", with nothing on the table but an order that could be cancelled: that is asked about,
    and advertising is held until the answer."""
    heard = context.heard
    is_it = heard.is_doubtful and heard.wish is None and heard.intent == "cancel_order"
    if not is_it or heard.confidence < SURE or _is_asked(context) or _thing(context):
        return False
    known = history_orders.orders(context.turn.session, context.profile.customer_id)
    return any(order.is_changeable for order in known) and not _is_asked_already(context)


def _is_about_a_thing(context: Context) -> bool:
    """ "Cancel it", with an order or a question on the table, is about that and no wish for silence."""
    heard, is_spoken_of = context.heard, _is_asked(context) or bool(_thing(context))
    is_sure = heard.intent in ABOUT_A_THING and heard.confidence >= SURE
    return is_sure and is_spoken_of and heard.wish is None


def _is_asked(context: Context) -> bool:
    """Whether something is open, apart from what was just signed up to."""
    return context.question is not None and context.question.skill != "opt_in"


def _thing(context: Context) -> dict[str, Any]:
    """What was spoken of, unless that was messages."""
    return {} if {"topics", "listed"} & set(context.subject) else context.subject


def explain(context: Context, wamid: str) -> None:
    """Take back what was narrowed on account of words that a question explains, asked or answered with them."""
    running = context.turn
    ledger.void(
        running.session,
        customer_id=context.profile.customer_id,
        voids=f"wamid:{wamid}",
        method="explained",
        origin=f"explained:{running.wamid}",
        at=running.said_at,
        now=running.now,
    )


def settled(context: Context, question: Question | None) -> None:
    """The answer to a question that words in doubt were taken for: they were no wish for silence."""
    if question is not None and "doubt" in question.about:
        explain(context, question.about["doubt"])


def _is_asked_already(context: Context) -> bool:
    """Whether consent is narrowed by a doubt that was asked about before, and not answered."""
    running = context.turn
    return ledger.is_in_doubt(
        running.session, context.profile.customer_id, apart_from=f"wamid:{running.wamid}"
    )
