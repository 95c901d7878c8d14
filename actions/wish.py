"""What a customer wants the business to do: passed on as a case, one a topic, whatever is wished for last."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from actions.skill import Context, Reply
from rapport.customers import cases, naming

WITHIN = timedelta(days=90)
"""A wish that has been open for longer is asked for anew."""
OWN_WORDS = 500
NO = frozenset({"deny", "offer_decline", "offer_later"})
UNHEARD = frozenset({"thank", "goodbye", "nlu_fallback", "out_of_scope"})
"""What "no, thanks" may sound like."""


class Passed(NamedTuple):
    """The case of a wish. `state`: opened, same (it was wished for already) or changed."""

    case_id: str
    state: str


def pass_on(context: Context, topic: str, wish: str) -> Passed:
    """Open a case for the wish, or put the new wish below the one of a case that is open."""
    turn, customer_id = context.turn, context.profile.customer_id
    line = f"{turn.now:%Y-%m-%d %H:%M:%S} UTC: {wish}"
    case_id = open_case(context, topic)
    if case_id is None:
        opened = cases.open_case(
            turn.session,
            customer_id=customer_id,
            topic=topic,
            summary=f"{context.heard.text[:OWN_WORDS]}\n{line}",
            order_id=None,
            origin=f"{turn.wamid}:{topic}",
            now=turn.now,
        )
        return Passed(opened, "opened")
    if cases.newest_note(turn.session, case_id).endswith(f": {wish}"):
        return Passed(case_id, "same")
    cases.add(turn.session, case_id, line)
    return Passed(case_id, "changed")


def open_case(context: Context, topic: str) -> str | None:
    """The case of that topic that is still open, None without one."""
    turn = context.turn
    return cases.open_one(
        turn.session, context.profile.customer_id, turn.now, topic=topic, within=WITHIN
    )


def take_back(context: Context, topic: str) -> Reply:
    """The wish that was just passed on is not wanted after all: a line more in its case."""
    passed = pass_on(context, topic, "no longer wanted")
    return Reply(context.say("wish.taken_back", case_id=passed.case_id))


def is_no(context: Context) -> bool:
    """Whether the message declines what was asked: "nah", "not now", "no, thanks"."""
    heard = context.heard
    return heard.intent in NO or (heard.intent in UNHEARD and context.begins_with_no)


def says(context: Context, key: str) -> bool:
    """Whether a word of the message begins with one of the stems of that key."""
    stems = tuple(naming.words(context.say(key)))
    return bool(stems) and any(word.startswith(stems) for word in naming.words(context.heard.text))
