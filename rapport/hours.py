"""When people of the business are there, as it says so itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rapport.errors import RapportError
from rapport.wording import zone_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(
    rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))? (\d\d:\d\d)-(\d\d:\d\d)", re.IGNORECASE
)


@dataclass(frozen=True)
class Hours:
    """Spans of a week, weekday (Monday is 0), beginning and end, on the business's own clock."""

    spans: tuple[tuple[int, time, time], ...]
    zone: ZoneInfo

    def there_until(self, now: datetime) -> datetime | None:
        """The end of the span that `now` lies in; None while nobody is there."""
        return next((end for start, end in self._from(now) if start <= now < end), None)

    def there_from(self, now: datetime) -> datetime:
        """The beginning of the next span."""
        return min(start for start, _ in self._from(now) if start > now)

    def _from(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """The spans from today to the same day of next week."""
        today = now.astimezone(self.zone).date()
        days = [today + timedelta(days=ahead) for ahead in range(8)]
        return [
            (datetime.combine(day, start, self.zone), datetime.combine(day, end, self.zone))
            for day in days
            for weekday, start, end in self.spans
            if day.weekday() == weekday
        ]


def read(text: str) -> Hours:
    """Hours from "Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin".

    Raises RapportError when that is not what the text is.
    """
    week, _, name = text.strip().rpartition(" ")
    zone, parts = zone_of(name), [part.strip() for part in week.split(",")]
    found = [SPAN.fullmatch(part) for part in parts]
    if zone is None or not all(found):
        raise RapportError(
            "RAPPORT_SERVICE_HOURS must look like: Mon-Fri 09:00-18:00, Sat 10:00-14:00 Europe/Berlin"
        )
    return Hours(tuple(span for match in found if match for span in _spans(match)), zone)


def _spans(match: re.Match[str]) -> list[tuple[int, time, time]]:
    first = DAYS.index(match[1].lower())
    last = DAYS.index((match[2] or match[1]).lower())
    try:
        start, end = time.fromisoformat(match[3]), time.fromisoformat(match[4])
    except ValueError as error:
        raise RapportError(f"RAPPORT_SERVICE_HOURS: {error}") from error
    if not first <= last or not start < end:
        raise RapportError("RAPPORT_SERVICE_HOURS: days and times must go forward.")
    return [(day, start, end) for day in range(first, last + 1)]
