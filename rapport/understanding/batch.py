"""Many messages through the trained model at once: what `rapport nlu parse` prints a line for each."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.storage.local_model_storage import LocalModelStorage

from rapport.errors import RapportError
from rapport.understanding import guard, language, values
from rapport.understanding.guard import Decision
from rapport.understanding.language import Standing
from rapport.understanding.runner import PlainRunner

BATCH = 512
MANY = 4 * BATCH
"""From so many messages on, a process for each core is worth its start."""
UNHEARD = 0.003
"""The classifier's chance of an opt-out below which a doubtful one does not count."""
Row = dict[str, Any]


class Parser:
    """The trained model, loaded once through Rasa's graph."""

    def __init__(self, model: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._metadata, self._runner = loader.load_predict_graph_runner(
                Path(folder), model, LocalModelStorage, PlainRunner
            )
        self._guard = guard.ensure()

    def parse(self, rows: Iterable[Row], now: datetime) -> Iterator[Row]:
        """A parse for each of `rows` ({"text", "language"?}), in their order and read as needed.

        Keys: text, intent (name, confidence), ranking, entities (with dates as of `now` in UTC),
        language (None when nothing decides it), consent ("opt_out", "opt_in", "pause", "help" or
        None), topics.
        """
        waiting = iter(rows)
        first = list(islice(waiting, MANY))
        cores = len(os.sched_getaffinity(0))
        if len(first) < MANY or cores < 2:
            for batch in _batches(chain(first, waiting)):
                yield from self._batch(batch, now)
        else:
            yield from self._on(cores, _batches(chain(first, waiting)), now)

    def _on(self, cores: int, batches: Iterator[list[Row]], now: datetime) -> Iterator[Row]:
        """The same, by a copy of this process on each core; what lies read ahead is bounded."""
        _working.append(self)
        copying = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(cores, mp_context=copying) as pool:
            ahead = deque(pool.submit(_in_copy, each, now) for each in islice(batches, 2 * cores))
            while ahead:
                done: Future[list[Row]] = ahead.popleft()
                yield from done.result()
                ahead.extend(pool.submit(_in_copy, each, now) for each in islice(batches, 1))
        _working.remove(self)

    def _batch(self, rows: list[Row], now: datetime) -> list[Row]:
        texts = [row["text"] for row in rows]
        target = self._metadata.nlu_target
        # A leading slash would be a command of Rasa's; in a message it is what somebody typed.
        messages = [UserMessage(_bare(text)) for text in texts]
        understood = self._runner.run(inputs={PLACEHOLDER_MESSAGE: messages}, targets=[target])
        parses = [message.as_dict(only_output_properties=True) for message in understood[target]]
        decisions = self._guard.decide_many(texts)
        return [
            _row(row, parse, self._heard(parse, made), now)
            for row, parse, made in zip(rows, parses, decisions, strict=True)
        ]

    @staticmethod
    def _heard(parse: Row, made: Decision) -> Decision:
        """The guard's decision, unless it doubts and the classifier hears nothing of the kind.

        What the classifier alone hears is a question of the dialogue's (`judging`), no withdrawal.
        """
        ranking = parse.get("intent_ranking") or []
        chance = next((one["confidence"] for one in ranking if one["name"] == "opt_out"), 0.0)
        if made.verdict == "opt_out" and made.is_doubtful and chance < UNHEARD:
            return Decision(None, 1.0 - made.confidence, is_doubtful=True)
        return made


_working: list[Parser] = []
"""What the copies of this process parse with: a loaded model is not sent, it is there when they are made."""


def _in_copy(rows: list[Row], now: datetime) -> list[Row]:
    return _working[-1]._batch(rows, now)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def rows_of(lines: Iterable[str]) -> Iterator[Row]:
    """The messages of JSON lines; empty lines are skipped. Raises RapportError naming a bad line."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _message(line, number)


def _message(line: str, number: int) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise RapportError(f"Line {number} is no JSON.") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise RapportError(f'Line {number} has no "text".')
    if not isinstance(row.get("language"), (str, type(None))):
        raise RapportError(f'Line {number} has a "language" that is no text.')
    return row


def _row(row: Row, parse: Row, decision: Decision, now: datetime) -> Row:
    intent = parse.get("intent") or {"name": None, "confidence": 0.0}
    before = Standing(language=row.get("language"))
    chances = parse.get("languages") or {}
    standing = language.decide(row["text"], chances, before, None)
    spoken = standing.language or language.likeliest(chances)
    found = _shifted(row["text"], parse) + values.dates(row["text"], spoken, now, None)
    return {
        "text": row["text"],
        "intent": {"name": intent["name"], "confidence": intent["confidence"]},
        "ranking": parse.get("intent_ranking") or [],
        "entities": sorted(found, key=lambda entity: (entity["start"], entity["end"])),
        "language": standing.language,
        "consent": decision.verdict,
        "topics": list(decision.topics),
    }


def _bare(text: str) -> str:
    return re.sub(r"^[\s/]+", "", text)


def _shifted(text: str, parse: Row) -> list[Row]:
    """The entities with their places in the whole text."""
    cut = len(text) - len(_bare(text))
    return [
        {**entity, "start": entity["start"] + cut, "end": entity["end"] + cut}
        for entity in parse.get("entities") or []
    ]
