"""Who is writing: what the business knows of this person, and whether account figures may be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rapport.db.conversation import Conversation
from rapport.db.customers import Customer


@dataclass(frozen=True)
class Profile:
    """A customer as a skill sees one.

    `is_on_file`: there is a row to write for; `is_known`: to the business, thus with a history.
    """

    customer_id: int
    is_on_file: bool = False
    is_known: bool = False
    is_verified: bool = False
    name: str | None = None
    language: str | None = None
    timezone: str | None = None
    country: str | None = None

    @property
    def first_name(self) -> str | None:
        """The first word of the name on file."""
        return self.name.split()[0] if self.name and self.name.strip() else None


def profile(session: Any, customer_id: int, now: datetime) -> Profile:
    """The profile of a customer, in one query; a stranger's when there is none or it was removed."""
    row = session.execute(
        sa.select(Customer, Conversation.verified_until, Conversation.language.label("chosen"))
        .outerjoin(Conversation, Conversation.customer_id == Customer.id)
        .where(Customer.id == customer_id, Customer.removed_at.is_(None))
    ).first()
    if row is None:
        return Profile(customer_id)
    customer, verified_until, chosen = row
    is_known = customer.business_id is not None
    stepped_up = verified_until is not None and verified_until > now
    return Profile(
        customer_id=customer_id,
        is_on_file=True,
        is_known=is_known,
        is_verified=is_known and (customer.is_verified or stepped_up),
        name=customer.name if is_known else customer.profile_name,
        language=chosen or customer.language,
        timezone=customer.timezone,
        country=customer.country,
    )
