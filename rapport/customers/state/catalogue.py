"""What the business offers: products, plans, and the occasions of its calendar."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from rapport.customers.contract.envelope import Event
from rapport.customers.state import rows

PRODUCT = {"product.upserted", "product.price_changed", "product.stock_changed"}


def apply(session: Session, events: list[Event]) -> None:
    """Events in the order of their stamps."""
    _products(session, [event for event in events if event.type in PRODUCT])
    plans = [_plan(event) for event in events if event.type == "plan.catalogued"]
    rows.replace(session, "plan", plans, at="catalogued_at")
    occasions = [_occasion(event) for event in events if event.type == "calendar.occasion"]
    rows.replace(session, "occasion", occasions, at="announced_at")


def _products(session: Session, events: list[Event]) -> None:
    if not events:
        return
    ids = [event.data.product_id for event in events]
    # A product of which only a price or a stock is known goes by its id until it is introduced.
    rows.stubs(session, "product", "product_id", [{"product_id": i, "name": i} for i in ids])
    products = rows.load(session, "product", "product_id", ids)
    for event in events:
        products[event.data.product_id].learn(event, _facts(event))
    rows.store(session, "product", products.values(), "product_id")


def _facts(event: Event) -> dict[str, Any]:
    data = event.data
    if event.type == "product.price_changed":
        return {"price": data.new_price.amount, "currency": data.new_price.currency}
    if event.type == "product.stock_changed":
        return {"stock": data.stock}
    return {
        "upserted_at": event.time,
        "name": data.name,
        "price": data.price.amount,
        "currency": data.price.currency,
        "stock": data.stock,
        **data.given("category", "url"),
        **{name: value or empty for name, value, empty in _lists(data)},
    }


def _lists(data: Any) -> list[tuple[str, Any, Any]]:
    empty: dict[str, Any] = {"aliases": [], "facts": {}}
    return [(name, value, empty[name]) for name, value in data.given("aliases", "facts").items()]


def _plan(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "plan_id": data.plan_id,
        "name": data.name,
        "data_mb": data.data_mb,
        "price": data.price.amount,
        "currency": data.price.currency,
        "extra_per_gb": data.extra_per_gb and data.extra_per_gb.amount,
        "catalogued_at": event.time,
    }


def _occasion(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "occasion_id": data.occasion_id,
        "name": data.name,
        "starts_at": data.starts_at,
        "country": data.country,
        "announced_at": event.time,
    }
