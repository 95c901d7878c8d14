"""Three example businesses with customers whose histories are always fresh: a phone operator, a bank, a shop.

People, numbers and businesses are made up; the phone numbers are of ranges reserved for fiction where a
country has one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from rapport.customers import events
from rapport.customers.demo import bank, operator, shop
from rapport.customers.demo.story import Story

BUSINESSES = (operator, bank, shop)


class Guide(NamedTuple):
    """A customer to try as, and what to ask."""

    business_id: str
    name: str
    phone: str
    language: str
    ask: str


def load(session: Session, now: datetime) -> events.Receipt:
    """Load the example businesses as of `now`; a second time on the same day (UTC) changes nothing."""
    return events.accept(session, story(now), now)


def story(now: datetime) -> list[dict[str, Any]]:
    """The business events of all three, the newest of them as the day of `now` began."""
    told = Story(now.date())
    for business in BUSINESSES:
        business.tell(told)
    return told.events


def guide() -> list[Guide]:
    """Whom to write as and what to ask, those who show the most first."""
    people = [person for business in BUSINESSES for person in business.PEOPLE if person.ask]
    people.sort(key=lambda person: person.rank)
    return [Guide(p.id, p.name, p.phone, p.language, p.ask) for p in people]
