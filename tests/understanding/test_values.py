"""Amounts, lengths of time and moments in customers' words."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding.language import SPOKEN
from rapport.understanding.values import amounts, durations, moments

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
TABLES = Path(__file__).parent / "values"


def table(name: str) -> list[Any]:
    kept = yaml.load((TABLES / f"{name}.yml").read_text(), yaml.BaseLoader)  # noqa: S506 - only text
    return [
        pytest.param(language, text, expected, id=f"{language}: {text}")
        for language, rows in kept.items()
        for text, expected in rows.items()
    ]


@pytest.mark.parametrize(("language", "text", "expected"), table("moments"))
def test_a_moment(language: str, text: str, expected: str) -> None:
    read = [
        moment.at.astimezone(BERLIN).strftime("%Y-%m-%d" if moment.is_day else "%Y-%m-%d %H:%M")
        for moment in moments(text, language, NOW, BERLIN)
    ]
    assert read == ([] if expected == "null" else [expected])


@pytest.mark.parametrize(("language", "text", "expected"), table("amounts"))
def test_an_amount(language: str, text: str, expected: str) -> None:
    read = [
        " ".join(filter(None, [str(amount.value), amount.currency, "more" * amount.is_more]))
        for amount in amounts(text, language)
    ]
    assert read == ([] if expected == "null" else [expected])


@pytest.mark.parametrize(("language", "text", "expected"), table("durations"))
def test_a_length_of_time(language: str, text: str, expected: str) -> None:
    read = [str(duration.days) for duration in durations(text, language)]
    assert read == ([] if expected == "null" else [expected])


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "America/New_York", date(2026, 12, 5)),
        ("en", None, date(2026, 12, 5)),
        ("en-US", "Europe/Berlin", date(2026, 12, 5)),
        ("en-GB", "America/New_York", date(2027, 5, 12)),
        ("en", "Europe/London", date(2027, 5, 12)),
        ("en", "Asia/Kolkata", date(2027, 5, 12)),
        ("es", "America/Mexico_City", date(2027, 5, 12)),
        ("pt", "America/Sao_Paulo", date(2027, 5, 12)),
    ],
)
def test_the_order_of_day_and_month_is_the_country_s(
    language: str, zone: str | None, expected: date
) -> None:
    wall = ZoneInfo(zone) if zone else None
    (moment,) = moments("12/05", language, NOW, wall)
    assert moment.at.astimezone(wall or timezone.utc).date() == expected


def test_a_day_begins_where_the_customer_is() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=timezone.utc)
    (moment,) = moments("tomorrow", "en", late, BERLIN)
    assert moment.at == datetime(2026, 11, 24, 23, 0, tzinfo=timezone.utc)


def test_several_in_one_message_stand_in_their_order() -> None:
    text = "500 € now, ₹1,50,000 on friday and again in two weeks"
    assert [(each.value, each.currency) for each in amounts(text, "en")] == [
        (Decimal(500), "EUR"),
        (Decimal(150_000), "INR"),
    ]
    assert [text[each.start : each.end] for each in moments(text, "en", NOW, None)] == [
        "on friday",
        "in two weeks",
    ]


@given(st.text(max_size=60), st.sampled_from(SPOKEN))
def test_any_text_is_survived(text: str, language: str) -> None:
    everything = (
        *amounts(text, language),
        *durations(text, language),
        *moments(text, language, NOW, BERLIN),
    )
    assert all(0 <= each.start < each.end <= len(text) for each in everything)


WORDS = st.sampled_from(
    [
        "in",
        "next",
        "9999",
        "999",
        "0",
        "31",
        "29",
        "2",
        "12",
        "5",
        ".",
        "/",
        ":",
        "-",
        "€",
        "months",
        "weeks",
        "years",
        "ago",
        "last",
        "february",
        "friday",
        "at",
        "am",
        "pm",
        "uhr",
        "Monate",
        "vor",
        "million",
        "tomorrow",
        "the",
        "of",
        "end",
        "ßé",
        "kal",
        "baje",
        "jam",
        "hari",
        "lagi",
        "a",
    ]
)


@given(st.lists(WORDS, max_size=9).map(" ".join), st.sampled_from(SPOKEN), st.datetimes())
def test_any_pile_of_such_words_is_survived_at_any_time(
    text: str, language: str, when: datetime
) -> None:
    now = datetime.combine(when.replace(year=2000 + when.year % 200), time(when.hour), timezone.utc)
    for each in (
        *amounts(text, language),
        *durations(text, language),
        *moments(text, language, now, BERLIN),
    ):
        assert 0 <= each.start < each.end <= len(text)
