"""Many messages through the trained model at once: what `rapport nlu parse` prints a line for each."""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage

from rapport.consent.keywords import Keyword, unmistakable
from rapport.errors import RapportError

BATCH = 512
MEANING = {
    Keyword.STOP: "opt_out",
    Keyword.STOP_ALL: "opt_out",
    Keyword.START: "opt_in",
    Keyword.HELP: "help",
}
"""What an unmistakable word decides about consent."""
Row = dict[str, Any]


class Parser:
    """The trained model, loaded once through Rasa's graph."""

    def __init__(self, model: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self._metadata, self._runner = loader.load_predict_graph_runner(
                Path(folder), model, LocalModelStorage, DaskGraphRunner
            )
        self._consents = _consent_decider()
        self._language = _language_decider()

    def parse(self, rows: Iterable[Row]) -> Iterator[Row]:
        """A parse for each of `rows` ({"text", "language"?}), in their order and read as needed.

        Keys: text, intent (name, confidence), ranking, entities, language (None when nothing
        decides it), consent ("opt_out", "opt_in", "pause", "help" or None), topics.
        """
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            yield from self._batch(batch)

    def _batch(self, rows: list[Row]) -> list[Row]:
        texts = [row["text"] for row in rows]
        languages = [self._language(row["text"], row.get("language")) for row in rows]
        target = self._metadata.nlu_target
        messages = [UserMessage(text) for text in texts]
        understood = self._runner.run(inputs={PLACEHOLDER_MESSAGE: messages}, targets=[target])
        parses = [message.as_dict(only_output_properties=True) for message in understood[target]]
        consents = self._consents(texts, languages)
        return [_row(*each) for each in zip(texts, parses, languages, consents, strict=True)]


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


def _row(text: str, parse: Row, language: str | None, consent: str | None) -> Row:
    intent = parse.get("intent") or {"name": None, "confidence": 0.0}
    entities = parse.get("entities") or []
    topics = dict.fromkeys(found["value"] for found in entities if found["entity"] == "topic")
    return {
        "text": text,
        "intent": {"name": intent["name"], "confidence": intent["confidence"]},
        "ranking": parse.get("intent_ranking") or [],
        "entities": entities,
        "language": language,
        "consent": consent,
        "topics": list(topics),
    }


def _language_decider() -> Callable[[str, str | None], str | None]:
    """Text and the customer's language so far to the language of the reply."""
    module = _colleague("rapport.understanding.language")
    return module.decide if module else lambda text, present: present


def _consent_decider() -> Callable[[list[str], list[str | None]], list[str | None]]:
    """Texts with their languages to what each says about consent."""
    module = _colleague("rapport.understanding.guard")
    return module.Guard.load().decide_many if module else _by_keywords


def _colleague(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _by_keywords(texts: list[str], languages: list[str | None]) -> list[str | None]:
    words = (unmistakable(text) for text in texts)
    return [MEANING[word] if word else None for word in words]
