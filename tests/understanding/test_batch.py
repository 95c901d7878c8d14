"""Many messages at once are understood exactly as one at a time."""

from __future__ import annotations

import asyncio
import json

import pytest

from rapport.errors import RapportError
from rapport.understanding import batch
from rapport.understanding.batch import BATCH, Parser, rows_of
from tests.model import loaded_agent, trained_model

TEXTS = ["where is my order", "how much data is left", "stop the promos", "hello", "🙂", ""]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(trained_model())


def test_a_batch_understands_what_the_dialogue_understands(parser: Parser) -> None:
    for text, row in zip(TEXTS, parser.parse([{"text": text} for text in TEXTS]), strict=True):
        alone = asyncio.run(loaded_agent().parse_message(text))
        assert row["text"] == text
        assert row["intent"]["name"] == alone["intent"]["name"]
        assert row["intent"]["confidence"] == pytest.approx(alone["intent"]["confidence"], abs=1e-3)
        assert row["entities"] == alone["entities"]


def test_every_line_has_the_same_keys_and_its_topics(parser: Parser) -> None:
    [row] = parser.parse([{"text": "stop the promos", "language": "en"}])
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
    [row] = parser.parse([{"text": text, "language": "en"}])
    assert row["consent"] == consent


def test_order_is_kept_when_every_core_takes_its_part(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MANY", BATCH)
    texts = [f"where is order A{number}" for number in range(BATCH + 3)]
    assert [row["text"] for row in parser.parse({"text": text} for text in texts)] == texts


def test_messages_are_read_line_by_line_and_empty_lines_passed_over() -> None:
    lines = ['{"text": "hi"}\n', "\n", json.dumps({"text": "hallo", "language": "de"})]
    assert [row["text"] for row in rows_of(lines)] == ["hi", "hallo"]


@pytest.mark.parametrize("line", ["hi", "[]", "{}", '{"text": 7}', '{"text": "a", "language": 1}'])
def test_a_line_that_is_no_message_is_named(line: str) -> None:
    with pytest.raises(RapportError, match="Line 2"):
        list(rows_of(['{"text": "hi"}', line]))
