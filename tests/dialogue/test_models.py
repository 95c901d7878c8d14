"""A model belongs to the data it was trained with."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.dialogue import models


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "responses").mkdir()
    (tmp_path / "models").mkdir()
    for name in ("config.yml", "domain.yml", "data/nlu/orders.en.yml", "data/responses/x.en.yml"):
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu/orders.en.yml"])
def test_a_change_of_what_it_learnt_asks_for_another_model(root: Path, name: str) -> None:
    before = models.data_hash(root)
    (root / name).write_text("other")
    assert models.data_hash(root) != before


def test_a_new_file_asks_for_another_model(root: Path) -> None:
    before = models.data_hash(root)
    (root / "data" / "nlu" / "more.en.yml").write_text("more")
    assert models.data_hash(root) != before


def test_rewording_a_reply_does_not(root: Path) -> None:
    before = models.data_hash(root)
    (root / "data" / "responses" / "x.en.yml").write_text("other")
    assert models.data_hash(root) == before


def test_only_the_model_for_the_present_data_counts(root: Path) -> None:
    assert models.model_for(root) is None
    models.path_for(root).write_text("model")
    assert models.model_for(root) == models.path_for(root)
    (root / "domain.yml").write_text("other")
    assert models.model_for(root) is None
