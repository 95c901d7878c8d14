"""Hindi is one language in two scripts and many spellings."""

from __future__ import annotations

import pytest

from rapport.understanding.features import normalised
from rapport.understanding.hindi import romanised, sounded


@pytest.mark.parametrize(
    ("typed", "latin"),
    [
        ("करना", "karna"),
        ("बंद करो", "band karo"),
        ("पैसा वसूल", "paisa vasul"),
        ("मैसेज कब आएगा", "maisej kab aega"),
        ("थोड़ा काम", "thoda kam"),
        ("ज़रूर", "zarur"),
        ("offer बताओ", "offer batao"),
        ("für später", "für später"),
        ("", ""),
    ],
)
def test_devanagari_reads_as_it_is_typed_in_latin_letters(typed: str, latin: str) -> None:
    assert romanised(typed) == latin


@pytest.mark.parametrize(
    "spellings",
    [("acchi", "achi"), ("phir", "fir"), ("kijiye", "keejiye"), ("woh", "voh"), ("band", "band")],
)
def test_spellings_of_one_word_sound_alike(spellings: tuple[str, str]) -> None:
    assert sounded(spellings[0]) == sounded(spellings[1])


@pytest.mark.parametrize("number", ["Y1202", "y-1202", "AB1234X", "1202", "7", "#1202"])
def test_every_number_and_order_number_reads_alike(number: str) -> None:
    assert normalised(f"where is {number}") == "where is __number__"


@pytest.mark.parametrize("word", ["yes", "5g", "h2o", "iphone13"])
def test_words_with_a_digit_stay_words(word: str) -> None:
    assert normalised(word) == word
