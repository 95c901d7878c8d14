"""An offer is made once, answered once, and found again by its customer alone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa

from rapport.customers import identity, merge, offers
from rapport.customers.offers import Answer, OfferFacts
from rapport.db.customers import Offer

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
WEEK = timedelta(days=7)


@pytest.fixture
def session(sessions: Any) -> Any:
    with sessions.begin() as session:
        yield session


@pytest.fixture
def customer_id(session: Any) -> int:
    return somebody(session, "12025550101")


def somebody(session: Any, phone: str) -> int:
    return identity.find_or_create(session, bsuid=None, phone=phone, profile_name=None, now=NOW)


def made(session: Any, customer_id: int, origin: str = "wamid.1", **other: Any) -> int:
    usual = {
        "topic": "support",
        "about": "plan",
        "facts": {"plan_id": "plus-10", "name": "Plus 10"},
        "text": "Plus 10 would suit you better.",
        "now": NOW,
        "valid_until": NOW + WEEK,
    }
    return offers.make(session, customer_id=customer_id, origin=origin, **{**usual, **other})


def newest(session: Any, customer_id: int, now: datetime = NOW) -> OfferFacts:
    return offers.recent(session, customer_id, now)[0]


def test_the_same_origin_twice_makes_one_offer(session: Any, customer_id: int) -> None:
    assert made(session, customer_id) == made(session, customer_id)
    assert len(offers.recent(session, customer_id, NOW)) == 1


@pytest.mark.parametrize(
    "second, left",
    [
        pytest.param({}, 1, id="a newer recommendation of a plan replaces the older"),
        pytest.param({"topic": "offers"}, 2, id="one of another topic stands beside it"),
        pytest.param(
            {"about": "product", "facts": {"product_id": "lamp", "name": "Lamp"}},
            2,
            id="one of another kind stands beside it",
        ),
    ],
)
def test_what_a_newer_offer_replaces(
    session: Any, customer_id: int, second: dict[str, Any], left: int
) -> None:
    made(session, customer_id, "wamid.1")
    newer = made(session, customer_id, "wamid.2", now=NOW + timedelta(hours=1), **second)
    found = offers.recent(session, customer_id, NOW)
    assert len(found) == left
    assert found[0].offer_id == newer


def test_two_products_are_two_offers(session: Any, customer_id: int) -> None:
    for product_id in ("lamp", "stove"):
        facts = {"product_id": product_id, "name": product_id}
        made(session, customer_id, product_id, about="product", facts=facts)
    assert len(offers.recent(session, customer_id, NOW)) == 2


def test_an_answer_is_kept_once_and_may_change(session: Any, customer_id: int) -> None:
    made(session, customer_id)
    offer = newest(session, customer_id)
    assert offers.answer(session, offer, Answer.LATER, NOW, remind_at=NOW + WEEK)
    assert not offers.answer(session, offer, Answer.LATER, NOW, remind_at=NOW + WEEK)
    assert newest(session, customer_id).is_unsettled
    assert offers.answer(session, offer, Answer.DECLINED, NOW, reason="too dear")
    row = session.execute(sa.select(Offer).execution_options(populate_existing=True)).scalar_one()
    assert (row.answer, row.reason, row.remind_at) == ("declined", "too dear", None)


def test_a_taken_offer_is_not_replaced(session: Any, customer_id: int) -> None:
    made(session, customer_id, "wamid.1")
    offers.answer(session, newest(session, customer_id), Answer.ACCEPTED, NOW, case_id="K-1")
    made(session, customer_id, "wamid.2")
    assert [o.case_id for o in offers.recent(session, customer_id, NOW)] == [None, "K-1"]


def test_an_offer_is_over_after_its_last_moment(session: Any, customer_id: int) -> None:
    made(session, customer_id)
    offer = newest(session, customer_id)
    assert not offer.is_over(NOW + WEEK)
    assert offer.is_over(NOW + WEEK + timedelta(seconds=1))
    assert offers.recent(session, customer_id, NOW + WEEK + offers.REMEMBERED) == []


def test_nobody_sees_an_offer_of_somebody_else(session: Any, customer_id: int) -> None:
    made(session, customer_id)
    assert offers.recent(session, somebody(session, "12025550102"), NOW) == []


def test_offers_follow_a_person_whose_rows_become_one(session: Any, customer_id: int) -> None:
    made(session, customer_id)
    other = somebody(session, "12025550102")
    merge.merge(session, loser=customer_id, winner=other)
    assert newest(session, other).key == "plus-10"
