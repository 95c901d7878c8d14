"""How amounts, volumes and moments are written for a customer: exact, short, in their own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import localedata
from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol

MB_PER_GB = 1000
"""The data contract: 1 GB = 1,000 MB."""

DATE_PATTERNS = {
    "en": "EEEE, d MMMM",
    "de": "EEEE, d. MMMM",
    "es": "EEEE d 'de' MMMM",
    "pt": "EEEE, d 'de' MMMM",
    "hi": "EEEE, d MMMM",
    "id": "EEEE, d MMMM",
}
YEAR = {"es": " 'de' y", "pt": " 'de' y"}
TIME_PATTERN = "HH:mm"
SATURDAY = 5
RELATIVE = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "de": {-1: "gestern", 0: "heute", 1: "morgen"},
    "es": {-1: "ayer", 0: "hoy", 1: "mañana"},
    "pt": {-1: "ontem", 0: "hoje", 1: "amanhã"},
    "hi": {-1: "कल", 0: "आज", 1: "कल"},
    "id": {-1: "kemarin", 0: "hari ini", 1: "besok"},
}
ON = {
    "en": "on {date}",
    "de": "am {date}",
    "es": "el {date}",
    "pt": "na {date}",
    "hi": "{date} को",
    "id": "pada {date}",
}
ON_WEEKENDS = {"pt": "no {date}"}
"""Saturday and Sunday are masculine in Portuguese, the other days feminine."""
CLOCK = {"de": "{time} Uhr", "hi": "{time} बजे"}
BY = {
    "en": "{day} by {time}",
    "de": "{day} bis {time}",
    "es": "{day} antes de las {time}",
    "pt": "{day} até as {time}",
    "hi": "{day} {time} तक",
    "id": "{day} sebelum pukul {time}",
}
REGIONS = {"es": "es_MX", "pt": "pt_BR"}
"""Whose conventions a language without a region is written by."""
SIGNS_OF = ("en_001", "id")
"""Whose sign stands for a currency where the reader's own locale knows but its ISO code."""
NO_CENTS = frozenset({"IDR"})
"""Two decimals by ISO 4217, none that anybody writes: CLDR's cash digits."""
APART = "\u00a0"
GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Between a letter and a digit, where CLDR's currency spacing wants a no-break space."""
BOUNDARY = {time(0, 0), time(23, 59)}
"""A promise "by midnight" is a promise for the day; the clock time would only confuse."""


class Money(NamedTuple):
    """An amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str


def locale_of(language: str | None, country: str | None = None) -> str:
    """A locale Babel knows for a BCP 47 language tag, as written in a country; English when it knows none."""
    tag = language or "en"
    local = f"{tag.partition('-')[0].lower()}_{(country or '').upper()}"
    if country and localedata.exists(local):
        return local
    try:
        return str(Locale.parse(REGIONS.get(tag, tag).replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en"


def money(value: Money, language: str = "en") -> str:
    """ "€14.99", "US$14.99", "CHF 14.99": the amount as the language writes it, never glued to a code."""
    locale = locale_of(language)
    is_whole = value.currency in NO_CENTS and value.amount == value.amount.to_integral_value()
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    written = format_currency(
        value.amount,
        value.currency,
        format=pattern.replace(".00", "") if is_whole else pattern,
        locale=locale,
        currency_digits=not is_whole,
    )
    return GLUED.sub(APART, written.replace(value.currency, sign(value.currency, locale)))


def sign(currency: str, locale: str) -> str:
    """What stands for a currency in a locale: its sign there or elsewhere, else the code."""
    signs = (get_currency_symbol(currency, place) for place in (locale, *SIGNS_OF))
    return next((found for found in signs if found != currency), currency)


def volume(mb: Decimal | int | float, language: str = "en") -> str:
    """ "4.1 GB"; below a tenth of a gigabyte, whole megabytes."""
    amount = Decimal(mb)
    if 0 < amount < MB_PER_GB // 10:
        return f"{format_decimal(round(amount), locale=locale_of(language))} MB"
    return f"{gigabytes(amount, language)} GB"


def gigabytes(mb: Decimal | int | float, language: str = "en") -> str:
    """The bare number of gigabytes, with one decimal unless it is whole."""
    return format_decimal(Decimal(mb) / MB_PER_GB, format="#,##0.#", locale=locale_of(language))


def zone_of(name: str | None) -> ZoneInfo | None:
    """The IANA zone of that name, None for none or an unknown one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True)
class Calendar:
    """Moments as this customer reads them. Without a zone they are told in UTC, and it is said."""

    now: datetime
    zone: ZoneInfo | None = None
    language: str = "en"

    def local(self, moment: datetime) -> datetime:
        """The moment on the customer's wall."""
        return moment.astimezone(self.zone or timezone.utc)

    @property
    def today(self) -> date:
        """The customer's date."""
        return self.local(self.now).date()

    def named(self, day: date) -> str:
        """ "today", "tomorrow" or "Tuesday, 1 December"; the year when it is another one."""
        words = RELATIVE.get(self.language, RELATIVE["en"])
        distance = (day - self.today).days
        return words.get(distance) or self._written(day)

    def on_date(self, day: date) -> str:
        """ "today" or "on Tuesday, 1 December"."""
        written = self.named(day)
        if abs((day - self.today).days) <= 1:
            return written
        pattern = ON.get(self.language, ON["en"])
        if day.weekday() >= SATURDAY:
            pattern = ON_WEEKENDS.get(self.language, pattern)
        return pattern.format(date=written)

    def day(self, moment: datetime) -> str:
        """The day of a moment, see `named`."""
        return self.named(self.local(moment).date())

    def on(self, moment: datetime) -> str:
        """The day of a moment, see `on_date`."""
        return self.on_date(self.local(moment).date())

    def until(self, moment: datetime) -> str:
        """The day of a moment after "until", which in Spanish wants the article of `on`."""
        return self.on(moment) if self.language == "es" else self.day(moment)

    def by(self, moment: datetime) -> str:
        """ "tomorrow by 18:00", "on Tuesday, 1 December by 18:00"."""
        local = self.local(moment)
        if local.time().replace(second=0, microsecond=0) in BOUNDARY:
            return self.on(self._meant(local))
        return BY.get(self.language, BY["en"]).format(day=self.on(moment), time=self.clock(moment))

    def clock(self, moment: datetime) -> str:
        """ "18:00", with its zone where it is not the customer's."""
        written = format_time(self.local(moment), TIME_PATTERN, locale=locale_of(self.language))
        clock = CLOCK.get(self.language, "{time}").format(time=written)
        return clock if self.zone else f"{clock} UTC"

    def _meant(self, local: datetime) -> datetime:
        return local - timedelta(minutes=1) if local.time() < time(0, 1) else local

    def _written(self, day: date) -> str:
        pattern = DATE_PATTERNS.get(self.language, DATE_PATTERNS["en"])
        if day.year != self.today.year and abs((day - self.today).days) > 180:
            pattern += YEAR.get(self.language, " y")
        return format_date(day, pattern, locale=locale_of(self.language))
