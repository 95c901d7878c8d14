"""Meta's limits on a business number: 24-hour window, throughput, pair rate, messaging limit."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rapport.vocabulary import SERVICE_WINDOW

PAIR_SPACING = timedelta(seconds=6)
"""Meta: one message per 6 seconds from one business number to one user."""

PAIR_BURST = 45
"""Meta: up to 45 messages within 6 seconds, borrowed from the time that follows."""

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def is_window_open(last_inbound_at: datetime | None, now: datetime) -> bool:
    """True within 24 hours after the user's last message; only then may free-form messages go out."""
    return last_inbound_at is not None and now < last_inbound_at + SERVICE_WINDOW


@dataclass(frozen=True)
class Burst:
    """Messages to one user that share a beginning."""

    began_at: datetime
    count: int


def with_one_more(burst: Burst | None, now: datetime) -> Burst | None:
    """The burst after a message sent now; None when Meta would refuse it (131056).

    Within 6 seconds of its beginning a burst grows to 45; then each of its messages is paid back
    with 6 seconds from the beginning ("20 sent, about 2 minutes to wait").
    """
    if burst is None or now >= burst.began_at + PAIR_SPACING * burst.count:
        return Burst(now, 1)
    if now < burst.began_at + PAIR_SPACING and burst.count < PAIR_BURST:
        return replace(burst, count=burst.count + 1)
    return None


@dataclass
class Limits:
    """What was sent lately, as far as Meta's limits count it."""

    bursts: dict[str, Burst] = field(default_factory=dict)
    sent_at: deque[datetime] = field(default_factory=deque)
    reached: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def is_over_throughput(self, now: datetime, per_second: int) -> bool:
        """True when `per_second` messages went out within the last second (130429)."""
        while self.sent_at and self.sent_at[0] <= now - SECOND:
            self.sent_at.popleft()
        return len(self.sent_at) >= per_second

    def is_over_pair_rate(self, user: str, now: datetime) -> bool:
        """True when one more message to this user now would be refused (131056)."""
        return with_one_more(self.bursts.get(user), now) is None

    def is_over_messaging_limit(self, user: str, now: datetime, limit: int | None) -> bool:
        """True when `limit` other users were reached outside a window within 24 hours; None is unlimited."""
        while self.reached and next(iter(self.reached.values())) <= now - DAY:
            self.reached.popitem(last=False)
        return limit is not None and user not in self.reached and len(self.reached) >= limit

    def note(self, user: str, now: datetime, *, opens_conversation: bool) -> None:
        """Count a message that was accepted."""
        self.sent_at.append(now)
        self.bursts[user] = with_one_more(self.bursts.get(user), now) or Burst(now, 1)
        if opens_conversation:
            self.reached[user] = now
            self.reached.move_to_end(user)
