"""Serving without TensorFlow, scikit-learn, matplotlib and other channels: Rasa imports them even where nothing uses them.

Its featurizers and extractors import what training them would need, the rule policy what tests need, and a
model names its training's validator, which imports every component there is. Empty stand-ins save seconds of
start and hundreds of megabytes. Only for serving a model whose components do without, never for training.
"""

from __future__ import annotations

import sys
from types import ModuleType

UNUSED = {
    "rasa.utils.train_utils": (),
    "rasa.utils.tensorflow.model_data": ("ragged_array_to_ndarray",),
    "rasa.utils.tensorflow.model_data_utils": (),
    "rasa.core.test": ("test",),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
    "boto3.dynamodb.conditions": ("Key",),
    "botocore.exceptions": ("BotoCoreError",),
    "pymongo": (),
    "pymongo.collection": ("Collection",),
    "pymongo.errors": ("ConnectionFailure", "OperationFailure"),
    "rasa.core.channels.botframework": ("BotFrameworkInput",),
    "rasa.core.channels.console": ("CmdlineInput",),
    "rasa.core.channels.facebook": ("FacebookInput",),
    "rasa.core.channels.hangouts": ("HangoutsInput",),
    "rasa.core.channels.mattermost": ("MattermostInput",),
    "rasa.core.channels.rocketchat": ("RocketChatInput",),
    "rasa.core.channels.slack": ("SlackInput",),
    "rasa.core.channels.socketio": ("SocketIOInput",),
    "rasa.core.channels.telegram": ("TelegramInput",),
    "rasa.core.channels.twilio": ("TwilioInput",),
    "rasa.core.channels.twilio_voice": ("TwilioVoiceInput",),
    "rasa.core.channels.webexteams": ("WebexTeamsInput",),
}
"""Modules and the classes that are asked of them: channels for a name of their own, errors to be caught."""


def leave_out_unused() -> None:
    """Put the stand-ins in place; must run before Rasa is imported."""
    for name, classes in UNUSED.items():
        module = ModuleType(name)
        for class_name in classes:
            setattr(module, class_name, type(class_name, (Exception,), {"name": _own_name}))
        package, _, own = name.rpartition(".")
        if sys.modules.setdefault(name, module) is module and package in UNUSED:
            setattr(sys.modules[package], own, module)


@classmethod  # type: ignore[misc]
def _own_name(cls: type) -> str:
    return cls.__name__
