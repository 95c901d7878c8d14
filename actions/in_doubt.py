"""When a message may be a wish to be left alone: whether to ask, and what explains it."""

from __future__ import annotations

from actions.context import Context
from rapport.consent import ledger

ABOUT_A_THING = frozenset({"cancel_order", "return_refund", "wishlist_remove"})
"""What is ended is a thing here, when one is spoken of."""
SURE = 0.9
"""Least confidence for that."""


def is_to_be_asked(context: Context) -> bool:
    """Whether it is in doubt, and not asked yet, if this message wants silence."""
    heard = context.heard
    return heard.is_doubtful and not _is_about_a_thing(context) and not _is_asked_already(context)


def _is_about_a_thing(context: Context) -> bool:
    """ "Cancel it", with an order or a question on the table, is about that and no wish for silence."""
    heard, is_spoken_of = context.heard, bool(context.question or context.subject)
    is_sure = heard.intent in ABOUT_A_THING and heard.confidence >= SURE
    return is_sure and is_spoken_of and heard.wish is None


def explain(context: Context) -> None:
    """Take back what was narrowed on account of words that the open question explains."""
    running = context.turn
    ledger.void(
        running.session,
        customer_id=context.profile.customer_id,
        voids=f"wamid:{running.wamid}",
        method="explained",
        origin=f"explained:{running.wamid}",
        at=running.said_at,
        now=running.now,
    )


def _is_asked_already(context: Context) -> bool:
    """Whether consent is narrowed by a doubt that was asked about before, and not answered."""
    running = context.turn
    return ledger.is_in_doubt(
        running.session, context.profile.customer_id, apart_from=f"wamid:{running.wamid}"
    )
