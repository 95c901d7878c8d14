"""What Rasa's own tools say of the training data and the stories."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from tests.model import trained_model

ROOT = Path(__file__).resolve().parents[1]
NLU = sorted(ROOT.glob("data/nlu/*.yml"))
FIRST_LINES = re.compile(r"(?:.+\n){1,5}")
MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
"""A word with its entity, `[promos](topic)`."""
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C ten times faster


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Rasa's command line in the project's root."""
    quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)


def groups(path: Path) -> list[dict[str, str]]:
    """The entries of a file of training data."""
    return list(yaml.load(path.read_text(), SAFE_LOADER)["nlu"])  # noqa: S506


def shortened(group: dict[str, str]) -> dict[str, str]:
    """An intent with its first lines alone; anything else whole."""
    first = FIRST_LINES.match(group["examples"])
    return {**group, "examples": first[0]} if first and "intent" in group else group


def test_the_training_data_holds_no_contradiction(tmp_path: Path) -> None:
    """Of an intent's lines Rasa only asks whether one stands elsewhere too, which the next test does much faster."""
    for path in NLU:
        few = {"version": "3.1", "nlu": [shortened(group) for group in groups(path)]}
        (tmp_path / path.name).write_text(yaml.safe_dump(few))
    done = rasa("data", "validate", "--fail-on-warnings", "--data", str(tmp_path), "data/rules")
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_message_stands_under_two_intents() -> None:
    found = defaultdict(set)
    for each in (each for path in NLU for each in groups(path) if "intent" in each):
        for line in each["examples"].splitlines():
            found[MARKED.sub(r"\1", line)].add(each["intent"])
    assert {line: intents for line, intents in found.items() if len(intents) > 1} == {}


def test_every_story_is_told_as_it_is_written(tmp_path: Path) -> None:
    model = trained_model()
    done = rasa(
        *("test", "core", "--fail-on-prediction-errors", "--stories", "tests/test_stories.yml"),
        *("--model", str(model), "--out", str(tmp_path)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
