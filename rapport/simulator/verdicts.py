"""What becomes of a well-formed message: refused by a limit, bound to fail, never delivered, or delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapport.simulator.faults import Faults
from rapport.simulator.limits import Limits
from rapport.simulator.people import Person
from rapport.simulator.refusals import Refused

TOO_MANY = (
    "Message failed to send because there were too many messages sent from this phone number in a "
    "short period of time."
)
TOO_MANY_TO_ONE = (
    "Message failed to send because there were too many messages sent from this phone number to "
    "the same phone number in a short period of time."
)
WINDOW_CLOSED = (
    "Message failed to send because more than 24 hours have passed since the customer last "
    "replied to this number."
)
LIMIT_REACHED = (
    "Message failed to send because there are restrictions on how many messages can be sent from "
    "this phone number."
)


@dataclass(frozen=True)
class Attempt:
    """A message about to be sent: to whom (None: never heard of), of what sort, into which window."""

    phone: str | None
    person: Person | None
    is_template: bool
    is_marketing: bool
    is_window_open: bool


def limited(attempt: Attempt, counted: Limits, faults: Faults, now: datetime) -> Refused | None:
    """The limit that forbids it, in the order in which Meta's codes exclude one another."""
    user = attempt.person.key if attempt.person else ""
    if counted.is_over_throughput(now, faults.throughput):
        return Refused(130429, TOO_MANY)
    if not attempt.is_window_open and not attempt.is_template:
        return Refused(131047, WINDOW_CLOSED)
    if faults.pair_rate and user and counted.is_over_pair_rate(user, now):
        return Refused(131056, TOO_MANY_TO_ONE)
    if attempt.is_window_open:
        return None
    if counted.is_over_messaging_limit(user, now, faults.messaging_limit):
        return Refused(131048, LIMIT_REACHED)
    return None


def fate(attempt: Attempt, refused: Refused | None, faults: Faults) -> dict[str, Any]:
    """`fate` (deliver, blocked, failed) of an accepted message, with `code` and `details` of a failure."""
    person = attempt.person
    if refused is None and attempt.phone in faults.not_on_whatsapp:
        refused = Refused(131026, "Message Undeliverable.")
    if refused is None and attempt.is_marketing and person and person.has_stopped_marketing:
        refused = Refused(131050, "The user has stopped marketing messages from this business.")
    if refused is not None:
        return {"fate": "failed", "code": refused.code, "details": refused.details}
    return {"fate": "blocked" if person is not None and person.is_blocking else "deliver"}
