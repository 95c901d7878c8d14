"""The event types and their data. A key that may be absent is Optional; absent is no news, null takes it back."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field, StrictBool, validator

from rapport.customers.contract.values import (
    Address,
    Country,
    CycleDay,
    Day,
    Email,
    Evidence,
    Id,
    Instant,
    Language,
    Link,
    LongText,
    Megabytes,
    Money,
    Phone,
    Price,
    Quantity,
    Stock,
    Text,
    Timezone,
    Topic,
)

Method = Literal["web_form", "checkout", "paper", "phone", "import"]


class Data(BaseModel):
    """The `data` of an event; keys we do not know are kept with the event and have no effect."""

    def given(self, *names: str) -> dict[str, Any]:
        """Those of these keys that the event has."""
        return {name: getattr(self, name) for name in names if name in self.__fields_set__}


class CustomerUpserted(Data):
    phone: Phone
    name: Text | None
    language: Language | None
    timezone: Timezone | None
    country: Country | None
    email: Email | None
    verified: StrictBool | None


class CustomerRemoved(Data):
    reason: LongText | None


class ConsentGranted(Data):
    topic: Topic
    method: Method
    wording: LongText | None
    evidence: Evidence | None


class ConsentWithdrawn(Data):
    """A withdrawal counts however poorly it is documented."""

    topic: Topic
    method: Text = Text("import")
    wording: LongText | None
    evidence: Evidence | None


class ProductUpserted(Data):
    product_id: Id
    name: Text
    price: Price
    stock: Stock
    category: Text | None
    url: Link | None
    aliases: list[Text] | None = Field(max_items=100)
    facts: dict[Text, Any] | None


class ProductPriceChanged(Data):
    product_id: Id
    old_price: Price
    new_price: Price


class ProductStockChanged(Data):
    product_id: Id
    stock: Stock


class ProductSought(Data):
    product_id: Id | None
    query: Text | None


class WishlistChanged(Data):
    product_id: Id


class Item(BaseModel):
    product_id: Id
    quantity: Quantity
    unit_price: Price


class OrderPlaced(Data):
    order_id: Id
    items: list[Item] = Field(max_items=1_000)
    total: Price
    address: Address | None
    promised_at: Instant | None


class OrderMoved(Data):
    order_id: Id
    carrier: Text | None
    tracking_url: Link | None
    promised_at: Instant | None
    reason: LongText | None
    amount: Price | None


class PlanCatalogued(Data):
    plan_id: Id
    name: Text
    data_mb: Megabytes | None = Field(...)
    price: Price
    extra_per_gb: Price | None

    @validator("extra_per_gb")
    def _is_in_the_currency_of_the_plan(
        cls, extra: Price | None, values: dict[str, Any]
    ) -> Price | None:
        return _in_currency_of(values.get("price"), extra)


class PlanSubscribed(Data):
    plan_id: Id
    cycle_day: CycleDay


class UsageRecorded(Data):
    used_mb: Megabytes
    cycle_start: Day


class BillLine(BaseModel):
    label: Text
    amount: Money


class BillIssued(Data):
    bill_id: Id
    total: Money
    due_at: Instant
    lines: list[BillLine] | None = Field(max_items=1_000)

    @validator("lines", each_item=True)
    def _is_in_the_currency_of_the_bill(cls, line: BillLine, values: dict[str, Any]) -> BillLine:
        _in_currency_of(values.get("total"), line.amount)
        return line


class CreditBalanceChanged(Data):
    limit: Price
    balance: Money
    due_at: Instant | None

    @validator("balance")
    def _is_in_the_currency_of_the_limit(cls, balance: Money, values: dict[str, Any]) -> Money:
        return _in_currency_of(values.get("limit"), balance)


class CreditLimitChanged(Data):
    limit: Price
    reason: LongText | None


class CaseOpened(Data):
    case_id: Id
    topic: Text
    summary: LongText | None


class CaseClosed(Data):
    case_id: Id
    topic: Text | None
    summary: LongText | None


class Occasion(Data):
    occasion_id: Id
    name: Text
    starts_at: Instant
    country: Country | None


ORDER_MOVES = ("shipped", "delayed", "delivered", "cancelled", "returned", "refunded")

OF_A_CUSTOMER: dict[str, type[Data]] = {
    "customer.upserted": CustomerUpserted,
    "customer.removed": CustomerRemoved,
    "consent.granted": ConsentGranted,
    "consent.withdrawn": ConsentWithdrawn,
    "product.searched": ProductSought,
    "product.viewed": ProductSought,
    "wishlist.added": WishlistChanged,
    "wishlist.removed": WishlistChanged,
    "order.placed": OrderPlaced,
    **{f"order.{move}": OrderMoved for move in ORDER_MOVES},
    "plan.subscribed": PlanSubscribed,
    "usage.recorded": UsageRecorded,
    "bill.issued": BillIssued,
    "credit.balance_changed": CreditBalanceChanged,
    "credit.limit_changed": CreditLimitChanged,
    "support.case_opened": CaseOpened,
    "support.case_closed": CaseClosed,
}
OF_EVERYBODY: dict[str, type[Data]] = {
    "product.upserted": ProductUpserted,
    "product.price_changed": ProductPriceChanged,
    "product.stock_changed": ProductStockChanged,
    "plan.catalogued": PlanCatalogued,
    "calendar.occasion": Occasion,
}
TYPES = {**OF_A_CUSTOMER, **OF_EVERYBODY}
"""Event type to the shape of its data; those of a customer need a `subject`."""


def _in_currency_of(main: Money | None, other: Any | None) -> Any:
    if main and other and main.currency != other.currency:
        raise ValueError(f"not in the same currency as the rest, {main.currency}")
    return other
