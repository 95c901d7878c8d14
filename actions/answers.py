"""Yes, no, or something else: how an answer to an open question of ours is taken."""

from __future__ import annotations

from actions.skill import Context
from rapport.customers import naming


def may_answer(context: Context, skill: str) -> bool:
    """Whether a typed message can be an answer to a question of that skill, and is not another wish."""
    heard = context.heard
    if heard.is_exact:
        return False
    return not heard.is_another_wish(skill) or starts_with_no(context)


def verdict(context: Context, skill: str) -> bool | None:
    """Yes or no to a question of that skill; None for anything that is neither beyond doubt."""
    heard = context.heard
    if heard.is_exact:
        return {"affirm": True, "deny": False}.get(heard.intent)
    if not may_answer(context, skill):
        return None
    if heard.intent == "deny" or starts_with_no(context):
        return False
    is_yes = heard.intent == "affirm" or _first(context) in context.words("words.yes")
    return True if is_yes and "?" not in heard.text else None


def starts_with_no(context: Context) -> bool:
    """ "No, the boots": whatever the rest sounds like."""
    return not context.heard.is_exact and _first(context) in context.words("words.not")


def wants_another(context: Context) -> bool:
    """ "The other one", tapped or typed."""
    if context.heard.is_exact:
        return context.heard.entities.get("wanted") == "other"
    return context.says_any("words.other")


def _first(context: Context) -> str:
    return next(iter(naming.words(context.heard.text)), "")
