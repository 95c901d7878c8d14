"""Which messages are a command beyond doubt, and which must not be taken for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.consent.keywords import Keyword, unmistakable
from tests.conftest import SHARED

STOP, STOP_ALL, START, HELP = Keyword.STOP, Keyword.STOP_ALL, Keyword.START, Keyword.HELP
LINES = SHARED / "nlu" / "optout"

COMMANDS = {
    STOP: [
        *["stop", "STOP", "Stop!!!", "unsubscribe", "END", "quit", "cancel", "Cancel", "revoke"],
        *["remove", "opt out", "opt-out", "OptOut", "stop promotions", "unsub", "stpo", "sotp"],
        *["stopp", "STOPP!", "infostop", "abmelden", "Abbestellen bitte", "aufhören", "aufhoeren"],
        *["baja", "BAJA", "darme de baja", "Dárme de baja", "parar", "cancelar", "detener", "ALTO"],
        *["sair", "SAIR", "pare", "parar", "descadastrar", "desinscrever", "sair por favor"],
        *["berhenti", "unreg", "UNREG", "unsub", "batal langganan", "stop min", "tolong berhenti"],
        *["band karo", "Band Karo!!", "band kar do", "stop karo", "start dnd", "START 0"],
        *["बंद करो", "बंद", "बंद करें", "स्टॉप", "रोकें", "कृपया बंद करें"],
        "🛑",
        "🛑🛑",
    ],
    STOP_ALL: [
        *["stopall", "STOP ALL", "stop all!", "Stop everything", "unsubscribe from everything"],
        *["stop alles", "alles abbestellen", "parar todo", "pare tudo", "sair de tudo"],
        *["stop semua", "UNREG ALL", "sab band karo", "सब बंद करो", "please stop all"],
    ],
    START: [
        "start",
        "START",
        "Start!",
        "unstop",
        "subscribe",
        "opt in",
        "alta",
        "mulai",
        "चालू करो",
    ],
    HELP: ["help", "HELP!", "help?", "info", "Hilfe", "ayuda", "ajuda", "bantuan", "मदद", "🆘"],
}


@pytest.mark.parametrize(
    ("text", "keyword"),
    [(text, keyword) for keyword, texts in COMMANDS.items() for text in texts],
)
def test_a_bare_command_is_understood_in_six_languages(text: str, keyword: Keyword) -> None:
    assert unmistakable(text) is keyword


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("please stop", id="polite before"),
        pytest.param("stop, please!", id="polite after"),
        pytest.param("STOP bitte", id="polite in German"),
        pytest.param("ok stop thanks", id="polite on both sides"),
        pytest.param("stooooop", id="stretched"),
        pytest.param("S T O P", id="spaced"),
        pytest.param("s.t.o.p.", id="dotted"),
        pytest.param("St op", id="split"),
        pytest.param("stop stop STOP", id="repeated"),
        pytest.param("*STOP*", id="bold"),
        pytest.param("/stop", id="slash"),
        pytest.param("🙏 stop 😡", id="with emoji"),
        pytest.param("ＳＴＯＰ", id="full width"),
        pytest.param("𝗦𝗧𝗢𝗣", id="mathematical bold"),
        pytest.param("st\u200bop", id="zero-width space inside"),
        pytest.param("\u202estop\u202c", id="bidirectional controls around"),
        pytest.param("stóp", id="accent on a Latin letter"),
        pytest.param("unsuscribe", id="a letter missing in a long word"),
        pytest.param("usnubscribe", id="letters swapped in a long word"),
        pytest.param("unsubscribe?", id="a question that means nothing else"),
        pytest.param("बंद\u200d करो", id="joiner in Hindi"),
    ],
)
def test_a_stop_is_understood_however_it_is_dressed(text: str) -> None:
    assert unmistakable(text) is STOP


@pytest.mark.parametrize(
    "text",
    [
        *["", " ", "😀", "!!!", "hello", "order", "top", "stopwatch", "shop", "no", "not now"],
        *["don't stop", "non stop", "stop by the shop", "door stop", "why did you stop?", "stop?"],
        *[
            "cancel order 48213",
            "cancel please",
            "never mind cancel",
            "cancela",
            "batal",
            "cancel it",
        ],
        *["the end 😂", "end of month", "remove item 2", "baja?", "ok baja", "avísame si baja"],
        *["band", "rubber band", "baad mein", "नहीं", "वापस", "बिंदी", "कब बंद होगा"],
        *["sai por quanto?", "chega quando?", "fin", "salir", "kündigen", "aus", "genug", "tidak"],
        *["yes", "YES", "sim", "ja", "please start", "start please", "alta?", "start my order"],
        *["weiter", "voltar", "lanjut", "daftar", "anmelden", "resuscribir", "help me"],
        "stop " * 60,
    ],
)
def test_what_could_mean_anything_else_is_left_to_understanding(text: str) -> None:
    assert unmistakable(text) is None


def test_marks_of_hindi_vowels_are_never_dropped() -> None:
    assert unmistakable("मदद") is HELP
    assert unmistakable("मादद") is None
    assert unmistakable("बंद करो") is STOP
    assert unmistakable("बद कर") is None


@given(st.text(max_size=300))
def test_any_text_is_judged_without_failing(text: str) -> None:
    assert unmistakable(text) in {None, *Keyword}


WORDS = [text for text in COMMANDS[STOP] + COMMANDS[STOP_ALL] if "🛑" not in text]


@given(st.sampled_from(WORDS), st.sampled_from(["now is too late", "order", "my parcel", "A7041"]))
def test_a_stop_with_anything_else_beside_it_is_no_bare_stop(word: str, other: str) -> None:
    assert unmistakable(f"{word} {other}") is None
    assert unmistakable(f"{other} {word}") is None


@given(st.sampled_from(WORDS), st.sampled_from(["", ".", "!!", " 😡", " 🙏", "\n", " …", "\u200b"]))
def test_ornaments_change_nothing(word: str, ornament: str) -> None:
    assert unmistakable(f"{ornament}{word.upper()}{ornament}") is unmistakable(word)


@pytest.mark.skipif(not LINES.is_dir(), reason="the labelled lines lie beside the checkout")
@pytest.mark.parametrize("language", ["en", "de", "hi", "es", "pt", "id"])
def test_no_labelled_look_alike_is_taken_for_a_command(language: str) -> None:
    lines = map(json.loads, (LINES / f"{language}.jsonl").read_text().splitlines())
    told = [(line["text"], line["label"], unmistakable(line["text"])) for line in lines]
    allowed = {None: True, STOP: "opt_out", STOP_ALL: "opt_out", START: "opt_in", HELP: "help"}
    assert [row for row in told if row[2] and row[1] != allowed[row[2]]] == []
    assert sum(row[2] in (STOP, STOP_ALL) for row in told) >= 14
