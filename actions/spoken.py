"""What was spoken of, so that "it" and "the other one" mean something in the next message."""

from __future__ import annotations

from typing import Any

from actions.context import Context, Question, Reply


def after(context: Context, reply: Reply) -> dict[str, Any] | None:
    """What "it" means from a reply on, None when that stays as it was.

    A new question about something else leaves "it" as it was; a "no" to it is no longer about the answer before.
    """
    if reply.subject is not None:
        return {**remembered(context, reply.subject), "skill": reply.skill}
    is_new = reply.question is not None and _identity(reply.question) != _identity(context.question)
    return {**context.subject, "skill": None} if context.subject and is_new else None


def _identity(question: Question | None) -> tuple[Any, ...]:
    return (question.skill, question.asks, question.about) if question else ()


def remembered(context: Context, subject: dict[str, Any]) -> dict[str, Any]:
    """The subject of a reply with the products it was one of: those offered, or the one spoken of before.

    A subject that says so itself stays as it is.
    """
    asked = subject.get("product_id")
    if asked is None or "of" in subject or "order_id" in subject:
        return subject
    offered = context.question.about.get("products", []) if context.question else []
    before = context.subject
    for several in (offered, before.get("of", []), [before.get("product_id"), asked]):
        if asked in several and None not in several and len(set(several)) > 1:
            return {**subject, "of": list(several)}
    return subject
