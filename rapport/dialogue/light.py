"""Serving without TensorFlow, scikit-learn and matplotlib: Rasa imports them even where nothing uses them.

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
}


def leave_out_tensorflow() -> None:
    """Put the stand-ins in place; must run before Rasa is imported."""
    for name, classes in UNUSED.items():
        module = ModuleType(name)
        for class_name in classes:
            setattr(module, class_name, type(class_name, (), {}))
        sys.modules.setdefault(name, module)
