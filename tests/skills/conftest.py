"""A business that tells its news, and customers who talk to the trained model about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from rapport.customers import events
from rapport.db import session
from rapport.db.customers import Customer
from tests.conftest import execute, renamed
from tests.model import Chat

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)  # a Monday
NUMBERS = count(1)


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def at(days: float = 0, hour: int = 10) -> str:
    return (NOW.replace(hour=hour) + timedelta(days=days)).isoformat()


@dataclass
class World:
    """What the business told us, and a chat with any of its customers."""

    sessions: Any

    def tell(self, kind: str, subject: str | None = "C-1", days: float = -1, **data: Any) -> None:
        """One business event, `days` from now."""
        number = next(NUMBERS)
        event = {
            "specversion": "1.0",
            "id": f"e-{number}",
            "source": "test",
            "type": kind,
            "time": (NOW + timedelta(days=days)).isoformat(),
            "data": data,
        }
        if subject is not None:
            event["subject"] = subject
        with self.sessions.begin() as own:
            receipt = events.accept(own, [event], NOW)
        assert receipt.accepted and not receipt.unknown, receipt

    def customer(self, subject: str = "C-1", **data: Any) -> None:
        """A verified customer in Berlin, unless told otherwise."""
        phone = f"+4915112345{abs(hash(subject)) % 1000:03d}"
        known = {
            "phone": phone,
            "name": "Mara Klein",
            "timezone": "Europe/Berlin",
            "verified": True,
        }
        self.tell("customer.upserted", subject, -400, **{**known, **data})

    def product(self, product_id: str, name: str, price: str = "39.90", **data: Any) -> None:
        """Told 300 days ago, unless told otherwise."""
        days = data.pop("days", -300)
        rest = {"product_id": product_id, "name": name, "price": euros(price), "stock": 4, **data}
        self.tell("product.upserted", None, days, **rest)

    def order(self, order_id: str, *products: str, subject: str = "C-1", **data: Any) -> None:
        """Placed five days ago, unless told otherwise."""
        days = data.pop("days", -5)
        items = [{"product_id": p, "quantity": 1, "unit_price": euros("39.90")} for p in products]
        rest = {"order_id": order_id, "items": items, "total": euros("39.90"), **data}
        self.tell("order.placed", subject, days, **rest)

    def chat(self, subject: str = "C-1") -> Chat:
        with self.sessions() as own:
            found = own.scalar(sa.select(Customer.id).where(Customer.business_id == subject))
        return Chat(self.sessions, found, NOW)

    def stranger(self) -> Chat:
        """Somebody who writes from a number the business never told us."""
        with self.sessions.begin() as own:
            stranger = Customer(created_at=NOW, profile_name="Zoe")
            own.add(stranger)
            own.flush()
            return Chat(self.sessions, stranger.id, NOW)

    def rows(self, table: Any) -> list[Any]:
        with self.sessions() as own:
            return list(own.scalars(sa.select(table)))


@pytest.fixture(scope="session")
def shared_engine(postgres: str) -> Iterator[Engine]:
    """One database for all skills; each test's transaction is rolled back."""
    execute(postgres, "CREATE DATABASE skills TEMPLATE template")
    engine = session.engine_for(renamed(postgres, "skills"))
    yield engine
    engine.dispose()
    execute(postgres, "DROP DATABASE skills WITH (FORCE)")


@pytest.fixture
def sessions(shared_engine: Engine) -> Iterator[Any]:
    """Sessions inside one transaction that never commits."""
    with shared_engine.connect() as connection:
        transaction = connection.begin()
        yield session.sessions_for(connection)
        transaction.rollback()


@pytest.fixture
def world(sessions: Any) -> World:
    """A customer and three products; the rest is the test's."""
    world = World(sessions)
    world.customer()
    world.product("lamp", "Trail lamp", aliases=["head torch"])
    world.product("boots", "Hiking boots", "119.00", aliases=["boots"], stock=0)
    world.product("jacket", "Rain jacket", "89.00", aliases=["raincoat"])
    return world
