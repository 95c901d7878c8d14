"""Messages the model never saw are understood; those that are none of our business are not."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from sklearn.metrics import f1_score

from tests.model import loaded_agent

HELD_OUT = Path(__file__).resolve().parents[1] / "nlu_held_out.en.yml"
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C ten times faster
NLU = Path(__file__).resolve().parents[2] / "data" / "nlu"


def examples(path: Path) -> list[tuple[str, str]]:
    return [
        (line[2:].strip(), group["intent"])
        for group in yaml.load(path.read_text(), SAFE_LOADER)["nlu"]  # noqa: S506
        for line in group.get("examples", "").splitlines()
        if "intent" in group
    ]


@pytest.fixture(scope="module")
def understood() -> list[tuple[str, str, dict[str, Any]]]:
    """Text, the right intent, Rasa's parse."""

    async def parse() -> list[tuple[str, str, dict[str, Any]]]:
        agent = loaded_agent()
        return [(t, right, await agent.parse_message(t)) for t, right in examples(HELD_OUT)]

    return asyncio.run(parse())


def likeliest(parse: dict[str, Any]) -> str:
    """The classifier's first choice, before the fallback threshold."""
    ranking = [row["name"] for row in parse["intent_ranking"] if row["name"] != "nlu_fallback"]
    return ranking[0]


def test_unseen_messages_are_understood(understood: list[Any]) -> None:
    right = [intent for _, intent, _ in understood]
    found = [likeliest(parse) for _, _, parse in understood]
    assert f1_score(right, found, average="macro") > 0.88


def test_what_is_none_of_our_business_reaches_no_skill(understood: list[Any]) -> None:
    foreign = [parse for _, intent, parse in understood if intent == "out_of_scope"]
    caught = [p for p in foreign if p["intent"]["name"] in {"out_of_scope", "nlu_fallback"}]
    assert len(caught) / len(foreign) > 0.85, "one in 39 is chance; `rapport nlu evaluate` measures"


def test_few_messages_are_taken_for_something_else(understood: list[Any]) -> None:
    wrong = [
        text
        for text, intent, parse in understood
        if parse["intent"]["name"] not in {intent, "nlu_fallback", "out_of_scope"}
    ]
    assert len(wrong) / len(understood) < 0.08, wrong


def test_the_held_out_messages_are_in_no_training_file() -> None:
    seen = {text.casefold() for path in NLU.glob("*.yml") for text, _ in examples(path)}
    assert not [text for text, _ in examples(HELD_OUT) if text.casefold() in seen]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("stop the promos", "topic", "offers"),
        ("i want delivery updates", "topic", "order_updates"),
        ("no more messages about anything", "topic", "*"),
        ("the glass was shattered", "problem", "damaged"),
        ("it never arrived", "problem", "lost"),
        ("where is ORD-9912", "order_id", "ORD-9912"),
    ],
)
def test_words_that_matter_are_found(text: str, entity: str, value: str) -> None:
    parse = asyncio.run(loaded_agent().parse_message(text))
    assert (entity, value) in {(found["entity"], found["value"]) for found in parse["entities"]}


def test_signs_nobody_knows_are_not_understood() -> None:
    parse = asyncio.run(loaded_agent().parse_message("𓀀𓀁"))
    assert parse["intent"]["name"] in {"nlu_fallback", "out_of_scope"}
