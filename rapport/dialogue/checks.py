"""Rasa only warns when a custom class does not load, and goes on without it; we do not start."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import yaml

from rapport.errors import RapportError

FILES = ("config.yml", "endpoints.yml", "credentials.yml")


def check_classes(root: Path | None = None) -> None:
    """Raises RapportError with the reason for the first class of ours, named in Rasa's files, that fails."""
    for name in FILES:
        path = (root or Path.cwd()) / name
        if path.exists():
            for dotted in _dotted(yaml.safe_load(path.read_text())):
                _load(dotted, name)


def check_agent(agent: Any) -> None:
    """Raises RapportError unless a model is loaded and conversations are kept in our tables."""
    from rapport.dialogue.tracker_store import PostgresTrackerStore

    if agent is None or not agent.is_ready():
        raise RapportError("No model is loaded; run: rasa train")
    if not isinstance(unwrapped(agent.tracker_store), PostgresTrackerStore):
        raise RapportError(
            "endpoints.yml must name tracker_store type "
            "rapport.dialogue.tracker_store.PostgresTrackerStore"
        )


def unwrapped(store: Any) -> Any:
    """The store inside Rasa's wrapper that would go on in memory when the database fails."""
    return getattr(store, "_tracker_store", store)


def _dotted(node: Any) -> list[str]:
    if isinstance(node, dict):
        found = [key for key in node if _is_ours(key)]
        return found + [name for value in node.values() for name in _dotted(value)]
    if isinstance(node, list):
        return [name for value in node for name in _dotted(value)]
    return [node] if _is_ours(node) else []


def _is_ours(word: Any) -> bool:
    return isinstance(word, str) and word.startswith("rapport.") and " " not in word


def _load(dotted: str, file: str) -> None:
    module, _, name = dotted.rpartition(".")
    try:
        getattr(importlib.import_module(module), name)
    except Exception as error:
        raise RapportError(
            f"{file} names {dotted}, which does not load: {type(error).__name__}: {error}"
        ) from error
