"""Business events in short form: “39.90 EUR”, “+1d 18:00”, “2 flask at 29.00 EUR”."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stage.script import Conversation

MOMENT = re.compile(r"([+-]\d+)([mhdw])(?: (\d\d:\d\d))?")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
BOUGHT = re.compile(r"(\d+) (\S+) at (.+)")
OFFER = "offer"
"""Something put to the customer: {plan_id or product_id, name, price, was?, text, valid_until, topic?}."""
SENT = "sent"
"""A message that we wrote by ourselves: {topic, because?: {type, time, about}}."""
DATES = frozenset({"cycle_start"})


def events_of(conversation: Conversation, now: datetime) -> Iterator[dict[str, Any]]:
    """The customer and what is on file for them, as business events."""
    who = conversation.who
    if "demo" not in who and who.get("known", True):
        person = {"name": "Robin Field", "language": "en", "timezone": "UTC", "verified": False}
        own = {key: value for key, value in who.items() if key not in {"known", "username"}}
        data = {**person, **own, "phone": f"+{conversation.phone}"}
        yield _event(conversation, 0, "customer.upserted", now - timedelta(days=900), data)
    for place, event in enumerate(conversation.given, start=1):
        if event["type"] in {OFFER, SENT}:
            continue
        data = {key: value_of(key, value, now) for key, value in event["data"].items()}
        at = moment(event["at"], now)
        yield _event(conversation, place, event["type"], at, data, event["is_personal"])


def offers_of(conversation: Conversation, now: datetime) -> Iterator[dict[str, Any]]:
    """What was put to the customer, as `offers.make` takes it."""
    for place, given in enumerate(conversation.given):
        if given["type"] == OFFER:
            told = {key: value_of(key, value, now) for key, value in given["data"].items()}
            yield {
                "topic": told.pop("topic", "offers"),
                "about": "plan" if "plan_id" in told else "product",
                "text": told.pop("text"),
                "valid_until": datetime.fromisoformat(told.pop("valid_until")),
                "facts": told,
                "origin": f"{conversation.customer}-offer-{place}",
                "now": moment(given["at"], now),
            }


def sent_of(conversation: Conversation, now: datetime) -> Iterator[dict[str, Any]]:
    """What we wrote to the customer by ourselves, as a row of the outbox."""
    for place, given in enumerate(conversation.given):
        if given["type"] == SENT:
            yield {
                **value_of(SENT, given["data"], now),
                "origin": f"{conversation.customer}-sent-{place}",
                "ordinal": 0,
                "type": "template",
                "payload": {"name": "news"},
                "state": "accepted",
                "due_at": moment(given["at"], now),
                "created_at": moment(given["at"], now),
            }


def _event(
    conversation: Conversation,
    place: int,
    kind: str,
    at: datetime,
    data: dict[str, Any],
    is_personal: bool = True,
) -> dict[str, Any]:
    if kind == "order.placed":
        data.setdefault("total", _total(data["items"]))
    return {
        "specversion": "1.0",
        "id": f"{conversation.customer}-{place}",
        "source": "tests/conversations",
        "type": kind,
        "time": at.isoformat(),
        "data": data,
        **({"subject": conversation.customer} if is_personal else {}),
    }


def value_of(key: str, value: Any, now: datetime) -> Any:
    """A value of the data contract from its short form."""
    if isinstance(value, dict):
        return {name: value_of(name, inner, now) for name, inner in value.items()}
    if isinstance(value, list):
        return [value_of(key, inner, now) for inner in value]
    if not isinstance(value, str):
        return value
    if MOMENT.fullmatch(value):
        at = moment(value, now)
        return at.date().isoformat() if key in DATES else at.isoformat()
    if found := MONEY.fullmatch(value):
        return {"amount": found[1], "currency": found[2]}
    if key == "items" and (found := BOUGHT.fullmatch(value)):
        price = value_of("unit_price", found[3], now)
        return {"product_id": found[2], "quantity": int(found[1]), "unit_price": price}
    return value


def moment(text: str, now: datetime) -> datetime:
    """`-3d` is three days before now; `-3d 18:00` is 18:00 UTC on that day."""
    found = MOMENT.fullmatch(text)
    assert found, text
    at = now + timedelta(**{UNITS[found[2]]: int(found[1])})
    if found[3] is None:
        return at
    hour, minute = map(int, found[3].split(":"))
    return at.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _total(items: list[dict[str, Any]]) -> dict[str, str]:
    """What the lines of an order come to, in their currency."""
    cents = sum(
        item["quantity"] * round(float(item["unit_price"]["amount"]) * 100) for item in items
    )
    currency = items[0]["unit_price"]["currency"]
    return {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": currency}
