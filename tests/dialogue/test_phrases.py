"""What is said stands in files for translators, and nothing in the code is left unsaid."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from rapport.dialogue import phrases

ROOT = Path(__file__).resolve().parents[2]
CODE = "\n".join(path.read_text() for path in sorted(ROOT.glob("actions/*.py")))
SAID = sorted(
    set(
        re.findall(
            r'(?:say|button|offer|refused|rephrase|offer_person)\([^()]*?"([a-z_]+\.[a-z_.]+)"',
            CODE,
        )
    )
)
INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]


@pytest.mark.parametrize("key", SAID)
def test_every_key_in_the_code_has_a_sentence(key: str) -> None:
    assert phrases.phrase(key)


def test_no_service_reply_shouts() -> None:
    said = {k: t for k, t in phrases.phrases("en").items() if not k.startswith("words.")}
    assert not [key for key, text in said.items() if "!" in text]


def test_a_button_fits_whatsapp() -> None:
    known = phrases.phrases("en")
    short = {key: text for key, text in known.items() if key.startswith(("button.", "reading."))}
    assert not {key: text for key, text in short.items() if len(text) > 20 and "{" not in text}


def test_blanks_have_names() -> None:
    blanks = {
        name for text in phrases.phrases("en").values() for _, name, _, _ in Formatter().parse(text)
    }
    assert "" not in blanks


def test_a_language_without_phrases_is_answered_in_english() -> None:
    assert phrases.say("thank", "xx") == phrases.say("thank", "en")


def test_readings_name_intents() -> None:
    readings = {key[8:] for key in phrases.phrases("en") if key.startswith("reading.")}
    assert readings <= set(INTENTS)


OTHERS = ("de", "es", "pt", "hi", "id")


def blanks_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_sentences_of_english_and_their_blanks(language: str) -> None:
    english, own = phrases.phrases("en"), phrases.phrases(language)
    assert own.keys() == english.keys()
    assert [key for key in english if blanks_of(own[key]) != blanks_of(english[key])] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translated_title_fits_whatsapp(language: str) -> None:
    own = phrases.phrases(language)
    short = {k: t for k, t in own.items() if k.startswith(("button.", "reading.", "list."))}
    assert not {key: text for key, text in short.items() if len(text) > 20 and "{" not in text}


@pytest.mark.parametrize("language", OTHERS)
def test_the_words_for_help_are_the_same_everywhere(language: str) -> None:
    assert phrases.phrase("help.offers", language) == phrases.phrase("help.offers", "en")
