"""The example businesses are fresh on any day, show every kind of event, and hold what the guide promises."""

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from rapport.consent import ledger
from rapport.customers import demo, history_account, history_orders, identity
from rapport.customers.contract.types import TYPES
from rapport.customers.tariffs import recommend
from rapport.db import customers as tables
from rapport.vocabulary import ConsentState
from tests.customers.business import everything

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=timezone.utc)


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        demo.load(session, NOW)
        yield session


def customer(session, business_id):
    query = sa.select(tables.Customer).where(tables.Customer.business_id == business_id)
    return session.execute(query).scalar_one()


@pytest.mark.parametrize(
    "now",
    [NOW + timedelta(days=day, hours=hour) for day in (0, 5, 36, 98, 465) for hour in (-6.4, 17)],
    ids=str,
)
def test_every_event_is_well_formed_and_past_on_any_day(sessions, now):
    with sessions.begin() as session:
        receipt = demo.load(session, now)
    assert (receipt.refused, receipt.unknown, receipt.duplicate) == ([], [], [])
    assert all(datetime.fromisoformat(event["time"]) <= now for event in demo.story(now))


def test_every_type_of_the_contract_occurs():
    assert {event["type"] for event in demo.story(NOW)} == set(TYPES)


def test_loading_it_twice_changes_nothing(session):
    before = everything(session)
    receipt = demo.load(session, NOW + timedelta(hours=9))
    assert (receipt.accepted, receipt.refused) == ([], [])
    assert everything(session) == before


def test_loading_it_days_later_keeps_the_story(session):
    demo.load(session, NOW + timedelta(days=3))
    grace = customer(session, "S-1001")
    underway = [order for order in history_orders.orders(session, grace.id) if order.is_underway]
    assert [order.order_id for order in underway] == ["A7055", "A7041", "A7012"]


def test_the_guide_names_customers_in_six_languages_the_english_first(session):
    guide = demo.guide()
    assert {entry.language for entry in guide} == {"en", "de", "es-MX", "pt-BR", "hi-IN", "id-ID"}
    assert [entry.language for entry in guide[:3]] == ["en"] * 3
    assert len(guide) >= 12
    for entry in guide:
        person = customer(session, entry.business_id)
        assert person.name == entry.name
        assert identity.find(session, phone=entry.phone) == person.id


def test_one_customer_is_always_over_the_limit_and_one_far_below(session):
    over = _plan(session, "L-2001")
    assert len(over.past) >= 4
    assert all(cycle.used_mb > over.tariff.data_mb for cycle in over.past)
    below = _plan(session, "L-2002")
    assert all(cycle.used_mb < below.tariff.data_mb / 10 for cycle in below.past)
    better = recommend(over.tariff, history_account.tariffs(session), over.past)
    assert (better.best.name, better.cheaper_in) == ("Plus 10", 3)


def _plan(session, business_id):
    person = customer(session, business_id)
    return history_account.data_plan(session, person.id, NOW.date())


def test_a_bill_explains_itself(session):
    bill, *_ = history_account.bills(session, customer(session, "L-2001").id)
    assert bill.total.amount == sum(line.amount.amount for line in bill.lines)
    assert {"Roaming, Switzerland", "Extra data 2.2 GB"} <= {line.label for line in bill.lines}


def test_one_credit_line_is_nearly_used_up(session):
    credit = history_account.credit(session, customer(session, "B-3001").id)
    assert (credit.used_percent, credit.limit.currency) == (92, "USD")
    assert credit.due_at > NOW


def test_orders_end_in_every_way(session):
    statuses = session.execute(sa.select(tables.Order.status)).scalars()
    ends = {"placed", "shipped", "delayed", "delivered", "cancelled", "returned", "refunded"}
    assert set(statuses) == ends


def test_somebody_who_left_stays_left_alone(session):
    emilio = customer(session, "L-2005")
    assert emilio.removed_at is not None
    assert set(ledger.states(session, emilio.id, NOW).values()) == {ConsentState.OUT}


def test_account_figures_need_a_step_up_for_some_and_they_have_a_delivery_to_name(session):
    unverified = session.execute(
        sa.select(tables.Customer.id).where(
            sa.not_(tables.Customer.is_verified), tables.Customer.removed_at.is_(None)
        )
    )
    for customer_id in unverified.scalars().all():
        assert history_orders.orders(session, customer_id)
