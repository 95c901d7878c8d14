"""The language detector as a component of Rasa's pipeline: learnt from the very lines that teach the intents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rapport.understanding import importer, language, sources
from rapport.understanding.linear import LinearModel

NAME = "languages"
OUTPUT = "languages"
"""The key of a parse with the chance of each language."""
DATA = Path(__file__).resolve().parents[2] / "data"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageDetector(GraphComponent):
    """Adds `languages` to every parse: each language we speak, and "other", with its chance."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._model = LinearModel(pieces=(1, 4), penalty=0.5, is_even=True)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageDetector:
        """An untrained detector."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageDetector:
        """The trained detector out of the model archive."""
        loaded = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._model.load(folder, NAME)
        return loaded

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code, and which lines are in which file."""
        return sources.fingerprint([*DATA.glob("nlu/*.yml"), *DATA.glob("languages/*.yml")])

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which file each example is from: Rasa's training data no longer tell."""
        lines = list(lines_of(DATA))
        self._model.fit([text for text, _ in lines], [label for _, label in lines])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder, NAME)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the chances on each message."""
        for message in messages:
            message.set(OUTPUT, self.detect(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def detect(self, text: str) -> dict[str, float]:
        """Each language with its chance; letters decide where they can."""
        return language.by_script(text) or self._model.chances([text])[0]


def lines_of(data: Path) -> Iterator[tuple[str, str]]:
    """Example lines with the language of their file, `<skill>.<language>.yml`, and those of other languages."""
    for path in sorted(data.glob("nlu/*.*.yml")):
        label = path.suffixes[-2].lstrip(".")
        for group in importer.content(path)["nlu"]:
            if "intent" in group:
                yield from ((line, label) for line in importer.examples(group["examples"]))
    for path in sorted(data.glob("languages/*.yml")):
        others = importer.content(path)["languages"]
        for lines in others.values():
            yield from ((line, language.OTHER) for line in lines)
