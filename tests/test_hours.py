"""When people are there, as the business says it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from rapport import hours
from rapport.errors import RapportError

WEEK = hours.read("Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("now", "until", "after"),
    [
        ("2026-11-23T10:00", "2026-11-23T17:00", "2026-11-24T08:00"),  # a Monday, in winter
        ("2026-11-23T07:59", None, "2026-11-23T08:00"),
        ("2026-11-27T17:00", None, "2026-11-28T09:00"),
        ("2026-11-28T13:30", None, "2026-11-30T08:00"),
        ("2026-07-20T15:59", "2026-07-20T16:00", "2026-07-21T07:00"),
    ],
)
def test_who_is_there(now: str, until: str | None, after: str) -> None:
    assert WEEK.there_until(moment(now)) == (moment(until) if until else None)
    assert WEEK.there_from(moment(now)) == moment(after)


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "Mon-Fri 09:00-18:00",
        "Mon-Fri 9-18 Europe/Berlin",
        "Fri-Mon 09:00-18:00 UTC",
        "Mon 18:00-09:00 UTC",
        "Mon 09:00-25:00 UTC",
    ],
)
def test_hours_that_are_none_stop_the_start(text: str) -> None:
    with pytest.raises(RapportError):
        hours.read(text)
