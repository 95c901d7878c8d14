"""The step-up question: may this person hear account figures? Few attempts, then a pause and a person."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db.conversation import Conversation, Outbox
from rapport.db.customers import Customer, Order

ATTEMPTS = 3
LOCKED_FOR = timedelta(hours=24)
VALID_FOR = timedelta(hours=24)
"""A proof holds as long as WhatsApp's service window; after that the phone may be in other hands."""
GUESSES = 3
"""Words with a digit that one message may offer; more of them is trying, not knowing."""
POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{5}-?\d{3}|\d{4} ?[A-Z]{2}|\d{4,6})\b", re.IGNORECASE
)
"""British, Brazilian, Dutch, and the plain four to six digits of most of the world."""


class Proof(str, Enum):
    """What can be asked for."""

    POSTCODE = "postcode"
    ORDER = "order"
    EMAIL = "email"


class Verdict(str, Enum):
    """What came of an attempt."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True)
class Challenge:
    """What the business has on file that only the customer should know; `is_locked` after too many misses."""

    answers: dict[Proof, str]
    is_locked: bool
    failures: int

    @property
    def left(self) -> int:
        """Attempts that remain."""
        return max(0, ATTEMPTS - self.failures)


def challenge(session: Any, customer_id: int, now: datetime) -> Challenge:
    """What this customer can be asked, in three queries. An order number we told them proves nothing."""
    row = session.execute(
        sa.select(Customer.email, Conversation.step_up_failures, Conversation.step_up_failed_at)
        .outerjoin(Conversation, Conversation.customer_id == Customer.id)
        .where(Customer.id == customer_id)
    ).one()
    failures = 0 if _is_over(row.step_up_failed_at, now) else row.step_up_failures or 0
    answers = _answers(session, customer_id, row.email)
    return Challenge(answers, failures >= ATTEMPTS, failures)


def attempt(session: Any, customer_id: int, text: str, now: datetime) -> Verdict:
    """Judge one answer and count it. Writes `verified_until` or the failure; the third one locks."""
    asked = challenge(session, customer_id, now)
    if asked.is_locked:
        return Verdict.LOCKED
    if is_right(asked, text):
        _write(session, customer_id, step_up_failures=0, verified_until=now + VALID_FOR)
        return Verdict.RIGHT
    failures = asked.failures + 1
    _write(session, customer_id, step_up_failures=failures, step_up_failed_at=now)
    return Verdict.LOCKED if failures >= ATTEMPTS else Verdict.WRONG


def is_right(asked: Challenge, text: str) -> bool:
    """Whether the text holds one of the answers and is not a list of guesses."""
    words = [_bare(word) for word in text.split()]
    offered = [word for word in words if any(map(str.isdigit, word))]
    pairs = [first + second for first, second in itertools.pairwise(words)]
    if len(offered) > GUESSES:
        return False
    wanted = {_bare(answer) for answer in asked.answers.values()} - {""}
    return bool(wanted & {*words, *pairs})


def looks_like_an_answer(text: str) -> bool:
    """A short text with a number or an e-mail address in it."""
    has_digit = any(map(str.isdigit, text))
    return len(text.split()) <= 12 and (has_digit or "@" in text)


def _answers(session: Any, customer_id: int, email: str | None) -> dict[Proof, str]:
    last = session.execute(
        sa.select(Order.order_id, Order.address)
        .where(Order.customer_id == customer_id)
        .order_by(sa.func.coalesce(Order.placed_at, Order.status_at).desc())
        .limit(1)
    ).first()
    postcodes = POSTCODE.findall(last.address or "") if last else []
    answers = {}
    if postcodes:
        answers[Proof.POSTCODE] = postcodes[-1]
    if last and not _was_told(session, customer_id, last.order_id):
        answers[Proof.ORDER] = last.order_id
    if not answers and email:
        answers[Proof.EMAIL] = email
    return answers


def _was_told(session: Any, customer_id: int, order_id: str) -> bool:
    told = sa.cast(Outbox.payload, sa.Text).contains(order_id, autoescape=True)
    return bool(
        session.scalar(sa.select(sa.exists().where(Outbox.customer_id == customer_id, told)))
    )


def _is_over(failed_at: datetime | None, now: datetime) -> bool:
    return failed_at is not None and failed_at + LOCKED_FOR <= now


def _bare(word: str) -> str:
    return re.sub(r"[^A-Z0-9@]", "", word.upper())


def _write(session: Any, customer_id: int, **values: Any) -> None:
    session.execute(
        insert(Conversation)
        .values(customer_id=customer_id, **values)
        .on_conflict_do_update(index_elements=["customer_id"], set_=values)
    )
