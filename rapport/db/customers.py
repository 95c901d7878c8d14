"""Customers and what the business told us about them. Every state column has the time of its news."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from rapport.db.base import Base, UtcDateTime

MONEY = sa.Numeric()
"""Exact, with the decimals of its currency (two for the euro, none for the yen, three for the dinar)."""


def _news() -> sa.Column:
    """Column name to the stamp (time and event) of the newest news of it, so that older news changes nothing."""
    return sa.Column(JSONB, nullable=False, server_default="{}")


class BusinessEvent(Base):
    """One CloudEvent as it came; `(source, event_id)` identifies it."""

    __tablename__ = "business_event"
    id = sa.Column(sa.BigInteger, primary_key=True)
    source = sa.Column(sa.Text, nullable=False)
    event_id = sa.Column(sa.Text, nullable=False)
    type = sa.Column(sa.Text, nullable=False)
    subject = sa.Column(sa.Text)
    time = sa.Column(UtcDateTime, nullable=False)
    data = sa.Column(JSONB, nullable=False)
    is_known = sa.Column(sa.Boolean, nullable=False)
    received_at = sa.Column(UtcDateTime, nullable=False)
    __table_args__ = (
        sa.UniqueConstraint("source", "event_id"),
        sa.Index(None, "subject", "time"),
        sa.Index(
            "ix_business_event_product",
            sa.text("(data ->> 'product_id')"),
            postgresql_where=sa.text("subject IS NULL"),
        ),
    )


class Customer(Base):
    """A person. `business_id` is the business's own id, absent for somebody it does not know.

    `phone` (E.164) is the business's word; where WhatsApp reaches them is in `identity`.
    """

    __tablename__ = "customer"
    id = sa.Column(sa.BigInteger, primary_key=True)
    business_id = sa.Column(sa.Text, unique=True)
    phone = sa.Column(sa.Text)
    name = sa.Column(sa.Text)
    profile_name = sa.Column(sa.Text)
    language = sa.Column(sa.Text)
    timezone = sa.Column(sa.Text)
    country = sa.Column(sa.Text)
    email = sa.Column(sa.Text)
    is_verified = sa.Column(sa.Boolean, nullable=False, server_default=sa.false())
    created_at = sa.Column(UtcDateTime, nullable=False)
    upserted_at = sa.Column(UtcDateTime)
    removed_at = sa.Column(UtcDateTime)
    news = _news()


class Identity(Base):
    """How WhatsApp names a customer: phone (digits, no plus) or business-scoped user id.

    `value` is the canonical form that is matched, `address` the form to send to. The row in force
    has no `valid_until`; former ones stay as history.
    """

    __tablename__ = "identity"
    id = sa.Column(sa.BigInteger, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False, index=True)
    kind = sa.Column(sa.Text, nullable=False)  # phone, bsuid
    value = sa.Column(sa.Text, nullable=False)
    address = sa.Column(sa.Text, nullable=False)
    valid_from = sa.Column(UtcDateTime, nullable=False)
    valid_until = sa.Column(UtcDateTime)
    __table_args__ = (
        sa.Index(
            "uq_identity_current",
            "kind",
            "value",
            unique=True,
            postgresql_where=sa.text("valid_until IS NULL"),
        ),
    )


class Product(Base):
    """A product of the catalogue, with what customers call it."""

    __tablename__ = "product"
    product_id = sa.Column(sa.Text, primary_key=True)
    name = sa.Column(sa.Text, nullable=False)
    price = sa.Column(MONEY)
    currency = sa.Column(sa.Text)
    stock = sa.Column(sa.Integer)
    category = sa.Column(sa.Text)
    url = sa.Column(sa.Text)
    aliases = sa.Column(JSONB, nullable=False, server_default="[]")
    facts = sa.Column(JSONB, nullable=False, server_default="{}")
    upserted_at = sa.Column(UtcDateTime)
    price_at = sa.Column(UtcDateTime)
    stock_at = sa.Column(UtcDateTime)
    news = _news()


class Order(Base):
    """An order and the newest news of it; `status` is the last word of the event type."""

    __tablename__ = "orders"
    order_id = sa.Column(sa.Text, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False, index=True)
    status = sa.Column(sa.Text, nullable=False)
    status_at = sa.Column(UtcDateTime, nullable=False)
    placed_at = sa.Column(UtcDateTime)
    shipped_at = sa.Column(UtcDateTime)
    delivered_at = sa.Column(UtcDateTime)
    promised_at = sa.Column(UtcDateTime)
    promised_at_at = sa.Column(UtcDateTime)
    total = sa.Column(MONEY)
    currency = sa.Column(sa.Text)
    address = sa.Column(sa.Text)
    carrier = sa.Column(sa.Text)
    tracking_url = sa.Column(sa.Text)
    reason = sa.Column(sa.Text)
    refund_amount = sa.Column(MONEY)
    refund_currency = sa.Column(sa.Text)
    news = _news()


class OrderItem(Base):
    """One line of an order."""

    __tablename__ = "order_item"
    order_id = sa.Column(sa.ForeignKey("orders.order_id"), primary_key=True)
    line = sa.Column(sa.Integer, primary_key=True)
    product_id = sa.Column(sa.Text, nullable=False)
    quantity = sa.Column(sa.Integer, nullable=False)
    unit_price = sa.Column(MONEY)
    currency = sa.Column(sa.Text)


class WishlistItem(Base):
    """A product on a wish list; a removed one keeps its row, so that older news stays older."""

    __tablename__ = "wishlist_item"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    product_id = sa.Column(sa.Text, primary_key=True)
    is_listed = sa.Column(sa.Boolean, nullable=False)
    changed_at = sa.Column(UtcDateTime, nullable=False)


class Interest(Base):
    """A search for or a look at a product, and "tell me when it is back" or cheaper."""

    __tablename__ = "interest"
    id = sa.Column(sa.BigInteger, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    kind = sa.Column(sa.Text, nullable=False)  # searched, viewed, back_in_stock, cheaper
    product_id = sa.Column(sa.Text)
    query = sa.Column(sa.Text)
    at = sa.Column(UtcDateTime, nullable=False)
    origin = sa.Column(sa.Text, nullable=False, unique=True)
    __table_args__ = (sa.Index(None, "customer_id", "at"),)


class Plan(Base):
    """A tariff; `data_mb` absent means unlimited. 1 GB = 1,000 MB."""

    __tablename__ = "plan"
    plan_id = sa.Column(sa.Text, primary_key=True)
    name = sa.Column(sa.Text, nullable=False)
    data_mb = sa.Column(sa.Numeric(14, 3))
    price = sa.Column(MONEY, nullable=False)
    currency = sa.Column(sa.Text, nullable=False)
    extra_per_gb = sa.Column(MONEY)
    catalogued_at = sa.Column(UtcDateTime, nullable=False)


class Subscription(Base):
    """The plan a customer is on; `cycle_day` is the day of the month on which it renews."""

    __tablename__ = "subscription"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    plan_id = sa.Column(sa.Text, nullable=False)
    cycle_day = sa.Column(sa.Integer, nullable=False)
    subscribed_at = sa.Column(UtcDateTime, nullable=False)


class Usage(Base):
    """Data used in one cycle, in MB, as of `recorded_at`."""

    __tablename__ = "usage"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    cycle_start = sa.Column(sa.Date, primary_key=True)
    used_mb = sa.Column(sa.Numeric(14, 3), nullable=False)
    recorded_at = sa.Column(UtcDateTime, nullable=False)


class Bill(Base):
    """A bill; `lines` is a list of {"label", "amount": money}."""

    __tablename__ = "bill"
    bill_id = sa.Column(sa.Text, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    total = sa.Column(MONEY, nullable=False)
    currency = sa.Column(sa.Text, nullable=False)
    issued_at = sa.Column(UtcDateTime, nullable=False)
    due_at = sa.Column(UtcDateTime)
    lines = sa.Column(JSONB, nullable=False, server_default="[]")
    __table_args__ = (sa.Index(None, "customer_id", "issued_at"),)


class Credit(Base):
    """A credit line: limit, what is used of it, and when it is due."""

    __tablename__ = "credit"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    limit = sa.Column("credit_limit", MONEY)
    limit_at = sa.Column(UtcDateTime)
    balance = sa.Column(MONEY)
    balance_at = sa.Column(UtcDateTime)
    currency = sa.Column(sa.Text)
    due_at = sa.Column(UtcDateTime)
    news = _news()


class Case(Base):
    """Something a person has to look at, opened by the business or in the conversation."""

    __tablename__ = "support_case"
    case_id = sa.Column(sa.Text, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False, index=True)
    topic = sa.Column(sa.Text, nullable=False)
    summary = sa.Column(sa.Text)
    order_id = sa.Column(sa.Text)
    opened_at = sa.Column(UtcDateTime)
    closed_at = sa.Column(UtcDateTime)
    origin = sa.Column(sa.Text, nullable=False)  # business, conversation
    news = _news()


class Offer(Base):
    """Something put to a customer, and what they said to it.

    `origin` is the message or the reason it was made for; `topic` the consent topic it was made under;
    `about` is plan or product, `facts` its id and its price as it was offered.
    """

    __tablename__ = "offer"
    id = sa.Column(sa.BigInteger, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    origin = sa.Column(sa.Text, nullable=False, unique=True)
    topic = sa.Column(sa.Text, nullable=False)
    about = sa.Column(sa.Text, nullable=False)
    facts = sa.Column(JSONB, nullable=False)
    text = sa.Column(sa.Text, nullable=False)
    made_at = sa.Column(UtcDateTime, nullable=False)
    valid_until = sa.Column(UtcDateTime, nullable=False)
    answer = sa.Column(sa.Text)  # accepted, declined, later, replaced
    answered_at = sa.Column(UtcDateTime)
    remind_at = sa.Column(UtcDateTime)
    reason = sa.Column(sa.Text)
    case_id = sa.Column(sa.Text)
    __table_args__ = (sa.Index(None, "customer_id", "made_at"),)


class Occasion(Base):
    """A holiday weekend or a sale in a country's calendar."""

    __tablename__ = "occasion"
    occasion_id = sa.Column(sa.Text, primary_key=True)
    name = sa.Column(sa.Text, nullable=False)
    starts_at = sa.Column(UtcDateTime, nullable=False)
    country = sa.Column(sa.Text)
    announced_at = sa.Column(UtcDateTime, nullable=False)
