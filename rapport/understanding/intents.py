"""The intent classifier: the linear model over what customers may want, as a component of Rasa's pipeline."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rapport.understanding import sources
from rapport.understanding.committee import Committee

NAME = "intents"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    """Text in, a full ranking of intents out."""

    @staticmethod
    def required_packages() -> list[str]:
        """Comes with Rasa."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty` is the machine's C; `meaning` weighs a message's meaning beside its words.

        `ranking_length` bounds what is kept with every message.
        """
        return {"penalty": 1.0, "meaning": 2.0, "ranking_length": 10}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = Committee(
            pieces=(3, 4),
            penalty=config["penalty"],
            meaning_weight=config["meaning"],
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """The trained classifier out of the model archive."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            loaded._model.load(folder, NAME)
        return loaded

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The code the classifier is made of."""
        return sources.fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples that have an intent, whatever their language."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        self._model.fit(texts, [example.get(INTENT) for example in examples])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder, NAME)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking on each message."""
        found = self._model.chances([message.get(TEXT) or "" for message in messages])
        for message, chances in zip(messages, found, strict=True):
            order = sorted(chances, key=lambda name: -chances[name])
            ranking = [{"name": name, "confidence": chances[name]} for name in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            kept = ranking[: self._config["ranking_length"]]
            message.set(INTENT_RANKING_KEY, kept, add_to_output=True)
        return messages
