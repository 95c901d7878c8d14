"""Which statuses a message gets, when, and how Meta words them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rapport.simulator import webhooks
from rapport.simulator.faults import Faults
from rapport.simulator.log import Entry
from rapport.simulator.people import Person
from rapport.simulator.refusals import Refused, in_a_status

READ_AFTER_DELAYS = 4


def plan(entry: Entry, faults: Faults, *, is_chat_open: bool) -> list[tuple[float, str]]:
    """What an accepted message will report: (seconds after acceptance, status), earliest first.

    A blocked business never gets `delivered`; an open chat gets `read` without `delivered`; a
    reaction gets `sent` alone.
    """
    delay = faults.status_delay
    if faults.no_statuses:
        return []
    if entry["fate"] == "failed":
        return [(delay, "failed")]
    if entry["fate"] == "blocked" or entry["type"] == "reaction":
        return [(delay, "sent")]
    if is_chat_open:
        return [(delay, "sent"), (2 * delay, "read")]
    steps = [(delay, "sent"), (2 * delay, "delivered")]
    return [*steps, (READ_AFTER_DELAYS * delay, "read")] if faults.reads == "auto" else steps


def payload(entry: Entry, status: str, person: Person, at: datetime) -> dict[str, Any]:
    """An element of `statuses` for an accepted message."""
    found: dict[str, Any] = {
        "id": entry["wamid"],
        "status": status,
        "timestamp": webhooks.stamp(at),
        **webhooks.recipient(person),
    }
    if status in {"sent", "delivered"} or (status == "read" and entry["type"] != "reaction"):
        found["pricing"] = webhooks.pricing(entry.get("category", "service"))
    if status == "failed":
        found["errors"] = [in_a_status(Refused(entry["code"], entry["details"]))]
        if not entry["payload"].get("recipient"):
            found.pop("recipient_user_id", None)
    if "biz_opaque_callback_data" in entry["payload"]:
        found["biz_opaque_callback_data"] = entry["payload"]["biz_opaque_callback_data"]
    return found


def delivery(status: str, person: Person) -> dict[str, Any]:
    """How a status travels; a failed one comes without `contacts`."""
    how: dict[str, Any] = {"field": "messages", "list": "statuses"}
    if status != "failed":
        how["contacts"] = [webhooks.contact(person, with_username=status != "sent")]
    return how
