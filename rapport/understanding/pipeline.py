"""A pipeline of Rasa's components, trained and asked in this process: what the benchmark compares."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import rasa.engine.recipes.default_components  # noqa: F401 - registers the components by name
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

OUTSIDE = "out_of_scope"
FALLBACK = "FallbackClassifier"
BATCH = 256


@dataclass(frozen=True)
class Labelled:
    """A message and the intent it was labelled with."""

    text: str
    intent: str


@dataclass(frozen=True)
class Guess:
    """The likeliest intent of a message, how sure the pipeline is, and the chance of `OUTSIDE`, 0 to 1."""

    intent: str
    confidence: float
    foreign: float = 0.0


class Pipeline:
    """The components of a Rasa configuration in their order; a context manager over their storage.

    Fallback classifiers are left out: whoever measures decides at what confidence a guess counts.
    """

    def __init__(self, steps: Iterable[dict[str, Any]]) -> None:
        self._steps = [dict(step) for step in steps if step["name"] != FALLBACK]
        self._folder = tempfile.TemporaryDirectory(prefix="rapport-nlu-")
        self._components: list[Any] = []
        self.training_seconds = 0.0

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def train(self, examples: Iterable[Labelled]) -> Pipeline:
        """Train every component on `examples`; `training_seconds` says how long it took."""
        started = time.perf_counter()
        messages = [Message.build(text=row.text, intent=row.intent) for row in examples]
        data = TrainingData(training_examples=messages)
        storage = LocalModelStorage(Path(self._folder.name))
        for place, step in enumerate(self._steps):
            component, data = _trained(step, f"{place}_{step['name']}", storage, data)
            self._components.append(component)
        self.training_seconds = time.perf_counter() - started
        return self

    def guesses(self, texts: list[str]) -> list[Guess]:
        """The guess for each of `texts`, in their order."""
        return [
            guess
            for start in range(0, len(texts), BATCH)
            for guess in self._batch(texts[start : start + BATCH])
        ]

    def _batch(self, texts: list[str]) -> list[Guess]:
        messages = [Message(data={TEXT: text}) for text in texts]
        for component in self._components:
            messages = component.process(messages)
        return [_guess(message) for message in messages]


def _trained(
    step: dict[str, Any], name: str, storage: ModelStorage, data: TrainingData
) -> tuple[Any, TrainingData]:
    """The component, trained if it learns, and the data as the next one sees it."""
    settings = {key: value for key, value in step.items() if key != "name"}
    known = DefaultV1Recipe._from_registry(step["name"])
    kind: Any = known.clazz
    resource, context = Resource(name), ExecutionContext(GraphSchema({}), model_id="benchmark")
    arguments = ({**kind.get_default_config(), **settings}, storage, resource, context)
    component = kind.create(*arguments)
    if known.is_trainable:
        component.train(data)
        component = kind.load(*arguments)
    if hasattr(component, "process_training_data"):
        data = component.process_training_data(data)
    return component, data


def _guess(message: Message) -> Guess:
    """The first of the ranking; nobody's intent when there is none."""
    ranking = message.get(INTENT_RANKING_KEY) or [message.get(INTENT) or {}]
    chances = {row.get("name") or "": float(row.get("confidence") or 0.0) for row in ranking}
    first = next(iter(chances))
    return Guess(first, chances[first], chances.get(OUTSIDE, 0.0))
