"""Meta's limits as rules: the window, the pair rate and its burst, throughput, the messaging limit."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.simulator.limits import (
    PAIR_BURST,
    PAIR_SPACING,
    Limits,
    is_window_open,
    with_one_more,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("last_inbound_at", "expected"),
    [
        pytest.param(None, False, id="never wrote"),
        pytest.param(NOON, True, id="wrote just now"),
        pytest.param(NOON - timedelta(hours=24) + SECOND, True, id="a second before the end"),
        pytest.param(NOON - timedelta(hours=24), False, id="at the end"),
    ],
)
def test_the_window_lasts_24_hours(last_inbound_at: datetime | None, expected: bool) -> None:
    assert is_window_open(last_inbound_at, NOON) is expected


@pytest.mark.parametrize(
    ("owed", "allowed"),
    [
        pytest.param(None, True, id="the first one"),
        pytest.param(0, True, id="one every six seconds"),
        pytest.param(5, True, id="a second one borrows"),
        pytest.param(44 * 6, True, id="the 45th on credit"),
        pytest.param(44 * 6 + 0.1, False, id="not the 46th"),
        pytest.param(-60, True, id="unused time is no credit, and no debt"),
    ],
)
def test_the_pair_rate_lends_and_is_paid_back(owed: float | None, allowed: bool) -> None:
    paid_until = None if owed is None else NOON + SECOND * owed
    assert (with_one_more(paid_until, NOON) is not None) is allowed


def test_twenty_quick_answers_are_even_again_after_two_minutes() -> None:
    paid_until = None
    for _ in range(20):
        paid_until = with_one_more(paid_until, NOON)
    assert paid_until == NOON + timedelta(minutes=2)


GAPS = st.lists(st.floats(min_value=0, max_value=30), max_size=200)


@given(GAPS)
def test_no_pattern_of_sending_beats_one_message_per_six_seconds_and_one_burst(
    gaps: list[float],
) -> None:
    paid_until, now, sent = None, NOON, 0
    for gap in gaps:
        now += SECOND * gap
        later = with_one_more(paid_until, now)
        paid_until, sent = later or paid_until, sent + (later is not None)
    assert sent <= (now - NOON) / PAIR_SPACING + PAIR_BURST


@given(st.integers(min_value=1, max_value=300))
def test_one_message_every_six_seconds_always_goes(count: int) -> None:
    paid_until: datetime | None = None
    for number in range(count):
        paid_until = with_one_more(paid_until, NOON + PAIR_SPACING * number)
        assert paid_until is not None


@given(GAPS, st.integers(min_value=1, max_value=10))
def test_no_second_ever_holds_more_than_the_throughput(gaps: list[float], per_second: int) -> None:
    limits, now, sent = Limits(), NOON, []
    for number, gap in enumerate(gaps):
        now += SECOND * gap / 30
        if not limits.is_over_throughput(now, per_second):
            limits.note(f"user {number}", now, opens_conversation=False)
            sent.append(now)
    for start in sent:
        assert sum(start <= at < start + SECOND for at in sent) <= per_second


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 900)), max_size=80),
    st.integers(min_value=1, max_value=5),
)
def test_no_24_hours_reach_more_people_than_the_messaging_limit(
    sends: list[tuple[int, int]], limit: int
) -> None:
    limits, now, reached = Limits(), NOON, []
    for user, minutes in sends:
        now += timedelta(minutes=minutes)
        if not limits.is_over_messaging_limit(str(user), now, limit):
            limits.note(str(user), now, opens_conversation=True)
            reached.append((now, user))
    for start, _ in reached:
        day = {user for at, user in reached if start <= at < start + timedelta(hours=24)}
        assert len(day) <= limit


def test_answers_inside_a_window_do_not_count_as_reached() -> None:
    limits = Limits()
    limits.note("mara", NOON, opens_conversation=False)
    assert not limits.is_over_messaging_limit("tom", NOON, 1)
    assert not limits.is_over_messaging_limit("tom", NOON, None)
