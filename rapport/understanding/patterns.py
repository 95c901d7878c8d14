"""Words that matter inside a message: topics, kinds of trouble, order numbers, by the patterns in `data/nlu`.

Rasa's own RegexEntityExtractor wants annotated examples of every entity besides the patterns, and Rasa
then warns that nothing learns from them. This one takes the `regex` entries alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rapport.understanding.linear import LETTERS

FILE = "patterns.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PatternExtractor(GraphComponent):
    """Every whole-word match of an entity's patterns, the longest first, whatever the case."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage = storage
        self._resource = resource
        self._patterns: dict[str, re.Pattern[str]] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatternExtractor:
        """An extractor without patterns."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PatternExtractor:
        """The extractor with the patterns of the training data."""
        loaded = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._patterns = _compiled(json.loads((folder / FILE).read_text()))
        return loaded

    def train(self, training_data: TrainingData) -> Resource:
        """Collect the patterns. Raises re.error for one that is none."""
        found: dict[str, list[str]] = {}
        for entry in training_data.regex_features:
            pattern = unicodedata.normalize("NFC", entry["pattern"])
            found.setdefault(entry["name"], []).append(pattern)
        self._patterns = _compiled(found)
        with self._storage.write_to(self._resource) as folder:
            (folder / FILE).write_text(json.dumps(found))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message's entities."""
        for message in messages:
            text = unicodedata.normalize("NFC", message.get(TEXT) or "")
            found = message.get(ENTITIES, []) + self._found(text)
            message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _found(self, text: str) -> list[dict[str, Any]]:
        matches = [
            {
                "entity": name,
                "start": match.start(),
                "end": match.end(),
                "value": match.group(),
                "extractor": type(self).__name__,
            }
            for name, pattern in self._patterns.items()
            for match in pattern.finditer(text)
        ]
        return sorted(matches, key=lambda match: match["start"])


def _compiled(patterns: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(
            f"(?<![{LETTERS}])(?:{'|'.join(sorted(parts, key=len, reverse=True))})(?![{LETTERS}])",
            re.IGNORECASE,
        )
        for name, parts in patterns.items()
    }
