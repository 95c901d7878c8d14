"""Offers put to customers: made, found again however late the answer comes, answered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db.customers import Offer
from rapport.wording import Money

PLAN, PRODUCT = "plan", "product"
LOOKED_AT = 10
REMEMBERED = timedelta(days=60)
"""An offer that ended longer ago than this is not spoken of any more."""
REASON_LENGTH = 500


class Answer(str, Enum):
    """What became of an offer; `replaced`: a newer one of its kind was made."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"
    REPLACED = "replaced"


@dataclass(frozen=True)
class OfferFacts:
    """An offer as it was made, and the answer so far."""

    offer_id: int
    topic: str
    about: str
    facts: dict[str, Any]
    text: str
    made_at: datetime
    valid_until: datetime
    answer: Answer | None
    remind_at: datetime | None
    case_id: str | None

    @property
    def is_unsettled(self) -> bool:
        """Neither taken nor declined."""
        return self.answer in {None, Answer.LATER}

    @property
    def name(self) -> str:
        """What is offered, by its name."""
        return str(self.facts["name"])

    @property
    def key(self) -> str:
        """The plan's or product's id."""
        return str(self.facts[f"{self.about}_id"])

    def money(self, key: str) -> Money | None:
        """An amount among the facts, None when there is none of that name."""
        told = self.facts.get(key)
        return Money(Decimal(told["amount"]), told["currency"]) if told else None

    def is_over(self, now: datetime) -> bool:
        """Whether it can no longer be taken."""
        return now > self.valid_until


def make(
    session: Any,
    *,
    customer_id: int,
    topic: str,
    about: str,
    facts: dict[str, Any],
    text: str,
    origin: str,
    now: datetime,
    valid_until: datetime,
) -> int:
    """The id of the offer; the same origin twice makes one. It replaces an unsettled one of its topic
    for the same product, or for a plan, since nobody has two.

    `facts` holds `name` and `plan_id` or `product_id`; amounts as the data contract writes money.
    """
    made = {
        "customer_id": customer_id,
        "origin": origin,
        "topic": topic,
        "about": about,
        "facts": facts,
        "text": text,
        "made_at": now,
        "valid_until": valid_until,
    }
    new = insert(Offer).values(**made).on_conflict_do_nothing(index_elements=["origin"])
    offer_id: int | None = session.scalar(new.returning(Offer.id))
    if offer_id is None:
        return int(session.scalar(sa.select(Offer.id).where(Offer.origin == origin)))
    _replace_older(session, offer_id, made)
    return offer_id


def recent(session: Any, customer_id: int, now: datetime) -> list[OfferFacts]:
    """The customer's offers that may still be spoken of, newest first. One query."""
    rows = session.scalars(
        sa.select(Offer)
        .where(
            Offer.customer_id == customer_id,
            Offer.answer.is_distinct_from(Answer.REPLACED.value),
            Offer.valid_until > now - REMEMBERED,
        )
        .order_by(Offer.made_at.desc(), Offer.id.desc())
        .limit(LOOKED_AT)
        .execution_options(populate_existing=True)
    )
    return [_facts(row) for row in rows]


def answer(
    session: Any,
    offer: OfferFacts,
    said: Answer,
    now: datetime,
    *,
    reason: str | None = None,
    remind_at: datetime | None = None,
    case_id: str | None = None,
) -> bool:
    """Keep the customer's answer; False when it is the one that is kept already."""
    is_new = sa.or_(
        Offer.answer.is_distinct_from(said.value), Offer.remind_at.is_distinct_from(remind_at)
    )
    done = session.execute(
        sa.update(Offer)
        .where(Offer.id == offer.offer_id, is_new)
        .values(
            answer=said.value,
            answered_at=now,
            remind_at=remind_at,
            reason=reason[:REASON_LENGTH] if reason else None,
            case_id=sa.func.coalesce(case_id, Offer.case_id),
        )
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def _replace_older(session: Any, offer_id: int, made: dict[str, Any]) -> None:
    same_kind = [getattr(Offer, key) == made[key] for key in ("customer_id", "topic", "about")]
    if made["about"] == PRODUCT:
        same_kind.append(Offer.facts["product_id"].astext == made["facts"]["product_id"])
    is_unsettled = sa.or_(Offer.answer.is_(None), Offer.answer == Answer.LATER.value)
    session.execute(
        sa.update(Offer)
        .where(Offer.id != offer_id, is_unsettled, *same_kind)
        .values(answer=Answer.REPLACED.value, answered_at=made["made_at"])
        .execution_options(synchronize_session=False)
    )


def _facts(row: Any) -> OfferFacts:
    return OfferFacts(
        offer_id=row.id,
        topic=row.topic,
        about=row.about,
        facts=dict(row.facts),
        text=row.text,
        made_at=row.made_at,
        valid_until=row.valid_until,
        answer=Answer(row.answer) if row.answer else None,
        remind_at=row.remind_at,
        case_id=row.case_id,
    )
