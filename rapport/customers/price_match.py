"""What a customer paid above today's price. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.customers.catalogue import ProductFacts
from rapport.customers.history_orders import Item, OrderFacts
from rapport.wording import Money

MATCH_DAYS = 14
"""Within these days of the order the difference is worth a case: for as long a customer in the EU may
withdraw from the purchase and buy anew at the lower price (Directive 2011/83/EU, article 9)."""
NEVER_PAID = frozenset({"cancelled", "returned", "refunded"})


@dataclass(frozen=True)
class Purchase:
    """One line of an order beside what the product costs today, each for one piece."""

    order: OrderFacts
    item: Item
    product: ProductFacts
    paid: Money
    price: Money

    @property
    def difference(self) -> Money:
        """Paid above today's price, for all pieces; zero or less when it is not cheaper now."""
        amount = (self.paid.amount - self.price.amount) * self.item.quantity
        return Money(amount, self.paid.currency)

    def is_recent(self, now: datetime) -> bool:
        """Whether the order is within `MATCH_DAYS`."""
        placed = self.order.placed_at
        return placed is not None and placed > now - timedelta(days=MATCH_DAYS)


def purchases(orders: Iterable[OrderFacts], products: Mapping[str, ProductFacts]) -> list[Purchase]:
    """What was bought and kept and has a price today in the currency it was paid in, newest order first."""
    return [
        Purchase(order, item, product, item.unit_price, product.price)
        for order in orders
        if order.status not in NEVER_PAID
        for item in order.items
        if (product := products.get(item.product_id)) and product.price and item.unit_price
        if product.price.currency == item.unit_price.currency
    ]
