"""A customer's orders: what was bought, where it is, what was promised."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rapport.customers import naming
from rapport.db.customers import Order, OrderItem, Product
from rapport.wording import Money

UNDERWAY = frozenset({"placed", "shipped", "delayed"})
NUMBER = re.compile(
    r"(?P<announced>\b(?:order|number|no\.?|nr\.?)\s*(?:is|:)?\s*|#\s*)?(?P<number>\b[A-Z]*[A-Z-]*\d[A-Z0-9-]*)",
    re.IGNORECASE,
)
"""A word with a digit in it, and whether the text calls it a number."""
AT_MOST = 50
"""Orders looked at for one question; nobody asks for older ones in a chat."""


@dataclass(frozen=True)
class Item:
    """One line of an order; `name` is the catalogue's, or the bare id of a product that left it."""

    product_id: str
    name: str
    aliases: tuple[str, ...]
    quantity: int
    unit_price: Money | None


@dataclass(frozen=True)
class OrderFacts:
    """An order as the newest news left it."""

    order_id: str
    status: str
    status_at: datetime
    placed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    promised_at: datetime | None
    total: Money | None
    carrier: str | None
    tracking_url: str | None
    reason: str | None
    refund: Money | None
    items: tuple[Item, ...]

    @property
    def is_underway(self) -> bool:
        """Neither delivered nor ended otherwise."""
        return self.status in UNDERWAY


def orders(session: Any, customer_id: int) -> list[OrderFacts]:
    """The customer's orders, newest first, in two queries."""
    newest = (
        sa.select(Order)
        .where(Order.customer_id == customer_id)
        .order_by(sa.func.coalesce(Order.placed_at, Order.status_at).desc(), Order.order_id)
        .limit(AT_MOST)
    )
    rows = session.scalars(newest).all()
    items = _items(session, [row.order_id for row in rows])
    return [_facts(row, tuple(items.get(row.order_id, ()))) for row in rows]


def mentioned(known: list[OrderFacts], text: str) -> list[OrderFacts]:
    """Those of the orders whose number the text contains, in whatever case and punctuation."""
    words = _codes(text)
    return [order for order in known if _is_named(order.order_id, words)]


def by_item(known: list[OrderFacts], text: str) -> list[OrderFacts]:
    """Those of the orders with the product the text names; where some are underway, only these."""
    names = {
        str(place): [name for item in order.items for name in (item.name, *item.aliases)]
        for place, order in enumerate(known)
    }
    found = [known[int(place)] for place in naming.meant(text, names)]
    return [order for order in found if order.is_underway] or found


def foreign_number(known: list[OrderFacts], text: str) -> str | None:
    """What looks like an order number in the text and is none of the customer's own."""
    if mentioned(known, text):
        return None
    lengths = {len(_bare(order.order_id)) for order in known}
    for match in NUMBER.finditer(text):
        bare = _bare(match["number"])
        digits = sum(map(str.isdigit, bare))
        has_letters = digits < len(bare)
        is_announced = bool(match["announced"]) and digits >= 3
        if is_announced or (digits >= 3 and (has_letters or len(bare) in lengths)):
            return match["number"].upper()
    return None


def _codes(text: str) -> set[str]:
    """Every word with a digit, and neighbouring pairs of words, bare: "a 7041" is A7041 too."""
    words = [_bare(word) for word in re.split(r"[\s,;:!?()#]+|\.(?:\s|$)", text)]
    pairs = [first + second for first, second in itertools.pairwise(words)]
    return {word for word in [*words, *pairs] if any(map(str.isdigit, word))}


def _is_named(order_id: str, words: set[str]) -> bool:
    bare = _bare(order_id)
    digits = re.sub(r"\D", "", bare)
    return bare in words or (len(digits) >= 3 and digits in words)


def _bare(word: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", word.upper())


def _items(session: Any, order_ids: list[str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    rows = session.execute(
        sa.select(OrderItem, Product.name, Product.aliases)
        .outerjoin(Product, Product.product_id == OrderItem.product_id)
        .where(OrderItem.order_id.in_(order_ids))
        .order_by(OrderItem.order_id, OrderItem.line)
    )
    for line, name, aliases in rows:
        item = Item(
            product_id=line.product_id,
            name=name or line.product_id,
            aliases=tuple(aliases or ()),
            quantity=line.quantity,
            unit_price=_money(line.unit_price, line.currency),
        )
        found.setdefault(line.order_id, []).append(item)
    return found


def _facts(row: Any, items: tuple[Item, ...]) -> OrderFacts:
    return OrderFacts(
        order_id=row.order_id,
        status=row.status,
        status_at=row.status_at,
        placed_at=row.placed_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        promised_at=row.promised_at,
        total=_money(row.total, row.currency),
        carrier=row.carrier,
        tracking_url=row.tracking_url,
        reason=row.reason,
        refund=_money(row.refund_amount, row.refund_currency or row.currency),
        items=items,
    )


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None
