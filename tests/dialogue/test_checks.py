"""A start with something missing ends with the reason; Rasa itself would warn and go on without it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from rapport.dialogue import checks
from rapport.dialogue.tracker_store import PostgresTrackerStore
from rapport.errors import RapportError

ROOT = Path(__file__).resolve().parents[2]


def test_the_classes_that_rasas_files_name_load():
    checks.check_classes(ROOT)


@pytest.mark.parametrize(
    "file, text, reason",
    [
        pytest.param(
            "credentials.yml", "rapport.dialogue.nowhere.Channel:\n", "No module", id="no module"
        ),
        pytest.param(
            "endpoints.yml",
            "tracker_store:\n  type: rapport.dialogue.tracker_store.Typo\n",
            "Typo",
            id="no such class",
        ),
        pytest.param(
            "config.yml",
            "pipeline:\n- name: rapport.understanding.intents.Typo\n",
            "Typo",
            id="in a list",
        ),
    ],
)
def test_a_class_that_does_not_load_is_named_with_its_file(tmp_path, file, text, reason):
    (tmp_path / file).write_text(text)
    with pytest.raises(RapportError, match=f"{file}.*{reason}"):
        checks.check_classes(tmp_path)


def agent_with(store: Any, *, is_ready: bool = True) -> Any:
    return SimpleNamespace(is_ready=lambda: is_ready, tracker_store=FailSafeTrackerStore(store))


def test_conversations_are_kept_in_our_tables_or_nothing_starts():
    checks.check_agent(agent_with(PostgresTrackerStore(Domain.empty())))
    with pytest.raises(RapportError, match="PostgresTrackerStore"):
        checks.check_agent(agent_with(InMemoryTrackerStore(Domain.empty())))


def test_without_a_model_nothing_starts():
    with pytest.raises(RapportError, match="rasa train"):
        checks.check_agent(agent_with(PostgresTrackerStore(Domain.empty()), is_ready=False))
