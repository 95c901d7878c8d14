"""The stop guard at the door: a wish to be left alone is obeyed in the transaction that keeps its message."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from rapport.consent import ledger, withdrawal
from rapport.conversation import arrivals, choices
from rapport.errors import RapportError
from rapport.understanding import guard as guards
from rapport.understanding.guard import Decision, Guard
from rapport.vocabulary import ANY_TOPIC
from rapport.whatsapp.webhook import MessageReceived

WORDED = frozenset({"text", "button", "image", "video", "document"})
"""What carries words of the customer's own; our buttons carry a payload that says what they mean."""
SUPPORT = "support"


@functools.lru_cache(maxsize=1)
def guard() -> Guard:
    """This process's guard, loaded once, never trained here. Raises RapportError with the reason."""
    try:
        return Guard.load(guards.model_path())
    except (OSError, ValueError, KeyError) as error:
        raise RapportError(
            f"The stop guard does not load ({type(error).__name__}: {error}); run: rapport train"
        ) from error


def prepare() -> None:
    """Have the guard ready before the first message, trained first if need be. Raises RapportError."""
    try:
        guards.ensure()
    except (OSError, ValueError, KeyError) as error:
        raise RapportError(
            f"The stop guard cannot be made ready ({type(error).__name__}: {error}); "
            "run: rapport train"
        ) from error
    guard().decide("hello")  # the first message is slow


def decision(kind: str, text: str) -> Decision | None:
    """What a message of this type asks for, None when it has no words of its own."""
    if kind not in WORDED or not text.strip():
        return None
    return _within_reason(guard().decide(text))


def decisions(events: Iterable[Any]) -> dict[str, Decision]:
    """wamid to decision, for every message with words among the events of a webhook; of two with one wamid for the first."""
    messages: dict[str, MessageReceived] = {}
    for event in events:
        if isinstance(event, MessageReceived):
            messages.setdefault(event.wamid, event)
    worded = [one for one in messages.values() if one.type in WORDED and one.text.strip()]
    decided = guard().decide_many([one.text for one in worded]) if worded else []
    return {one.wamid: _within_reason(made) for one, made in zip(worded, decided, strict=True)}


def is_keyword(made: Decision | None) -> bool:
    """Whether it is an unmistakable word for stop, whatever stands open."""
    return made is not None and made.verdict == "opt_out" and made.confidence == 1.0


def obey(
    session: Any, event: MessageReceived, made: Decision, customer_id: int, now: datetime
) -> bool:
    """Withdraw what the message ends, here and now; True when it is beyond doubt.

    A typed title or number answers the question on the table, which the dialogue knows. While there is one,
    a doubtful message is left to the dialogue too.
    """
    if made.verdict != "opt_out" or (
        not is_keyword(made) and _answers(session, customer_id, event, made)
    ):
        return False
    withdrawal.withdraw(
        session,
        customer_id=customer_id,
        topics=made.topics,
        method=method_of(made),
        origin=f"wamid:{event.wamid}",
        evidence=event.wamid,
        at=arrivals.said_at(event.sent_at or now, now),
        now=now,
    )
    return not made.is_doubtful


def method_of(made: Decision) -> str:
    """How the withdrawal is recorded: a doubtful one can be undone by the answer."""
    if made.is_doubtful:
        return ledger.DOUBT
    return "keyword" if is_keyword(made) else "guard"


def _answers(session: Any, customer_id: int, event: MessageReceived, made: Decision) -> bool:
    if choices.payload_of_text(session, customer_id, event.text):
        return True
    return made.is_doubtful and choices.is_asked(session, customer_id)


def _within_reason(made: Decision) -> Decision:
    """Answers to what somebody asks go on, unless nothing at all or just these are to end."""
    topics = made.topics
    if ANY_TOPIC in topics or topics == (SUPPORT,):
        return made
    return replace(made, topics=tuple(topic for topic in topics if topic != SUPPORT))
