"""Many messages at once are understood exactly as one at a time."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone

import pytest

from rapport.errors import RapportError
from rapport.understanding import batch
from rapport.understanding.batch import BATCH, Parser, rows_of
from rapport.understanding.guard import Decision
from tests.model import loaded_agent, trained_model

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
TEXTS = ["where is my order", "how much data is left", "stop the promos", "hello", "🙂", ""]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(trained_model())


def test_a_batch_understands_what_the_dialogue_understands(parser: Parser) -> None:
    for text, row in zip(TEXTS, parser.parse([{"text": text} for text in TEXTS], NOW), strict=True):
        alone = asyncio.run(loaded_agent().parse_message(text))
        assert row["text"] == text
        assert row["intent"]["name"] == alone["intent"]["name"]
        assert row["intent"]["confidence"] == pytest.approx(alone["intent"]["confidence"], abs=1e-3)
        assert row["entities"] == alone["entities"]


def test_every_line_has_the_same_keys_and_its_topics(parser: Parser) -> None:
    [row] = parser.parse([{"text": "stop the promos", "language": "en"}], NOW)
    assert set(row) == {
        "text", "intent", "ranking", "entities", "language", "consent", "topics"
    }  # fmt: skip
    assert row["topics"] == ["offers"]
    assert row["language"] == "en"
    assert row["ranking"][0]["confidence"] >= row["ranking"][1]["confidence"]


@pytest.mark.parametrize(
    ("text", "consent"),
    [("STOP", "opt_out"), ("start", "opt_in"), ("help", "help"), ("where is my order", None)],
)
def test_unmistakable_words_decide_consent(parser: Parser, text: str, consent: str | None) -> None:
    [row] = parser.parse([{"text": text, "language": "en"}], NOW)
    assert row["consent"] == consent


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("raise my limit to $3,000", "en", [("amount", "3000", "$3,000")]),
        ("pause for two weeks", "en", [("duration", 14, "two weeks")]),
        (
            "remind me in two weeks",
            "en",
            [("date", "2026-12-07", "in two weeks"), ("duration", 14, "two weeks")],
        ),
        (
            "nächsten Freitag um 15 Uhr",
            "de",
            [("date", "2026-11-27T15:00:00+00:00", "nächsten Freitag um 15 Uhr")],
        ),
        ("besok", "id", [("date", "2026-11-24", "besok")]),
        ("  /wo ist A7041", "de", [("order_id", "A7041", "A7041")]),
        (
            "tienen la tienda de campana",
            "es",
            [("product", "Two-person tent", "tienda de campana")],
        ),
        ("quiero el plan max", "es", [("plan", "Max 40", "plan max")]),
        ("llego dañada", "es", [("problem", "damaged", "dañada")]),
        ("tudo bem, obrigado", "pt", []),
        ("31 February", "en", []),
    ],
)
def test_entities_have_values(
    parser: Parser, text: str, language: str, expected: list[tuple[str, object, str]]
) -> None:
    [row] = parser.parse([{"text": text, "language": language}], NOW)
    found = [(e["entity"], e["value"], text[e["start"] : e["end"]]) for e in row["entities"]]
    assert found == expected


@pytest.mark.parametrize(
    ("made", "chance", "verdict"),
    [
        (Decision(None, 0.6, is_doubtful=True), 0.9, None),
        (Decision("opt_out", 0.4, ("offers",), is_doubtful=True), 0.001, None),
        (Decision("opt_out", 0.4, ("offers",), is_doubtful=True), 0.05, "opt_out"),
        (Decision("opt_out", 0.99, ("offers",)), 0.0, "opt_out"),
        (Decision("pause", 0.9), 0.6, "pause"),
    ],
)
def test_guard_and_classifier_decide_an_opt_out_together(
    parser: Parser, made: Decision, chance: float, verdict: str | None
) -> None:
    parse = {"intent_ranking": [{"name": "opt_out", "confidence": chance}]}
    heard = parser._heard(parse, made)
    assert heard.verdict == verdict
    assert heard.topics == (("offers",) if verdict == "opt_out" else ())


def test_order_is_kept_when_every_core_takes_its_part(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MANY", BATCH)
    texts = [f"where is order A{number}" for number in range(BATCH + 3)]
    assert [row["text"] for row in parser.parse(({"text": text} for text in texts), NOW)] == texts


def test_messages_are_read_line_by_line_and_empty_lines_passed_over() -> None:
    lines = ['{"text": "hi"}\n', "\n", json.dumps({"text": "hallo", "language": "de"})]
    assert [row["text"] for row in rows_of(lines)] == ["hi", "hallo"]


@pytest.mark.parametrize("line", ["hi", "[]", "{}", '{"text": 7}', '{"text": "a", "language": 1}'])
def test_a_line_that_is_no_message_is_named(line: str) -> None:
    with pytest.raises(RapportError, match="Line 2"):
        list(rows_of(['{"text": "hi"}', line]))
