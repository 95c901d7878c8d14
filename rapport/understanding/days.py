"""What a phrase that names a day means, counted from today. Pure.

A weekday is the coming one, never today; a date without a year is the next one.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from rapport.understanding.durations import DAYS, amount_of, unit_of
from rapport.understanding.lexicon import Found, Lexicon, alone, flat

SATURDAY, FRIDAY = 5, 4
STEPS = {
    "minute": relativedelta(minutes=1),
    "hour": relativedelta(hours=1),
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "fortnight": relativedelta(weeks=2),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}
NUMERIC = [
    alone(pattern)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month_number>\d{1,2})-(?P<day>\d{1,2})",
        r"(?<![\d][.,])(?P<day>\d{1,2})\.\s?(?P<month_number>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2}))?",
        r"(?<![\d][/.])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?!/)",
        r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4})",
    )
]
IDIOMS = {"24/7", "1/2", "1/3", "2/3", "1/4", "3/4"}
Caught = Mapping[str, str]
Rule = Callable[[Caught, date, Lexicon], "date | None"]


def day_of(phrase: Found, today: date, words: Lexicon, *, month_first: bool) -> date | None:
    """The day that the phrase means, None when there is none (31 February)."""
    try:
        if phrase.kind == "date":
            return _dated(phrase.caught, today, words, month_first)
        rule = RULES.get(phrase.kind)
        return rule(phrase.caught, today, words) if rule else None
    except (ValueError, OverflowError):
        return None


def numeric(plain: str) -> Iterator[Found]:
    """Dates in numbers alone: 5.12., 12/05, 2026-12-05."""
    for pattern in NUMERIC:
        for match in pattern.finditer(plain):
            if match[0] not in IDIOMS:
                caught = {key: value for key, value in match.groupdict().items() if value}
                yield Found("date", *match.span(), caught)


def moved(at: datetime, caught: Caught, words: Lexicon, sign: int = 1) -> datetime | None:
    """The moment so many units later, or earlier for a `sign` of -1; None when it is out of reach."""
    count, unit = amount_of(caught.get("n"), words) * sign, unit_of(caught, words)
    try:
        if count == int(count):
            return at + STEPS[unit] * int(count)
        return at + timedelta(days=float(count * DAYS[unit]))
    except (ValueError, OverflowError):
        return None


def _dated(caught: Caught, today: date, words: Lexicon, month_first: bool) -> date | None:
    day, month = _day_and_month(caught, words, month_first)
    written = caught.get("year")
    if written:
        return date(int(written) + (2000 if len(written) == 2 else 0), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _day_and_month(caught: Caught, words: Lexicon, month_first: bool) -> tuple[int, int]:
    if "first" in caught:
        first, second = int(caught["first"]), int(caught["second"])
        swapped = second > 12 or (month_first and first <= 12)
        return (second, first) if swapped else (first, second)
    number = caught.get("month_number")
    return int(caught["day"]), int(number) if number else _month(caught, words)


def _month(caught: Caught, words: Lexicon) -> int:
    return words.months[flat(caught["month"])]


def _weekday(caught: Caught, words: Lexicon) -> int:
    return words.weekdays[flat(caught.get("weekday") or caught["short_weekday"])]


def _coming(caught: Caught, today: date, words: Lexicon) -> date:
    return today + timedelta(days=(_weekday(caught, words) - today.weekday() - 1) % 7 + 1)


def _past(caught: Caught, today: date, words: Lexicon) -> date:
    return today - timedelta(days=(today.weekday() - _weekday(caught, words) - 1) % 7 + 1)


def _of_next_week(caught: Caught, today: date, words: Lexicon) -> date:
    return _monday(today) + timedelta(days=7 + _weekday(caught, words))


def _weekend(caught: Caught, today: date, words: Lexicon) -> date:
    return max(today, _monday(today) + timedelta(days=SATURDAY))


def _ago(caught: Caught, today: date, words: Lexicon) -> date | None:
    at = moved(datetime(today.year, today.month, today.day), caught, words, -1)  # noqa: DTZ001 - a day
    return at.date() if at else None


def _next_unit(caught: Caught, today: date, words: Lexicon) -> date | None:
    return _shifted(unit_of(caught, words), today, 1)


def _last_unit(caught: Caught, today: date, words: Lexicon) -> date | None:
    return _shifted(unit_of(caught, words), today, -1)


def _shifted(unit: str, today: date, sign: int) -> date | None:
    """The first day of the next or the last week, month, year."""
    starts = {"day": today, "week": _monday(today), "fortnight": _monday(today)}
    starts |= {"month": today.replace(day=1), "year": today.replace(month=1, day=1)}
    starts["quarter"] = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return starts[unit] + STEPS[unit] * sign if unit in starts else None


def _end(caught: Caught, today: date, words: Lexicon) -> date | None:
    unit = unit_of(caught, words)
    if unit == "week":
        return max(today, _monday(today) + timedelta(days=FRIDAY))
    following = _shifted(unit, today, 1)
    return following - timedelta(days=1) if following else None


def _next_end(caught: Caught, today: date, words: Lexicon) -> date | None:
    following = _shifted(unit_of(caught, words), today, 1)
    return _end(caught, following, words) if following else None


def _day_of_month(caught: Caught, today: date, words: Lexicon) -> date | None:
    """The next day of that number; months that lack it are passed over."""
    wanted = int(caught["day"])
    for later in range(3):
        first = today.replace(day=1) + relativedelta(months=later)
        if 1 <= wanted <= _length(first) and first.replace(day=wanted) >= today:
            return first.replace(day=wanted)
    return None


def _day_of_next_month(caught: Caught, today: date, words: Lexicon) -> date | None:
    following = today.replace(day=1) + relativedelta(months=1)
    return following.replace(day=int(caught["day"]))


def _first_of_month(caught: Caught, today: date, words: Lexicon) -> date | None:
    ahead = (_month(caught, words) - today.month) % 12
    return today.replace(day=1) + relativedelta(months=ahead) if ahead else None


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _length(first: date) -> int:
    return calendar.monthrange(first.year, first.month)[1]


RULES: Mapping[str, Rule] = {
    "ago": _ago,
    "weekday": _coming,
    "weekday_next_week": _of_next_week,
    "weekday_last": _past,
    "unit_next": _next_unit,
    "unit_last": _last_unit,
    "unit_end": _end,
    "unit_next_end": _next_end,
    "weekend": _weekend,
    "day_of_month": _day_of_month,
    "day_of_next_month": _day_of_next_month,
    "month": _first_of_month,
}
