"""Business events for tests: say only what matters, the rest is well-formed."""

from datetime import datetime, timedelta, timezone
from itertools import count

import sqlalchemy as sa

from rapport.db.tables import Base

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
numbers = count(1)


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


def event(kind, /, *, subject="C-1", day=0, id=None, source="test", **data):
    """An event of `kind` that happened `day` days after NOW less a year."""
    found = {
        "specversion": "1.0",
        "id": id or f"e-{next(numbers)}",
        "source": source,
        "type": kind,
        "time": (NOW + timedelta(days=day - 365)).isoformat(),
        "subject": subject,
        "datacontenttype": "application/json",
        "data": data,
    }
    return {name: value for name, value in found.items() if value is not None}


def placed(order_id="A1", day=0, subject="C-1", **data):
    items = [{"product_id": "lamp", "quantity": 1, "unit_price": euros("49.90")}]
    rest = {"items": items, "total": euros("49.90"), **data}
    return event("order.placed", subject=subject, order_id=order_id, day=day, **rest)


def product(day=0, **data):
    rest = {"product_id": "lamp", "name": "Trail lamp", "price": euros("49.90"), "stock": 3, **data}
    return event("product.upserted", day=day, **rest)


def upserted(day=0, subject="C-1", phone="+12025550101", **data):
    return event("customer.upserted", subject=subject, day=day, phone=phone, **data)


SERIALS = {"id", "customer_id", "entry_id", "received_at", "recorded_at", "created_at"}


def everything(session):
    """The whole state that events make, without serial numbers, comparable between two databases."""
    tables = [t for t in Base.metadata.sorted_tables if t.name != "business_event"]
    return {table.name: sorted(_rows(session, table)) for table in tables}


def _rows(session, table):
    customer = Base.metadata.tables["customer"]
    columns = [column for column in table.columns if column.name not in SERIALS]
    query = sa.select(*columns)
    if "customer_id" in table.c:
        query = query.add_columns(customer.c.business_id.label("whose")).join(
            customer, customer.c.id == table.c.customer_id
        )
    return [repr(tuple(row)) for row in session.execute(query)]
