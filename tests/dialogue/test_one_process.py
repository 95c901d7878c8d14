"""Doors and dialogue in one process, through Rasa's channels: as `rasa run` serves them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import execute, renamed
from tests.model import trained_model
from tests.service import Service, text_of, web


@pytest.fixture
def alone(postgres: str, scratch: Path) -> Iterator[Service]:
    """The twin, and one process that does all the rest."""
    trained_model()
    folder = Path(tempfile.mkdtemp(prefix="alone-", dir=scratch))
    name = f"alone_{abs(hash(str(folder))) % 10**12}"
    execute(postgres, f"CREATE DATABASE {name} TEMPLATE template")
    running = Service(renamed(postgres, name), folder, "rapport.dialogue", door_module=None)
    try:
        yield running.start()
    finally:
        running.stop()
        execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def test_one_process_can_do_it_all(alone, guest):
    assert text_of(alone.ask(guest, "hello"))
    assert alone.post(b"{}", "sha256=0").status_code == 403
    url = f"{alone.settings.url}/events"
    assert web.post(url, json=[]).status_code == 401
    large = web.post(url, content=b" " * 3_000_001)
    assert (large.status_code, list(large.json())) == (413, ["error"])
    health = web.get(f"{alone.settings.url}/health").json()
    assert (health["status"], health["dialogues"]) == ("ok", 1)
