"""The project's own spaCy pipeline finds what is named, however it is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import phrasebook
from rapport.understanding.phrasebook import Phrasebook

PHRASES = {
    "topic": ["promoções", "price alerts", "ऑफ़र", "alerts"],
    "problem": ["lost", "doesn't work", "price"],
    "order_id": [r"[A-Za-z]{1,5}-?\d{3,}", r"\d{4,}"],
}
BOOK = Phrasebook.of(PHRASES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sem promocoes por favor", [("topic", "promocoes")]),
        ("PROMOÇÕES", [("topic", "PROMOÇÕES")]),
        ("prec\u0327o das promoc\u0327o\u0303es", [("topic", "promoc\u0327o\u0303es")]),
        ("ऑफर भेजो", [("topic", "ऑफर")]),
        ("price alerts!", [("problem", "price"), ("topic", "price alerts")]),
        ("it doesn't work", [("problem", "doesn't work")]),
        ("löst sich", []),
        ("lostness", []),
        ("where is ORD-9912?", [("order_id", "ORD-9912")]),
        (
            "#A7041/A7042, 7043",
            [("order_id", "A7041"), ("order_id", "A7042"), ("order_id", "7043")],
        ),
        ("", []),
    ],
)
def test_phrases_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.label, text[each.start : each.end]) for each in BOOK.find(text)] == expected


def test_it_is_the_same_after_it_was_saved(tmp_path: Path) -> None:
    path = BOOK.save(tmp_path)
    assert path.name.startswith(f"rapport_phrases-{phrasebook.VERSION}-")
    other = tmp_path / "other"
    other.mkdir()
    assert path.name != Phrasebook.of({"topic": ["promo"]}).save(other).name
    text = "promocoes, price alerts, lost A7041"
    assert Phrasebook.load(tmp_path).find(text) == BOOK.find(text)


def test_new_words_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Phrasebook.of(PHRASES)
    monkeypatch.setattr(phrasebook, "MOST_WORDS", len(book._nlp.vocab) + 50)
    texts = [f"neu{number}x promocoes A{number + 1000}" for number in range(120)]
    assert all(len(book.find(text)) == 2 for text in texts)
    assert len(book._nlp.vocab) <= phrasebook.MOST_WORDS


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    assert all(0 <= each.start < each.end <= len(text) for each in BOOK.find(text))


def test_no_framework_comes_with_it() -> None:
    code = (
        "import sys, rapport.understanding.phrasebook\n"
        "sys.exit(bool({'tensorflow', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
