"""Amounts, volumes and moments as the customer reads them."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from rapport.wording import Calendar, Money, locale_of, money, volume, zone_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("zone", "when", "expected"),
    [
        ("Europe/Berlin", "2026-11-24T17:00", "tomorrow by 18:00"),
        ("Europe/Berlin", "2026-11-23T11:30", "today by 12:30"),
        ("Europe/Berlin", "2026-12-01T17:00", "on Tuesday, 1 December by 18:00"),
        ("America/Mexico_City", "2026-11-24T03:00", "today by 21:00"),
        (
            "Europe/Berlin",
            "2026-11-24T23:00",
            "tomorrow",
        ),  # midnight there: the day before is meant
        ("Europe/Berlin", "2026-11-24T22:59", "tomorrow"),
        (None, "2026-11-24T17:00", "tomorrow by 17:00 UTC"),
        ("Nowhere/Land", "2026-11-24T17:00", "tomorrow by 17:00 UTC"),
        ("Europe/Berlin", "2027-08-02T10:00", "on Monday, 2 August 2027 by 12:00"),
    ],
)
def test_a_deadline(zone: str | None, when: str, expected: str) -> None:
    assert Calendar(NOW, zone_of(zone)).by(moment(when)) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-22T10:00", "yesterday"),
        ("2026-11-22T23:30", "today"),
        ("2026-11-17T10:00", "on Tuesday, 17 November"),
    ],
)
def test_a_day(when: str, expected: str) -> None:
    assert Calendar(NOW, zone_of("Europe/Berlin")).on(moment(when)) == expected


@pytest.mark.parametrize(
    ("mb", "expected"),
    [
        (4100, "4.1 GB"),
        (5000, "5 GB"),
        (40, "40 MB"),
        (0, "0 GB"),
        (120_000, "120 GB"),
        (999, "1 GB"),
    ],
)
def test_a_volume(mb: int, expected: str) -> None:
    assert volume(mb) == expected


MONEY = {
    ("en", None): "€1,249.90 $1,249.90 MX$1,249.90 R$1,249.90 ₹1,249.90 Rp 1,249.90 £1,249.90",
    ("en", "GB"): "€1,249.90 US$1,249.90 MX$1,249.90 R$1,249.90 ₹1,249.90 Rp 1,249.90 £1,249.90",
    (
        "de",
        "DE",
    ): "1.249,90 € 1.249,90 $ 1.249,90 MX$ 1.249,90 R$ 1.249,90 ₹ 1.249,90 Rp 1.249,90 £",
    ("es", None): "€1,249.90 US$1,249.90 $1,249.90 R$1,249.90 ₹1,249.90 Rp 1,249.90 £1,249.90",
    (
        "es",
        "ES",
    ): "1.249,90 € 1.249,90 US$ 1.249,90 MX$ 1.249,90 R$ 1.249,90 ₹ 1.249,90 Rp 1.249,90 £",
    (
        "pt",
        None,
    ): "€ 1.249,90 US$ 1.249,90 MX$ 1.249,90 R$ 1.249,90 ₹ 1.249,90 Rp 1.249,90 £ 1.249,90",
    ("hi", "IN"): "€1,249.90 $1,249.90 MX$1,249.90 R$1,249.90 ₹1,249.90 Rp 1,249.90 £1,249.90",
    ("id", None): "€1.249,90 US$1.249,90 MX$1.249,90 R$1.249,90 Rs 1.249,90 Rp 1.249,90 £1.249,90",
}
CURRENCIES = ("EUR", "USD", "MXN", "BRL", "INR", "IDR", "GBP")


@pytest.mark.parametrize(("where", "expected"), MONEY.items(), ids=str)
def test_money_reads_as_people_write_it(where: tuple[str, str | None], expected: str) -> None:
    amounts = [Money(Decimal("1249.90"), currency) for currency in CURRENCIES]
    written = " ".join(money(amount, locale_of(*where)) for amount in amounts)
    assert written.replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("amount", "currency", "language", "expected"),
    [
        ("14.99", "EUR", "en", "€14.99"),
        ("1200", "JPY", "en", "¥1,200"),
        ("3.5", "GBP", "en", "£3.50"),
        ("1249900.00", "IDR", "id", "Rp 1.249.900"),
        ("124990", "INR", "hi", "₹1,24,990.00"),
        ("-5", "CHF", "en", "-CHF 5.00"),
        ("5", "XTS", "es", "XTS 5.00"),
    ],
)
def test_money(amount: str, currency: str, language: str, expected: str) -> None:
    written = money(Money(Decimal(amount), currency), language)
    assert written.replace("\u00a0", " ") == expected


@pytest.mark.parametrize("country", [None, "XX", "MX"])
def test_a_country_without_a_way_of_its_own_to_write_the_language(country: str | None) -> None:
    assert locale_of("es", country) == "es_MX"


@pytest.mark.parametrize(
    ("language", "tomorrow", "weekday", "sunday"),
    [
        ("de", "morgen bis 18:00 Uhr", "am Dienstag, 1. Dezember", "am Sonntag, 29. November"),
        (
            "es",
            "mañana antes de las 18:00",
            "el martes 1 de diciembre",
            "el domingo 29 de noviembre",
        ),
        (
            "pt",
            "amanhã até as 18:00",
            "na terça-feira, 1 de dezembro",
            "no domingo, 29 de novembro",
        ),
        ("hi", "कल 18:00 बजे तक", "मंगलवार, 1 दिसंबर को", "रविवार, 29 नवंबर को"),
        ("id", "besok sebelum pukul 18:00", "pada Selasa, 1 Desember", "pada Minggu, 29 November"),
    ],
)
def test_moments_in_other_languages(
    language: str, tomorrow: str, weekday: str, sunday: str
) -> None:
    calendar = Calendar(NOW, zone_of("Europe/Berlin"), language)
    assert calendar.by(moment("2026-11-24T17:00")) == tomorrow
    assert calendar.on(moment("2026-12-01T10:00")) == weekday
    assert calendar.on(moment("2026-11-29T10:00")) == sunday
