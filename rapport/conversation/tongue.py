"""The language of a conversation, kept with it: the customer's own, before what the business said."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db.conversation import Conversation
from rapport.db.customers import Customer
from rapport.understanding import language
from rapport.understanding.language import Standing


def standing(session: Any, customer_id: int) -> tuple[Standing, str | None]:
    """What stands, and the business's guess where it is a language of ours."""
    row = session.execute(
        sa.select(
            Customer.language.label("guess"),
            Conversation.language,
            Conversation.language_hint,
            Conversation.language_is_asked,
        )
        .outerjoin(Conversation, Conversation.customer_id == Customer.id)
        .where(Customer.id == customer_id)
    ).first()
    if row is None:
        return Standing(), None
    stands = Standing(row.language, row.language_hint, bool(row.language_is_asked))
    return stands, language.spoken(row.guess)


def of(session: Any, customer_id: int) -> str:
    """The language to write to this customer in."""
    stands, guess = standing(session, customer_id)
    return stands.language or guess or language.DEFAULT


def keep(session: Any, customer_id: int, stands: Standing) -> None:
    """Make this the conversation's standing; the same one again changes nothing."""
    values = {
        "language": stands.language,
        "language_hint": stands.hint,
        "language_is_asked": stands.is_asked,
    }
    session.execute(
        insert(Conversation)
        .values(customer_id=customer_id, **values)
        .on_conflict_do_update(index_elements=["customer_id"], set_=values)
    )
