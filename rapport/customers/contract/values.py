"""The values of the data contract: each one checked once, at the door, and normalised."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.numbers import get_currency_precision, list_currencies
from pydantic import BaseModel, ConstrainedInt, ConstrainedStr, root_validator
from pydantic.datetime_parse import parse_datetime

from rapport.customers.names import canonical_phone
from rapport.vocabulary import ANY_TOPIC, TOPICS

Checks = Iterator[Callable[[Any], Any]]

TRILLION = Decimal(10) ** 12
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
LANGUAGE_TAG = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-[A-Za-z0-9]{5,8})*"
)
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
"""Codes of CLDR's territory list that ISO 3166-1 reserves or leaves to its users."""


class Id(ConstrainedStr):
    """An identifier of the business's; bounded, because the database indexes it."""

    strict, min_length, max_length = True, 1, 200


class Text(ConstrainedStr):
    """A name, a label, a line."""

    strict, max_length = True, 1_000


class LongText(ConstrainedStr):
    """Words shown to the customer or written by a person."""

    strict, max_length = True, 10_000


class Link(ConstrainedStr):
    """An address on the web that may be shown to a customer."""

    strict, max_length, regex = True, 2_000, re.compile(r"https?://[^\s/]\S*$")


class Email(ConstrainedStr):
    """Anything with one @ between two parts; only a message sent there would tell more."""

    strict, max_length, regex = True, 254, re.compile(r"[^@\s]+@[^@\s]+$")


class Stock(ConstrainedInt):
    """Pieces there are; below zero when more were sold than there are."""

    strict, ge, le = True, -1_000_000_000, 1_000_000_000


class Quantity(ConstrainedInt):
    """Pieces in one line of an order."""

    strict, ge, le = True, 1, 1_000_000


class CycleDay(ConstrainedInt):
    """Day of the month on which a plan renews; every month has the first 28."""

    strict, ge, le = True, 1, 28


class Instant(datetime):
    """A moment of RFC 3339 with its offset."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield instant


class Day(date):
    """A calendar date, YYYY-MM-DD."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _day


class Megabytes(Decimal):
    """A volume of data; 1 GB = 1,000 MB."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _megabytes


class Phone(str):
    """E.164 with its plus; possible in its country's plan, ranges reserved for fiction included."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _phone


class Language(str):
    """A BCP 47 tag in its customary spelling: de, es-MX, zh-Hant-TW."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _language


class Country(str):
    """ISO 3166-1 alpha-2."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _member(countries, "not a country of ISO 3166-1 alpha-2", str.upper)


class Timezone(str):
    """A zone of the IANA database."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _member(_timezones, "not a time zone of the IANA database")


class Topic(str):
    """A topic key, or * for all of them."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _member(lambda: {*TOPICS, ANY_TOPIC}, f"not a topic; one of {', '.join(TOPICS)} or *")


class Address(str):
    """Where to deliver to: a text, or an object whose parts are joined in their order."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _address


class Evidence(str):
    """What proves a consent, in whatever form the business keeps it."""

    @classmethod
    def __get_validators__(cls) -> Checks:
        yield _evidence


class Money(BaseModel):
    """An amount with its currency; below zero where something is owed to the customer."""

    amount: Decimal
    currency: str

    @root_validator(pre=True)
    def _is_exact(cls, given: dict[str, Any]) -> dict[str, Any]:
        return {"amount": _amount(given), "currency": given["currency"]}


class Price(Money):
    """An amount that is not below zero."""

    @root_validator(skip_on_failure=True)
    def _is_not_negative(cls, given: dict[str, Any]) -> dict[str, Any]:
        if given["amount"] < 0:
            raise ValueError("below zero")
        return given


def instant(value: object) -> datetime:
    """A moment of RFC 3339; naive ones are refused. Raises ValueError."""
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValueError("not a time of RFC 3339 with its offset, like 2026-11-20T09:30:00Z")
    moment = parse_datetime(value.upper())
    _check_year(moment.year)
    return moment


def _day(value: object) -> date:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("not a date like 2026-11-20")
    day = date.fromisoformat(value)
    _check_year(day.year)
    return day


def _check_year(year: int) -> None:
    if not 1970 <= year <= 2200:
        raise ValueError("not between 1970 and 2200")


def _megabytes(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("not a number")
    if not 0 <= value < TRILLION:
        raise ValueError("not between 0 and a trillion")
    return round(Decimal(str(value)), 3)


def _phone(value: object) -> str:
    if not isinstance(value, str) or not value.startswith("+"):
        raise ValueError("not E.164: it begins with + and the country code")
    digits = re.sub(r"[ ().-]", "", value[1:])
    if not re.fullmatch(r"[1-9]\d{6,14}", digits, re.ASCII):
        raise ValueError("not E.164: + and 7 to 15 digits")
    try:
        number = phonenumbers.parse("+" + canonical_phone(digits))
    except phonenumbers.NumberParseException as error:
        raise ValueError("not in any country's plan") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not possible in its country's plan")
    return "+" + digits


def _address(value: object) -> str:
    if isinstance(value, dict):
        value = ", ".join(str(part) for part in value.values() if part)
    if not isinstance(value, str) or len(value) > 1_000:
        raise ValueError("not an address: a text, or an object of its parts")
    return value


def _evidence(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _language(value: object) -> str:
    if not isinstance(value, str) or not LANGUAGE_TAG.fullmatch(value):
        raise ValueError("not a language tag of BCP 47, like de or es-MX")
    language, *rest = value.split("-")
    if language.lower() not in languages():
        raise ValueError("not a language we know of")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    return {2: part.upper(), 4: part.title()}.get(len(part), part.lower())


def _amount(given: dict[str, Any]) -> Decimal:
    amount, currency = given.get("amount"), given.get("currency")
    if not isinstance(currency, str) or currency not in currencies():
        raise ValueError("currency is not of ISO 4217, like EUR")
    if not isinstance(amount, str) or not re.fullmatch(
        r"-?\d{1,20}(\.\d{1,10})?", amount, re.ASCII
    ):
        raise ValueError('amount is not a decimal string, like "12.50"')
    exact = Decimal(amount)
    if abs(exact) >= TRILLION:
        raise ValueError("amount is a trillion or more")
    if exact != round(exact, get_currency_precision(currency)):
        raise ValueError(f"amount has more decimals than {currency}")
    return round(exact, get_currency_precision(currency))


def _member(
    known: Callable[[], Any], reason: str, normal: Callable[[str], str] = str
) -> Callable[[Any], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or normal(value) not in known():
            raise ValueError(reason)
        return normal(value)

    return check


@lru_cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, as far as CLDR knows them."""
    return frozenset(list_currencies())


@lru_cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes."""
    codes = Locale("en").territories
    return frozenset(code for code in codes if len(code) == 2) - NOT_COUNTRIES


@lru_cache
def languages() -> frozenset[str]:
    """Primary language subtags that CLDR knows."""
    return frozenset(Locale("en").languages)


@lru_cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
