"""Who answers: the assistant or a person. Kept in our table, so that no new Rasa session ends it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db.conversation import Conversation
from rapport.vocabulary import Handover


def to_human(session: Any, customer_id: int, reason: str, now: datetime) -> None:
    """From now on the assistant is silent and a person answers; `reason` is a word for the person."""
    _set(session, customer_id, Handover.HUMAN, reason, now)


def to_bot(session: Any, customer_id: int, now: datetime) -> None:
    """The assistant answers again."""
    _set(session, customer_id, Handover.BOT, None, now)


def is_with_human(session: Any, customer_id: int) -> bool:
    """True while a person has the conversation."""
    state = session.scalar(
        sa.select(Conversation.handover).where(Conversation.customer_id == customer_id)
    )
    return bool(state == Handover.HUMAN.value)


def _set(
    session: Any, customer_id: int, state: Handover, reason: str | None, now: datetime
) -> None:
    values = {"handover": state.value, "handover_at": now, "handover_reason": reason}
    session.execute(
        insert(Conversation)
        .values(customer_id=customer_id, **values)
        .on_conflict_do_update(index_elements=["customer_id"], set_=values)
    )
