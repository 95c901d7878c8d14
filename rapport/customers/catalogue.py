"""Products as this customer may mean them: by name, by alias, by slip of the thumb, from the wish list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from rapport.customers import naming
from rapport.db.customers import BusinessEvent, Product, WishlistItem
from rapport.wording import Money

INTRODUCED, PRICE_CHANGED = "product.upserted", "product.price_changed"
PREFIX = 2
"""Letters at the start of a word that have to be right for a misspelt name to be found."""
CANDIDATES = 500
ACCENTED = {
    "a": "[aáàâãäå]",
    "c": "[cç]",
    "e": "[eéèêë]",
    "i": "[iíìîï]",
    "n": "[nñ]",
    "o": "[oóòôõö]",
    "u": "[uúùûü]",
}
"""The letters of our languages that are folded, with their accents."""


@dataclass(frozen=True)
class ProductFacts:
    """A product of the catalogue; what the business did not tell is None."""

    product_id: str
    name: str
    price: Money | None
    stock: int | None
    url: str | None
    aliases: tuple[str, ...]
    facts: dict[str, Any]


def find(session: Any, text: str) -> list[ProductFacts]:
    """The products a text most likely means: one, several that are equally likely, or none. One query."""
    known = _candidates(session, text)
    return [known[key] for key in naming.meant(text, _names(known.values()))]


def named(session: Any, text: str) -> list[ProductFacts]:
    """The products whose whole names are in a text. One query."""
    known = _candidates(session, text)
    return [known[key] for key in naming.named(text, _names(known.values()))]


def product(session: Any, product_id: str) -> ProductFacts | None:
    """One product, None when it is not in the catalogue."""
    row = session.get(Product, product_id)
    return _facts(row) if row else None


def products(session: Any, product_ids: list[str]) -> list[ProductFacts]:
    """Those of the products that are in the catalogue. One query, none for an empty list."""
    if not product_ids:
        return []
    rows = session.scalars(sa.select(Product).where(Product.product_id.in_(product_ids)))
    return [_facts(row) for row in rows]


def alike(session: Any, product_id: str) -> list[str]:
    """Ids of the products that share a name with this one, itself included. Two queries."""
    one = product(session, product_id)
    if one is None:
        return []
    names = {name.casefold() for name in one.aliases}
    known = _candidates(session, " ".join([one.name, *one.aliases]))
    return [key for key, other in known.items() if names & {a.casefold() for a in other.aliases}]


def some(session: Any, text: str, count: int) -> list[ProductFacts]:
    """As many products as that, those with names like the text's words first. One query."""
    rows = session.scalars(sa.select(Product).order_by(Product.name).limit(CANDIDATES))
    known = {row.product_id: _facts(row) for row in rows}
    return [known[key] for key in naming.nearest(text, _names(known.values()))[:count]]


def wishlist(session: Any, customer_id: int) -> list[ProductFacts]:
    """The products on the customer's wish list, newest wish first. One query."""
    rows = session.scalars(
        sa.select(Product)
        .join(WishlistItem, WishlistItem.product_id == Product.product_id)
        .where(WishlistItem.customer_id == customer_id, WishlistItem.is_listed)
        .order_by(WishlistItem.changed_at.desc(), Product.product_id)
    )
    return [_facts(row) for row in rows]


def prices_when_wished(session: Any, customer_id: int) -> dict[str, Money]:
    """What each product of the wish list cost when it was put there, by product; absent where no news tells. One query.

    The newest price known then counts, else the old price of the first change after it.
    """
    is_before = BusinessEvent.time <= WishlistItem.changed_at
    rows = session.execute(
        sa.select(WishlistItem.product_id, BusinessEvent.data, is_before.label("is_before"))
        .distinct(WishlistItem.product_id)
        .join(BusinessEvent, BusinessEvent.data["product_id"].astext == WishlistItem.product_id)
        .where(
            WishlistItem.customer_id == customer_id,
            WishlistItem.is_listed,
            BusinessEvent.subject.is_(None),
            sa.or_(
                BusinessEvent.type == PRICE_CHANGED,
                sa.and_(BusinessEvent.type == INTRODUCED, is_before),
            ),
        )
        .order_by(
            WishlistItem.product_id,
            is_before.desc(),
            sa.func.greatest(
                BusinessEvent.time - WishlistItem.changed_at,
                WishlistItem.changed_at - BusinessEvent.time,
            ),
        )
    )
    return {row.product_id: _price_told(row.data, row.is_before) for row in rows}


def _price_told(data: dict[str, Any], is_before: bool) -> Money:
    told = data.get("price") or data["new_price" if is_before else "old_price"]
    return Money(Decimal(told["amount"]), told["currency"])


def _candidates(session: Any, text: str) -> dict[str, ProductFacts]:
    starts = _starts(naming.words(text))
    if not starts:
        return {}
    pattern = r"\m(" + "|".join(sorted(starts)) + ")"
    aliases = sa.cast(Product.aliases, sa.Text)
    rows = session.scalars(
        sa.select(Product)
        .where(sa.or_(Product.name.op("~*")(pattern), aliases.op("~*")(pattern)))
        .order_by(Product.name, Product.product_id)
        .limit(CANDIDATES)
    )
    return {row.product_id: _facts(row) for row in rows}


def _starts(words: list[str]) -> set[str]:
    """Beginnings of the words worth looking for, safe inside a regular expression."""
    telling = [word for word in words if len(word) > PREFIX and word not in naming.FILLERS]
    return {"".join(map(_letter, word[:PREFIX])) for word in telling}


def _letter(folded: str) -> str:
    """A letter with or without its accent: the catalogue writes "lámpara", a customer "lampara"."""
    return ACCENTED.get(folded, re.escape(folded))


def _names(products: Iterable[ProductFacts]) -> dict[str, list[str]]:
    return {product.product_id: [product.name, *product.aliases] for product in products}


def _facts(row: Any) -> ProductFacts:
    price = Money(row.price, row.currency) if row.price is not None and row.currency else None
    return ProductFacts(
        product_id=row.product_id,
        name=row.name,
        price=price,
        stock=row.stock,
        url=row.url,
        aliases=tuple(row.aliases or ()),
        facts=dict(row.facts or {}),
    )
