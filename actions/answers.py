"""Yes, no, or something else: how an answer to an open question of ours is taken."""

from __future__ import annotations

from actions.skill import Context
from rapport.customers import naming

OPEN = frozenset({"affirm", "deny", "nlu_fallback", "out_of_scope"})
"""What an answer in words of its own is often taken for."""
SURE = 0.8
"""Confidence from which a message is taken for the other wish it was understood as."""

SHORT = 3
"""Words in which a name is said, and hardly a wish."""


def may_answer(context: Context, intent: str) -> bool:
    """Whether a typed message can be an answer to a question of that skill, and is not another wish."""
    heard = context.heard
    if heard.is_exact:
        return False
    is_open = heard.intent in {intent, *OPEN} or heard.confidence < SURE
    return is_open or is_short(context) or starts_with_no(context)


def is_short(context: Context) -> bool:
    """ "The trail lamp": a name rather than a wish."""
    return len(naming.words(context.heard.text)) <= SHORT and "?" not in context.heard.text


def verdict(context: Context, intent: str) -> bool | None:
    """Yes or no to a question of that skill; None for anything that is neither beyond doubt."""
    heard = context.heard
    if heard.is_exact:
        return {"affirm": True, "deny": False}.get(heard.intent)
    if not may_answer(context, intent):
        return None
    if heard.intent == "deny" or starts_with_no(context):
        return False
    is_yes = heard.intent == "affirm" or _first(context) in context.words("words.yes")
    return True if is_yes and heard.intent in {intent, *OPEN} else None


def starts_with_no(context: Context) -> bool:
    """ "No, the boots": whatever the rest sounds like."""
    return not context.heard.is_exact and _first(context) in context.words("words.no")


def wants_another(context: Context) -> bool:
    """ "The other one", tapped or typed."""
    if context.heard.is_exact:
        return context.heard.entities.get("wanted") == "other"
    return context.says_any("words.other")


def _first(context: Context) -> str:
    return next(iter(naming.words(context.heard.text)), "")
