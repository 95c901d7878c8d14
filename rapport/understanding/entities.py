"""What is named in a message: the phrases of the training data, order numbers, amounts and lengths of time.

Rasa's own RegexEntityExtractor wants annotated examples of every entity besides the phrases, and Rasa
then warns that nothing learns from them. This one takes the `regex` and `lookup` entries alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rapport.understanding import language, sources, values
from rapport.understanding.detector import OUTPUT
from rapport.understanding.phrasebook import Named, Phrasebook, same

LOOK_ALIKE, ORDER = "look_alike", "order_id"
SYNONYMS = "synonyms.json"
FEWEST = 100
"""Smaller numbers without a currency are sizes, ages, counts: a skill that asked for an amount reads them itself."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class EntityExtractor(GraphComponent):
    """Every phrase of every entity, the longest of those that overlap, with the value its synonyms give it."""

    def __init__(self, storage: ModelStorage, resource: Resource, book: Phrasebook) -> None:
        self._storage = storage
        self._resource = resource
        self._book = book
        self._synonyms: Mapping[str, str] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityExtractor:
        """An extractor without phrases."""
        return cls(model_storage, resource, Phrasebook.of({}))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EntityExtractor:
        """The extractor with the phrases of the training data."""
        with model_storage.read_from(resource) as folder:
            loaded = cls(model_storage, resource, Phrasebook.load(folder))
            loaded._synonyms = json.loads((folder / SYNONYMS).read_text(encoding="utf-8"))
        return loaded

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code the phrases are found with."""
        return sources.fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Build the pipeline. Raises re.error for an expression that is none."""
        found: dict[str, list[str]] = {}
        for entry in training_data.regex_features:
            found.setdefault(entry["name"], []).append(entry["pattern"])
        for table in training_data.lookup_tables:
            found.setdefault(table["name"], []).extend(table["elements"])
        self._book = Phrasebook.of(found)
        self._synonyms = {same(k): v for k, v in training_data.entity_synonyms.items()}
        with self._storage.write_to(self._resource) as folder:
            self._book.save(folder)
            (folder / SYNONYMS).write_text(json.dumps(self._synonyms), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message's entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = self._found(text, language.likeliest(message.get(OUTPUT) or {}))
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def _found(self, text: str, spoken: str) -> list[values.Entity]:
        sums = [each for each in values.amounts(text, spoken) if _is_telling(each)]
        money = [each for each in sums if each.currency]
        named = _without_look_alikes(self._book.find(text))
        found = [
            self._entity(text, each)
            for each in named
            if not (each.label == ORDER and any(_overlap(each, other) for other in money))
        ]
        found += map(_amount, sums)
        found += map(_duration, values.durations(text, spoken))
        return sorted(found, key=lambda entity: (entity["start"], entity["end"]))

    def _entity(self, text: str, named: Named) -> values.Entity:
        said = text[named.start : named.end]
        value = self._synonyms.get(same(said), said)
        return values.placed(named.label, named.start, named.end, value)


def _is_telling(amount: values.Amount) -> bool:
    return amount.currency is not None or amount.is_more or amount.value >= Decimal(FEWEST)


def _amount(amount: values.Amount) -> values.Entity:
    placed = values.placed("amount", amount.start, amount.end, str(amount.value))
    return {**placed, "currency": amount.currency}


def _duration(duration: values.Duration) -> values.Entity:
    return {**values.placed("duration", duration.start, duration.end, duration.days), "unit": "day"}


def _without_look_alikes(named: Iterable[Named]) -> list[Named]:
    everything = list(named)
    veils = [each for each in everything if each.label == LOOK_ALIKE]
    return [
        each
        for each in everything
        if each.label != LOOK_ALIKE
        and not any(veil.start <= each.start and each.end <= veil.end for veil in veils)
    ]


def _overlap(named: Named, amount: values.Amount) -> bool:
    return named.start < amount.end and amount.start < named.end
