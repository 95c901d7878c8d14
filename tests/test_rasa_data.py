"""What Rasa's own tools say of the training data and the stories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.model import trained_model

ROOT = Path(__file__).resolve().parents[1]


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Rasa's command line in the project's root."""
    quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)


def test_the_training_data_holds_no_contradiction() -> None:
    done = rasa("data", "validate", "--fail-on-warnings")
    assert done.returncode == 0, done.stderr[-2000:]


def test_every_story_is_told_as_it_is_written(tmp_path: Path) -> None:
    model = trained_model()
    done = rasa(
        *("test", "core", "--fail-on-prediction-errors", "--stories", "tests/test_stories.yml"),
        *("--model", str(model), "--out", str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
