"""How a history is told: what happened, to whom, how many days ago."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from rapport.customers.tariffs import cycle_around

Data = dict[str, Any]
Bought = tuple[str, int, str]
"""Product, quantity, price of one in euros."""


@dataclass(frozen=True)
class Person:
    """A made-up customer; `ask` is what to try as this one, `rank` the place in the guide."""

    id: str
    name: str
    phone: str
    language: str
    country: str
    timezone: str
    verified: bool = True
    address: str = ""
    ask: str = ""
    rank: int = 9


def money(amount: str, currency: str = "EUR") -> Data:
    """An amount as the data contract writes it."""
    return {"amount": amount, "currency": currency}


@dataclass
class Story:
    """Collects events. Days are counted back from `today`; clock times are UTC unless they are a promise."""

    today: date
    events: list[Data] = field(default_factory=list)

    def happened(
        self, kind: str, days_ago: int, who: Person | None = None, at: str = "10:00", **data: Any
    ) -> None:
        """Add an event; its id is made of its content, so that telling it again is no news."""
        source = f"demo/{kind.partition('.')[0]}"
        event = {
            "specversion": "1.0",
            "source": source,
            "type": kind,
            "time": self.moment(days_ago, at),
            "datacontenttype": "application/json",
            "data": data,
            **({"subject": who.id} if who else {}),
        }
        name = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()[:16]
        self.events.append({**event, "id": f"{kind}-{name}"})

    def moment(self, days_ago: int, at: str = "10:00", zone: str = "UTC") -> str:
        """RFC 3339; a negative number of days lies ahead."""
        day = self.today - timedelta(days=days_ago)
        local = datetime.combine(day, time.fromisoformat(at), ZoneInfo(zone))
        return local.astimezone(timezone.utc).isoformat()

    def introduced(self, person: Person, days_ago: int) -> None:
        """The business has this customer."""
        self.happened(
            "customer.upserted",
            days_ago,
            person,
            phone=person.phone,
            name=person.name,
            language=person.language,
            timezone=person.timezone,
            country=person.country,
            verified=person.verified,
        )

    def agreed(self, person: Person, days_ago: int, topic: str, method: str, wording: str) -> None:
        """The customer asked for messages about a topic."""
        self.happened(
            "consent.granted", days_ago, person, topic=topic, method=method, wording=wording
        )

    def ordered(
        self, person: Person, days_ago: int, order_id: str, bought: Sequence[Bought], due: int
    ) -> None:
        """An order, promised for the evening `due` days from today (before today where negative)."""
        cents = sum(quantity * int(price.replace(".", "")) for _, quantity, price in bought)
        self.happened(
            "order.placed",
            days_ago,
            person,
            order_id=order_id,
            items=[
                {"product_id": product, "quantity": quantity, "unit_price": money(price)}
                for product, quantity, price in bought
            ],
            total=money(f"{cents // 100}.{cents % 100:02d}"),
            address=person.address,
            promised_at=self.moment(-due, "18:00", person.timezone),
        )

    def used(self, person: Person, cycle_day: int, gigabytes: Sequence[float]) -> None:
        """Data used: one number a past cycle, oldest first; the last is where the present one is heading."""
        start, renews = cycle_around(self.today, cycle_day)
        elapsed = (self.today - start).days
        share = max(elapsed, 1) / (renews - start).days
        *past, pace = gigabytes
        self._recorded(person, start, round(pace * share * 1000), self.today)
        for used in reversed(past):
            end = start
            start, _ = cycle_around(start - timedelta(days=1), cycle_day)
            self._recorded(person, start, round(used * 1000), end)

    def _recorded(self, person: Person, start: date, used_mb: int, as_of: date) -> None:
        days_ago = (self.today - as_of).days
        self.happened(
            "usage.recorded",
            days_ago,
            person,
            at="00:00",
            used_mb=used_mb,
            cycle_start=start.isoformat(),
        )
