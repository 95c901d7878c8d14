"""What the business tells us becomes what we know, once, in whatever order and company it arrives."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from threading import Barrier

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.consent import ledger
from rapport.customers import events, identity
from rapport.db import customers as tables
from rapport.vocabulary import ConsentState
from tests.customers.business import NOW, euros, event, everything, placed, product, upserted

YEAR_AGO = NOW - timedelta(days=365)


@pytest.fixture
def session(sessions):
    with sessions.begin() as session:
        yield session


def accept(session, *batch):
    return events.accept(session, list(batch), NOW)


def only(session, table):
    """The one row of a table."""
    return session.execute(sa.select(table).execution_options(populate_existing=True)).scalar_one()


def columns(row, *names):
    return tuple(getattr(row, name) for name in names)


def test_a_customer_is_introduced(session):
    receipt = accept(
        session,
        upserted(
            id="e1",
            name="Mara Okafor",
            language="pt-br",
            timezone="America/Sao_Paulo",
            country="BR",
            email="mara@example.org",
            verified=True,
        ),
    )
    assert (receipt.accepted, receipt.duplicate, receipt.refused) == (["e1"], [], [])
    customer = only(session, tables.Customer)
    assert columns(customer, "business_id", "name", "language", "timezone", "country") == (
        "C-1",
        "Mara Okafor",
        "pt-BR",
        "America/Sao_Paulo",
        "BR",
    )
    assert customer.is_verified
    assert identity.address_of(session, customer.id) == ("12025550101", None)


def test_nobody_is_verified_by_default(session):
    accept(session, upserted(day=1, verified=True), upserted(day=2))
    assert not only(session, tables.Customer).is_verified


def test_what_an_upsert_does_not_mention_stays_and_null_takes_it_back(session):
    accept(session, upserted(day=1, name="Mara", email="mara@example.org"))
    accept(session, upserted(day=2, email=None))
    assert columns(only(session, tables.Customer), "name", "email") == ("Mara", None)


def test_older_news_never_overwrites_newer(session):
    accept(session, upserted(day=5, name="Mara Okafor"))
    accept(session, upserted(day=4, name="M. Okafor", country="NG"))
    assert columns(only(session, tables.Customer), "name", "country") == ("Mara Okafor", "NG")


def test_a_person_who_wrote_before_is_recognised(session):
    wrote = identity.find_or_create(
        session, bsuid=None, phone="12025550101", profile_name="mara", now=NOW
    )
    accept(session, upserted(), upserted(subject="C-2", phone="+12025550102"))
    assert identity.find(session, phone="12025550101") == wrote
    found = session.execute(
        sa.select(tables.Customer.id).where(tables.Customer.business_id == "C-1")
    )
    assert found.scalar_one() == wrote


def test_a_person_who_wrote_is_recognised_even_when_their_order_came_first(session):
    identity.find_or_create(session, bsuid="US.7", phone="12025550101", profile_name="m", now=NOW)
    accept(session, placed())
    accept(session, upserted())
    customer = only(session, tables.Customer)
    assert identity.find(session, bsuid="US.7") == customer.id
    assert only(session, tables.Order).customer_id == customer.id


def test_a_changed_phone_keeps_the_customer_and_the_history(session):
    accept(session, upserted(day=1), upserted(day=3, phone="+12025550102"))
    customer = only(session, tables.Customer)
    assert identity.find(session, phone="12025550102") == customer.id
    assert identity.find(session, phone="12025550101") is None
    rows = session.execute(sa.select(tables.Identity).order_by(tables.Identity.id)).scalars()
    assert [columns(row, "value", "valid_from", "valid_until") for row in rows] == [
        ("12025550101", YEAR_AGO + timedelta(days=1), YEAR_AGO + timedelta(days=3)),
        ("12025550102", YEAR_AGO + timedelta(days=3), None),
    ]


def test_a_nightly_export_does_not_undo_a_number_change_that_whatsapp_reported(session):
    accept(session, upserted(day=1))
    identity.change(
        session,
        old_phone="12025550101",
        new_phone="12025550102",
        old_bsuid=None,
        new_bsuid=None,
        at=NOW,
        now=NOW,
    )
    accept(session, upserted(day=365, name="Mara"))
    customer = only(session, tables.Customer)
    assert identity.address_of(session, customer.id) == ("12025550102", None)


def test_a_number_that_passes_to_another_customer_is_theirs(session):
    accept(session, upserted(day=1, subject="C-1"), upserted(day=2, subject="C-2"))
    newer = session.execute(
        sa.select(tables.Customer.id).where(tables.Customer.business_id == "C-2")
    ).scalar_one()
    assert identity.find(session, phone="12025550101") == newer


def test_a_removed_customers_no_stays_with_the_number(session):
    accept(
        session,
        upserted(day=1, subject="C-1"),
        event("consent.withdrawn", topic="*", method="phone", day=2),
        event("customer.removed", reason="closed the account", day=3),
    )
    accept(session, upserted(day=4, subject="C-2"))
    newer = identity.find(session, phone="12025550101")
    assert ledger.states(session, newer, NOW)["offers"] is ConsentState.OUT


def test_a_removed_customer_is_gone_until_introduced_anew(session):
    accept(session, upserted(day=1, verified=True), event("customer.removed", day=3))
    accept(session, upserted(day=2, verified=True))
    customer = only(session, tables.Customer)
    assert columns(customer, "is_verified", "removed_at") == (False, YEAR_AGO + timedelta(days=3))
    accept(session, upserted(day=4))
    assert only(session, tables.Customer).removed_at is None


CONSENT = {"topic": "offers", "method": "checkout", "wording": "Offers by WhatsApp, please"}


@pytest.mark.parametrize(
    "batch, expected",
    [
        pytest.param([("granted", 1, CONSENT)], ConsentState.IN, id="granted"),
        pytest.param(
            [("granted", 1, CONSENT), ("withdrawn", 2, CONSENT)], ConsentState.OUT, id="withdrawn"
        ),
        pytest.param(
            [("withdrawn", 2, CONSENT), ("granted", 1, {**CONSENT, "method": "import"})],
            ConsentState.OUT,
            id="an import revives nothing with an older time",
        ),
        pytest.param(
            [("granted", 1, CONSENT), ("withdrawn", 2, {"topic": "*"})],
            ConsentState.OUT,
            id="no is no, however poorly documented",
        ),
        pytest.param(
            [("granted", 1, {"topic": "offers"})], ConsentState.UNKNOWN, id="yes without a method"
        ),
    ],
)
def test_consent(session, batch, expected):
    for kind, day, data in batch:
        accept(session, upserted(), event(f"consent.{kind}", day=day, **data))
    customer = only(session, tables.Customer)
    assert ledger.states(session, customer.id, NOW)["offers"] is expected


def test_a_product_and_its_price_and_stock(session):
    accept(
        session,
        product(day=1, category="lamps", aliases=["head torch"], facts={"waterproof": True}),
        event(
            "product.price_changed",
            product_id="lamp",
            old_price=euros("49.90"),
            new_price=euros("39.90"),
            subject=None,
            day=3,
        ),
        event("product.stock_changed", product_id="lamp", stock=0, subject=None, day=2),
    )
    lamp = only(session, tables.Product)
    assert columns(lamp, "name", "price", "currency", "stock", "aliases", "facts") == (
        "Trail lamp",
        Decimal("39.90"),
        "EUR",
        0,
        ["head torch"],
        {"waterproof": True},
    )
    assert columns(lamp, "price_at", "stock_at") == (
        YEAR_AGO + timedelta(days=3),
        YEAR_AGO + timedelta(days=2),
    )


def test_a_stock_that_arrives_before_its_product_waits_for_it(session):
    accept(session, event("product.stock_changed", product_id="lamp", stock=9, day=5))
    accept(session, product(day=4))
    assert columns(only(session, tables.Product), "name", "stock") == ("Trail lamp", 9)


def test_wishes_come_and_go(session):
    accept(session, event("wishlist.added", product_id="lamp", day=1))
    assert only(session, tables.WishlistItem).is_listed
    accept(session, event("wishlist.removed", product_id="lamp", day=3))
    accept(session, event("wishlist.added", product_id="lamp", day=2))
    assert not only(session, tables.WishlistItem).is_listed


def test_searches_and_looks_are_remembered(session):
    accept(
        session,
        event("product.searched", query="waterproof lamp", day=1),
        event("product.viewed", product_id="lamp", day=2),
        event("product.viewed", day=3),
    )
    rows = session.execute(sa.select(tables.Interest).order_by(tables.Interest.at)).scalars()
    assert [columns(row, "kind", "product_id", "query") for row in rows] == [
        ("searched", None, "waterproof lamp"),
        ("viewed", "lamp", None),
    ]


@pytest.mark.parametrize(
    "move, data, expected",
    [
        ("shipped", {"carrier": "DHL", "tracking_url": "https://t.example/1"}, {"carrier": "DHL"}),
        ("delayed", {"reason": "storm"}, {"reason": "storm"}),
        ("delivered", {}, {"delivered_at": YEAR_AGO + timedelta(days=3)}),
        ("cancelled", {"reason": "changed my mind"}, {"reason": "changed my mind"}),
        ("returned", {}, {}),
        ("refunded", {"amount": euros("9.90")}, {"refund_amount": Decimal("9.90")}),
    ],
)
def test_an_order_moves_on(session, move, data, expected):
    accept(
        session,
        placed(day=1, address="1 Main St"),
        event(f"order.{move}", day=3, order_id="A1", **data),
    )
    order = only(session, tables.Order)
    assert columns(order, "status", "status_at") == (move, YEAR_AGO + timedelta(days=3))
    assert columns(order, "total", "currency", "address") == (Decimal("49.90"), "EUR", "1 Main St")
    assert {name: getattr(order, name) for name in expected} == expected


def test_an_address_may_come_in_parts(session):
    accept(session, placed(address={"street": "1 Main St", "unit": None, "postcode": "12345"}))
    assert only(session, tables.Order).address == "1 Main St, 12345"


def test_an_order_placed_after_it_was_shipped_fills_what_is_missing(session):
    accept(session, event("order.shipped", order_id="A1", carrier="DHL", day=2))
    accept(session, placed(day=1))
    order = only(session, tables.Order)
    assert columns(order, "status", "carrier", "total") == ("shipped", "DHL", Decimal("49.90"))
    assert columns(order, "placed_at", "shipped_at") == (
        YEAR_AGO + timedelta(days=1),
        YEAR_AGO + timedelta(days=2),
    )
    assert columns(only(session, tables.OrderItem), "product_id", "quantity", "unit_price") == (
        "lamp",
        1,
        Decimal("49.90"),
    )


def test_what_was_done_to_an_order_in_the_conversation_is_not_undone_by_older_news(session):
    accept(session, placed(day=1))
    done_at = YEAR_AGO + timedelta(days=5)
    session.execute(sa.update(tables.Order).values(status="cancelled", status_at=done_at))
    accept(session, event("order.shipped", order_id="A1", day=4))
    assert columns(only(session, tables.Order), "status", "status_at") == ("cancelled", done_at)


def test_an_order_belongs_to_who_placed_it(session):
    accept(session, placed(day=1))
    accept(session, event("order.shipped", subject="C-9", order_id="A1", day=2))
    owner = sa.select(tables.Customer.business_id).join(
        tables.Order, tables.Order.customer_id == tables.Customer.id
    )
    assert session.execute(owner).scalar_one() == "C-1"


def test_plans_usage_and_bills(session):
    accept(
        session,
        event("plan.catalogued", subject=None, plan_id="S", name="Start 5", data_mb=5000, price=euros("9.99"), extra_per_gb=euros("4.00")),
        event("plan.subscribed", plan_id="S", cycle_day=28, day=1),
        event("usage.recorded", used_mb=4100.5, cycle_start="2026-11-01", day=3),
        event("usage.recorded", used_mb=900, cycle_start="2026-11-01", day=2),
        event("bill.issued", bill_id="B1", total=euros("12.50"), due_at="2026-12-01T00:00:00+01:00", lines=[{"label": "Discount", "amount": euros("-2.50")}]),
    )  # fmt: skip
    plan = only(session, tables.Plan)
    assert columns(plan, "name", "data_mb", "price", "extra_per_gb") == ("Start 5", 5000, Decimal("9.99"), 4)  # fmt: skip
    assert columns(only(session, tables.Subscription), "plan_id", "cycle_day") == ("S", 28)
    usage = only(session, tables.Usage)
    assert columns(usage, "cycle_start", "used_mb") == (date(2026, 11, 1), Decimal("4100.5"))
    bill = only(session, tables.Bill)
    assert columns(bill, "total", "due_at") == (
        Decimal("12.50"),
        datetime(2026, 11, 30, 23, tzinfo=timezone.utc),
    )
    assert bill.lines == [{"label": "Discount", "amount": euros("-2.50")}]


def test_an_unlimited_plan_has_no_limit(session):
    accept(
        session,
        event("plan.catalogued", plan_id="U", name="Endless", data_mb=None, price=euros("39")),
    )
    assert only(session, tables.Plan).data_mb is None


def test_credit_limit_and_balance(session):
    accept(session, event("credit.limit_changed", limit=euros("3000"), day=3))
    accept(
        session,
        event("credit.balance_changed", limit=euros("2000"), balance=euros("1840.00"), day=2),
    )
    credit = only(session, tables.Credit)
    assert columns(credit, "limit", "balance", "currency") == (3000, 1840, "EUR")


def test_cases_open_close_and_open_again(session):
    about = {"case_id": "K1", "topic": "damaged", "summary": "cracked"}
    accept(session, event("support.case_closed", case_id="K1", day=2))
    accept(session, event("support.case_opened", **about, day=1))
    case = only(session, tables.Case)
    assert columns(case, "topic", "summary", "closed_at") == (
        "damaged",
        "cracked",
        YEAR_AGO + timedelta(days=2),
    )
    accept(session, event("support.case_opened", **about, day=3))
    assert only(session, tables.Case).closed_at is None


def test_an_occasion_has_no_subject(session):
    accept(
        session,
        event("calendar.occasion", subject=None, occasion_id="xmas", name="Christmas", starts_at="2026-12-24T00:00:00+01:00", country="DE"),
    )  # fmt: skip
    assert columns(only(session, tables.Occasion), "name", "country") == ("Christmas", "DE")


def test_an_unknown_type_is_kept_and_reported(session):
    odd = event("loyalty.tier_reached", tier="gold", id="odd")
    receipt = accept(session, odd, upserted(id="fine"))
    assert (receipt.accepted, receipt.unknown) == (["odd", "fine"], ["odd"])
    kept = session.execute(
        sa.select(tables.BusinessEvent).where(tables.BusinessEvent.event_id == "odd")
    ).scalar_one()
    assert (kept.is_known, kept.data) == (False, {"tier": "gold"})


def test_an_event_counts_once_within_a_batch_and_between_batches(session):
    first = upserted(id="e1", name="Mara")
    again = upserted(id="e1", name="Somebody else", day=9)
    receipt = accept(session, first, again)
    assert (receipt.accepted, receipt.duplicate) == (["e1"], ["e1"])
    assert accept(session, again).duplicate == ["e1"]
    assert only(session, tables.Customer).name == "Mara"


def test_the_same_id_from_another_source_is_another_event(session):
    receipt = accept(session, upserted(id="e1"), upserted(id="e1", source="other"))
    assert receipt.accepted == ["e1", "e1"]


def without(item, *path):
    """The item less one key."""
    copy = json.loads(json.dumps(item))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return copy


def changed(item, **envelope):
    return {**item, **envelope}


def bill(**data):
    rest = {"bill_id": "B1", "total": euros("1"), "due_at": "2026-12-01T00:00:00Z", **data}
    return event("bill.issued", **rest)


def items(**item):
    return [{"product_id": "lamp", "quantity": 1, "unit_price": euros("1"), **item}]


MALFORMED = [
    ("not an object", "$", "JSON object"),
    ([], "$", "JSON object"),
    ({}, "$.specversion", "required"),
    (changed(upserted(), specversion="0.3"), "$.specversion", "unexpected value"),
    (without(upserted(), "id"), "$.id", "required"),
    (changed(upserted(), id=7), "$.id", "str"),
    (changed(upserted(), id="x" * 201), "$.id", "200"),
    (without(upserted(), "source"), "$.source", "required"),
    (without(upserted(), "subject"), "$.subject", "customer"),
    (changed(upserted(), subject=""), "$.subject", "at least 1"),
    (changed(upserted(), time="2026-11-20T09:30:00"), "$.time", "offset"),
    (changed(upserted(), time="2026-11-20"), "$.time", "RFC 3339"),
    (changed(upserted(), time=1_760_000_000), "$.time", "RFC 3339"),
    (changed(upserted(), time="2026-13-20T09:30:00Z"), "$.time", "invalid"),
    (changed(upserted(), time="0001-01-01T00:00:00+14:00"), "$.time", "1970"),
    (changed(upserted(), time="2999-01-01T00:00:00Z"), "$.time", "2200"),
    (changed(upserted(), time="2028-01-01T00:00:00Z"), "$.time", "ahead"),
    (changed(upserted(), time="2026-01-01T00:00:00+99:99"), "$.time", "invalid"),
    (changed(upserted(), datacontenttype="text/xml"), "$.datacontenttype", "json"),
    (without(upserted(), "data"), "$.data", "JSON object"),
    (changed(upserted(), data=[1]), "$.data", "JSON object"),
    (without(upserted(), "data", "phone"), "$.data.phone", "required"),
    (upserted(phone="02025550101"), "$.data.phone", "E.164"),
    (upserted(phone="+1"), "$.data.phone", "digits"),
    (upserted(phone="+120255501"), "$.data.phone", "possible"),
    (upserted(phone="+999123456789"), "$.data.phone", "plan"),
    (upserted(timezone="Mars/Olympus"), "$.data.timezone", "IANA"),
    (upserted(country="ZZ"), "$.data.country", "ISO 3166"),
    (upserted(country="Germany"), "$.data.country", "ISO 3166"),
    (upserted(language="en_US"), "$.data.language", "BCP 47"),
    (upserted(language="qq"), "$.data.language", "language"),
    (upserted(email="mara"), "$.data.email", "match"),
    (upserted(verified="yes"), "$.data.verified", "boolean"),
    (upserted(name="Ma\x00ra"), "$.data.name", "control"),
    (upserted(name="Ma\ud800ra"), "$.data.name", "control"),
    (upserted(extra={"a": [1, {"b": "\x1b[31m"}]}), "$.data.extra.a[1].b", "control"),
    (upserted(**{"a\x07b": 1}), "$.data", "key"),
    (upserted(extra=10**30), "$.data.extra", "huge"),
    (upserted(extra=float("inf")), "$.data.extra", "huge"),
    (event("consent.granted", topic="offers"), "$.data.method", "required"),
    (event("consent.granted", topic="offers", method="hunch"), "$.data.method", "unexpected"),
    (event("consent.granted", topic="horoscope", method="paper"), "$.data.topic", "topic"),
    (event("consent.withdrawn", topic="horoscope"), "$.data.topic", "topic"),
    (product(price={"amount": 49.9, "currency": "EUR"}), "$.data.price", "decimal string"),
    (product(price=euros("49,90")), "$.data.price", "decimal string"),
    (product(price=euros("1e3")), "$.data.price", "decimal string"),
    (product(price=euros("49.905")), "$.data.price", "decimals"),
    (product(price=euros("-1.00")), "$.data.price", "below zero"),
    (product(price=euros("1000000000000")), "$.data.price", "trillion"),
    (product(price={"amount": "1", "currency": "EURO"}), "$.data.price", "ISO 4217"),
    (product(price={"amount": "1"}), "$.data.price", "ISO 4217"),
    (product(price="49.90"), "$.data.price", "dict"),
    (product(stock="3"), "$.data.stock", "integer"),
    (product(stock=2.5), "$.data.stock", "integer"),
    (product(stock=True), "$.data.stock", "integer"),
    (product(stock=10**10), "$.data.stock", "less than"),
    (product(url="javascript:alert(1)"), "$.data.url", "match"),
    (product(aliases="lamp"), "$.data.aliases", "list"),
    (placed(items=items(quantity=0)), "$.data.items[0].quantity", "greater"),
    (placed(items=[*items(), *items(unit_price=euros("x"))]), "$.data.items[1].unit_price", "decimal"),
    (placed(items={}), "$.data.items", "list"),
    (placed(address=["1 Main St"]), "$.data.address", "address"),
    (placed(promised_at="9999-12-31T23:59:59-12:00"), "$.data.promised_at", "2200"),
    (placed(promised_at="tomorrow"), "$.data.promised_at", "RFC 3339"),
    (event("order.shipped"), "$.data.order_id", "required"),
    (event("plan.subscribed", plan_id="S", cycle_day=29), "$.data.cycle_day", "less than"),
    (event("plan.subscribed", plan_id="S", cycle_day=0), "$.data.cycle_day", "greater than"),
    (event("plan.catalogued", plan_id="S", name="S", price=euros("1")), "$.data.data_mb", "required"),
    (
        event("plan.catalogued", plan_id="S", name="S", data_mb=1, price=euros("1"), extra_per_gb={"amount": "1", "currency": "USD"}),
        "$.data.extra_per_gb",
        "currency",
    ),
    (event("usage.recorded", used_mb=-1, cycle_start="2026-11-01"), "$.data.used_mb", "between"),
    (event("usage.recorded", used_mb="1", cycle_start="2026-11-01"), "$.data.used_mb", "number"),
    (event("usage.recorded", used_mb=1, cycle_start="2026-02-30"), "$.data.cycle_start", "day"),
    (event("usage.recorded", used_mb=1, cycle_start=20261101), "$.data.cycle_start", "date"),
    (bill(due_at="2026-12-01T00:00:00"), "$.data.due_at", "offset"),
    (bill(lines=[{"label": "Roaming"}]), "$.data.lines[0].amount", "required"),
    (
        bill(lines=[{"label": "R", "amount": {"amount": "1", "currency": "USD"}}]),
        "$.data.lines[0]",
        "currency",
    ),
    (
        event("credit.balance_changed", limit=euros("1"), balance={"amount": "1", "currency": "USD"}),
        "$.data.balance",
        "currency",
    ),
    (event("support.case_opened", case_id="K1"), "$.data.topic", "required"),
    (event("calendar.occasion", occasion_id="x", name="X"), "$.data.starts_at", "required"),
]  # fmt: skip


@pytest.mark.parametrize("item, path, reason", MALFORMED)
def test_a_malformed_event_is_refused_with_its_path_and_its_neighbours_live(
    item, path, reason, shared_session
):
    receipt = accept(shared_session, upserted(id="before"), item, upserted(id="after"))
    assert receipt.accepted == ["before", "after"]
    (refusal,) = receipt.refused
    assert (refusal.index, refusal.path) == (1, path)
    assert reason in refusal.reason


@pytest.fixture(scope="module")
def module_sessions(postgres):
    """One database for tests that leave nothing behind."""
    from rapport.db import session as session_module
    from tests.conftest import execute, renamed

    execute(postgres, "CREATE DATABASE events_shared TEMPLATE template")
    engine = session_module.engine_for(renamed(postgres, "events_shared"))
    yield session_module.sessions_for(engine)
    engine.dispose()
    execute(postgres, "DROP DATABASE events_shared WITH (FORCE)")


@pytest.fixture
def shared_session(module_sessions):
    with module_sessions() as session:
        yield session
        session.rollback()


def test_too_deep_a_nest_is_refused(shared_session):
    nest = []
    for _ in range(30):
        nest = [nest]
    (refusal,) = accept(shared_session, upserted(extra=nest)).refused
    assert "deep" in refusal.reason


def test_a_refused_event_may_come_again_in_order(shared_session):
    accept(shared_session, changed(upserted(id="e1"), time="yesterday"))
    assert accept(shared_session, upserted(id="e1")).accepted == ["e1"]


def test_what_only_the_database_can_refuse_disturbs_no_neighbour(session):
    """A rule of the database's own, which no validation knows of."""
    session.execute(sa.text("ALTER TABLE product ADD CHECK (stock < 1000)"))
    batch = [product(id=f"p{n}", product_id=f"p{n}", stock=n) for n in (1, 5000, 2)]
    receipt = accept(session, *batch)
    assert receipt.accepted == ["p1", "p2"]
    assert [(refusal.index, refusal.id) for refusal in receipt.refused] == [(1, "p5000")]
    kept = session.execute(sa.select(tables.BusinessEvent.event_id)).scalars().all()
    assert sorted(kept) == ["p1", "p2"]


@pytest.mark.parametrize(
    "currency, amount",
    [("JPY", "1200"), ("JPY", "1200.00"), ("KWD", "1.125"), ("EUR", "12.5"), ("IDR", "15000000")],
)
def test_money_is_kept_exactly(shared_session, currency, amount):
    accept(shared_session, product(price={"amount": amount, "currency": currency}))
    assert only(shared_session, tables.Product).price == Decimal(amount)


@pytest.mark.parametrize(
    "phone",
    ["+12025550123", "+447700900123", "+493023125123", "+525555550123", "+5215555550123",
     "+5511999990123", "+919999900123", "+6281200000123", "+1 202-555-0123"],
)  # fmt: skip
def test_numbers_reserved_for_fiction_are_possible(shared_session, phone):
    assert not accept(shared_session, upserted(phone=phone)).refused


HISTORY = [
    upserted(day=1, name="Mara", language="en", verified=True),
    upserted(day=4, phone="+12025550102", name="Mara Okafor"),
    event("customer.removed", day=2),
    event("consent.granted", topic="offers", method="paper", day=1),
    event("consent.withdrawn", topic="*", method="phone", day=3),
    event("consent.granted", topic="wishlist", method="checkout", day=3),
    product(day=1),
    product(day=4, name="Trail lamp 2", category="lamps"),
    event("product.price_changed", product_id="lamp", old_price=euros("5"), new_price=euros("4"), day=2),
    event("product.stock_changed", product_id="lamp", stock=0, day=4),
    event("wishlist.added", product_id="lamp", day=1),
    event("wishlist.removed", product_id="lamp", day=1),
    placed(day=1, address="1 Main St", promised_at="2026-11-25T18:00:00Z"),
    placed(day=2, items=[]),
    event("order.shipped", order_id="A1", carrier="DHL", day=2),
    event("order.delayed", order_id="A1", promised_at="2026-11-26T18:00:00Z", reason="snow", day=2),
    event("order.delivered", order_id="A1", subject="C-9", day=5),
    event("order.refunded", order_id="A1", amount=euros("10"), day=5),
    event("plan.subscribed", plan_id="S", cycle_day=1, day=1),
    event("plan.subscribed", plan_id="M", cycle_day=1, day=1),
    event("usage.recorded", used_mb=10, cycle_start="2026-11-01", day=2),
    event("usage.recorded", used_mb=20, cycle_start="2026-11-01", day=3),
    event("bill.issued", bill_id="B1", total=euros("1"), due_at="2026-12-01T00:00:00Z", day=3),
    event("credit.limit_changed", limit=euros("3000"), day=3),
    event("credit.balance_changed", limit=euros("2000"), balance=euros("100"), day=3),
    event("support.case_opened", case_id="K1", topic="late", day=2),
    event("support.case_closed", case_id="K1", day=2),
]  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(HISTORY), st.lists(st.integers(1, len(HISTORY)), max_size=6))
def test_any_order_of_arrival_in_any_batches_makes_the_same_state(module_sessions, history, cuts):
    edges = sorted({0, len(HISTORY), *cuts})
    batches = [history[start:end] for start, end in pairwise(edges)]
    assert state_after(module_sessions, batches) == state_after(module_sessions, [HISTORY])


def state_after(sessions, batches):
    with sessions() as session:
        for batch in batches:
            receipt = accept(session, *batch)
            assert len(receipt.accepted) == len(batch)
        found = everything(session)
        session.rollback()
    found.pop("identity")  # its history is that of arrival; what is in force is asserted below
    return found


def test_a_batch_costs_the_same_number_of_queries_however_long_it_is(sessions, engine):
    queries = []
    sa.event.listen(engine, "before_cursor_execute", lambda *call: queries.append(call[2]))

    def cost(customers):
        queries.clear()
        with sessions.begin() as session:
            batch = [
                {**item, "id": f"{customers}-{number}-{index}", "subject": f"{customers}-{number}"}
                for number in range(customers)
                for index, item in enumerate(
                    [*HISTORY[2:], upserted(phone=f"+1202555{customers:02d}{number:02d}")]
                )
            ]
            assert not accept(session, *batch).refused
        return len(queries)

    assert cost(2) == cost(30)


def test_batches_at_the_same_time_lose_nothing_and_wait_for_each_other(sessions):
    """The same customers in opposite order, while each of them writes for the first time."""
    people = [f"C-{number}" for number in range(6)]
    phones = [f"1202555010{number}" for number in range(6)]
    together = Barrier(3)

    def told(order):
        batch = [item for subject, phone in order for item in _introduction(subject, phone)]
        together.wait()
        return events.accept_batch(sessions, batch, NOW).refused

    def write():
        together.wait()
        for phone in phones:
            with sessions.begin() as session:
                identity.find_or_create(
                    session, bsuid=f"US.{phone}", phone=phone, profile_name=None, now=NOW
                )

    pairs = list(zip(people, phones, strict=True))
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(told, pairs), pool.submit(told, pairs[::-1]), pool.submit(write)]
        refused = [future.result() for future in running][:2]
    assert refused == [[], []]
    with sessions.begin() as session:
        for subject, phone in pairs:
            customer_id = identity.find(session, phone=phone)
            assert session.get(tables.Customer, customer_id).business_id == subject
            assert identity.find(session, bsuid=f"US.{phone}") == customer_id
        assert session.execute(sa.select(sa.func.count(tables.Customer.id))).scalar() == len(pairs)


def test_a_batch_that_postgresql_gave_up_begins_again(sessions):
    """A deadlock in earnest: each of two transactions waits for the row the other one holds."""
    with sessions.begin() as session:
        accept(session, product(product_id="a"), product(product_id="b"))
    holder = sessions()
    holder.execute(sa.text("SET LOCAL deadlock_timeout = '60s'"))  # the batch is the one given up
    _hold(holder, "b")
    batch = [product(id=f"late-{name}", product_id=name, name="New", day=9) for name in "ab"]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(events.accept_batch, sessions, batch, NOW)
        _wait_until_somebody_waits(sessions)
        _hold(holder, "a")
        holder.commit()
        assert running.result().accepted == ["late-a", "late-b"]
    holder.close()


def _hold(session, product_id):
    session.execute(
        sa.select(tables.Product).where(tables.Product.product_id == product_id).with_for_update()
    )


def _wait_until_somebody_waits(sessions):
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        with sessions.begin() as session:
            if session.execute(waiting).scalar():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def _introduction(subject, phone):
    return [
        event("consent.granted", subject=subject, topic="offers", method="paper"),
        placed(order_id=f"A-{subject}", subject=subject),
        upserted(subject=subject, phone=f"+{phone}"),
    ]


@pytest.mark.parametrize(
    "body, content_type, ids",
    [
        (b'{"id": "a"}', "application/cloudevents+json", ["a"]),
        (b'[{"id": "a"}, {"id": "b"}]', "application/cloudevents-batch+json", ["a", "b"]),
        (b'{"id": "a"}\n\n{"id": "b"}\r\n', "application/x-ndjson", ["a", "b"]),
        (b'{"id": "a"}\n{"id": "b"}', None, ["a", "b"]),
        (b'\xef\xbb\xbf{"id": "a"}', "application/json; charset=utf-8", ["a"]),
        ('{"id": "a\u2028b"}\n{"id": "c"}'.encode(), "application/jsonl", ["a\u2028b", "c"]),
        (b"[]", "application/json", []),
    ],
)
def test_a_body_is_an_object_an_array_or_lines(body, content_type, ids):
    assert [item["id"] for item in events.read_batch(body, content_type)] == ids


@pytest.mark.parametrize(
    "body", [b"", b"  \n", b"hello", b"\xff\xfe", b"{", b"[" * 100_000, b"[NaN]", b"9" * 5000]
)
def test_a_body_of_another_kind_is_no_batch(body):
    with pytest.raises(events.BadBatch):
        events.read_batch(body, "application/json")


def test_a_broken_line_is_refused_and_its_neighbours_live(shared_session):
    lines = [json.dumps(upserted(id="a")), '{"id": "b', json.dumps(upserted(id="c"))]
    batch = events.read_batch("\n".join(lines).encode(), "application/jsonl")
    receipt = accept(shared_session, *batch)
    assert receipt.accepted == ["a", "c"]
    answer = json.loads(json.dumps(events.receipt_as_json(receipt)))
    assert answer["refused"][0]["index"] == 1
    assert "not JSON" in answer["refused"][0]["reason"]
