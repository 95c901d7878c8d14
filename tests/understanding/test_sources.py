"""What Rasa kept of an earlier training is taken again only where nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rapport.understanding import sources
from rapport.understanding.detector import LanguageDetector
from rapport.understanding.entities import EntityExtractor
from rapport.understanding.intents import LinearIntentClassifier


@pytest.mark.parametrize("component", [LanguageDetector, LinearIntentClassifier, EntityExtractor])
def test_other_code_is_trained_anew(
    component: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = component.fingerprint_addon({})
    assert component.fingerprint_addon({}) == before
    (tmp_path / "features.py").write_text("PIECES = (2, 5)\n")
    monkeypatch.setattr(sources, "__file__", str(tmp_path / "sources.py"))
    assert component.fingerprint_addon({}) != before
