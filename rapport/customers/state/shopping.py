"""Orders and their lines, wish lists, searches and looks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from rapport.customers.contract.envelope import Event
from rapport.customers.state import rows
from rapport.db.customers import OrderItem
from rapport.vocabulary import CustomerId

Customers = dict[str, CustomerId]
PLACED = "order.placed"
MOMENTS = {"order.shipped": "shipped_at", "order.delivered": "delivered_at"}
INTERESTS = {"product.searched": "searched", "product.viewed": "viewed"}


def apply(session: Session, events: list[Event], customers: Customers) -> None:
    """Events in the order of their stamps."""
    _orders(session, [event for event in events if event.type.startswith("order.")], customers)
    wishes = [_wish(event, customers) for event in events if event.type.startswith("wishlist.")]
    rows.replace(session, "wishlist_item", wishes, at="changed_at")
    sought = [_interest(event, customers) for event in events if event.type in INTERESTS]
    rows.append(session, "interest", [row for row in sought if row["product_id"] or row["query"]])


def _orders(session: Session, events: list[Event], customers: Customers) -> None:
    if not events:
        return
    rows.stubs(session, "orders", "order_id", [_stub(event, customers) for event in events])
    orders = rows.load(session, "orders", "order_id", (e.data.order_id for e in events))
    placed = {
        event.data.order_id: event
        for event in events
        if _learn(orders[event.data.order_id], event, customers)
    }
    rows.store(session, "orders", orders.values(), "order_id")
    _lines(session, placed)


def _learn(order: rows.Row, event: Event, customers: Customers) -> bool:
    """Take in one event; True when it is the newest word on what was ordered."""
    is_placing = event.type == PLACED
    # Who ordered, says the order; other news of it only until that arrives.
    owner = {"customer_id": customers[str(event.subject)]}
    order.learn(event, owner, weight="placed " if is_placing else "")
    order.learn(event, _moved(event))
    if not is_placing:
        return False
    order.learn(event, _placed(event))
    return order.learn(event, {"placed_at": event.time})


def _stub(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "order_id": event.data.order_id,
        "customer_id": customers[str(event.subject)],
        "status": _status(event),
        "status_at": event.time,
    }


def _status(event: Event) -> str:
    return event.type.removeprefix("order.")


def _placed(event: Event) -> dict[str, Any]:
    total = event.data.total
    return {
        "total": total.amount,
        "currency": total.currency,
        **event.data.given("address"),
    }


def _moved(event: Event) -> dict[str, Any]:
    """What any news of an order may tell; a reason belongs to the status it explains."""
    facts = {"status": _status(event), "reason": None, **event.data.given("promised_at")}
    if event.type == PLACED:
        return facts
    facts |= {"reason": event.data.reason, **event.data.given("carrier", "tracking_url")}
    if event.type in MOMENTS:
        facts[MOMENTS[event.type]] = event.time
    if event.type == "order.refunded" and event.data.amount:
        refund = event.data.amount
        facts |= {"refund_amount": refund.amount, "refund_currency": refund.currency}
    return facts


def _lines(session: Session, placed: dict[str, Event]) -> None:
    """The lines of an order are those of the newest word on it."""
    if placed:
        session.execute(sa.delete(OrderItem).where(OrderItem.order_id.in_(list(placed))))
        rows.append(session, "order_item", [line for e in placed.values() for line in _items(e)])


def _items(event: Event) -> list[dict[str, Any]]:
    return [
        {
            "order_id": event.data.order_id,
            "line": number,
            "product_id": item.product_id,
            "quantity": item.quantity,
            "unit_price": item.unit_price.amount,
            "currency": item.unit_price.currency,
        }
        for number, item in enumerate(event.data.items, 1)
    ]


def _wish(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "customer_id": customers[str(event.subject)],
        "product_id": event.data.product_id,
        "is_listed": event.type == "wishlist.added",
        "changed_at": event.time,
    }


def _interest(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "customer_id": customers[str(event.subject)],
        "kind": INTERESTS[event.type],
        "product_id": event.data.product_id,
        "query": event.data.query,
        "at": event.time,
        "origin": event.origin,
    }
