"""Serving without TensorFlow: Rasa imports it even where nothing uses it.

`rasa.nlu.extractors.extractor` imports `rasa.utils.train_utils` without using it; that in turn needs
two modules of Rasa's that import TensorFlow. A model also names its training's validator, which imports
every component there is. Empty stand-ins save the import, seconds of start and hundreds of megabytes. Only for serving a model whose components do without it, never for training.
"""

from __future__ import annotations

import sys
from types import ModuleType

UNUSED = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
}


def leave_out_tensorflow() -> None:
    """Put the stand-ins in place; must run before Rasa is imported."""
    for name, classes in UNUSED.items():
        module = ModuleType(name)
        for class_name in classes:
            setattr(module, class_name, type(class_name, (), {}))
        sys.modules.setdefault(name, module)
