"""A wish that only the business can fulfil becomes a case, once."""

from __future__ import annotations

from actions.skill import Context
from rapport.customers import cases


def once(context: Context, topic: str, about: str, order_id: str | None, note: str) -> str | None:
    """The number of the new case, None when there is one of that topic about the same thing already."""
    case_id = cases.case_id_of(f"{topic}:{about}")
    if cases.is_there(context.turn.session, case_id):
        return None
    return _open(context, topic, order_id, note, f"{topic}:{about}")


def again(context: Context, topic: str, order_id: str | None, note: str) -> tuple[str, bool]:
    """The case number, and whether it is new: a second word about the same order joins the open case."""
    turn, customer_id = context.turn, context.profile.customer_id
    case_id = cases.open_one(turn.session, customer_id, turn.now, topic=topic, order_id=order_id)
    if case_id is None:
        return _open(context, topic, order_id, note, turn.wamid), True
    cases.add(turn.session, case_id, note)
    return case_id, False


def number(topic: str, about: str) -> str:
    """The number of the case that `once` opens, or opened, for this."""
    return cases.case_id_of(f"{topic}:{about}")


def is_passed_on(context: Context, topic: str, about: str) -> bool:
    """Whether `once` has been asked for this before."""
    return cases.is_there(context.turn.session, number(topic, about))


def _open(context: Context, topic: str, order_id: str | None, note: str, origin: str) -> str:
    return cases.open_case(
        context.turn.session,
        customer_id=context.profile.customer_id,
        topic=topic,
        summary=note,
        order_id=order_id,
        origin=origin,
        now=context.turn.now,
    )
