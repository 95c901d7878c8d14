"""Meta's limits on a business number: 24-hour window, throughput, pair rate, messaging limit."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rapport.vocabulary import SERVICE_WINDOW

PAIR_SPACING = timedelta(seconds=6)
"""Meta: one message per 6 seconds from one business number to one user."""

PAIR_BURST = 45
"""Meta: up to 45 messages at once, borrowed from the time that follows."""

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def is_window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """True within 24 hours after the user's last message; only then may free-form messages go out."""
    return last_inbound_at is not None and now < last_inbound_at + SERVICE_WINDOW


def with_one_more(paid_until: datetime | None, now: datetime) -> datetime | None:
    """Until when the messages to one user are paid for after one more now; None when it is refused.

    Every message costs six seconds. Meta lends up to 45 messages of them ("borrowing from the
    future"), so that an unpaid chat of 20 quick answers is even again after two minutes; 131056 beyond.
    """
    start = max(paid_until or now, now)
    is_affordable = start - now <= PAIR_SPACING * (PAIR_BURST - 1)
    return start + PAIR_SPACING if is_affordable else None


@dataclass
class Limits:
    """What was sent lately, as far as Meta's limits count it."""

    paid_until: dict[str, datetime] = field(default_factory=dict)
    sent_at: deque[datetime] = field(default_factory=deque)
    reached: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def is_over_throughput(self, now: datetime, per_second: int) -> bool:
        """True when `per_second` messages went out within the last second (130429)."""
        while self.sent_at and self.sent_at[0] <= now - SECOND:
            self.sent_at.popleft()
        return len(self.sent_at) >= per_second

    def is_over_pair_rate(self, user: str, now: datetime) -> bool:
        """True when one more message to this user now would be refused (131056)."""
        return with_one_more(self.paid_until.get(user), now) is None

    def is_over_messaging_limit(self, user: str, now: datetime, limit: int | None) -> bool:
        """True when `limit` other users were reached outside a window within 24 hours; None is unlimited."""
        while self.reached and next(iter(self.reached.values())) <= now - DAY:
            self.reached.popitem(last=False)
        return limit is not None and user not in self.reached and len(self.reached) >= limit

    def note(self, user: str, now: datetime, *, opens_conversation: bool) -> None:
        """Count a message that was accepted."""
        self.sent_at.append(now)
        paid = self.paid_until.get(user)
        self.paid_until[user] = with_one_more(paid, now) or (paid or now) + PAIR_SPACING
        if opens_conversation:
            self.reached[user] = now
            self.reached.move_to_end(user)
