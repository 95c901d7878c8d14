"""Who may know whom: arrows go down only (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = {
    "edge": {"cli", "commands", "door", "dialogue", "review", "simulator", "actions"},
    "use case": {"conversation", "outreach", "quality", "understanding"},
    "subject": {"customers", "consent", "whatsapp"},
    "ground": {"db", "vocabulary", "errors", "clock", "settings", "logs"},
}
RANK = {name: rank for rank, names in enumerate(LAYERS.values()) for name in names}
PURE_GROUND = {"rapport/whatsapp/webhook.py"}
FILES = sorted([*ROOT.glob("rapport/**/*.py"), *ROOT.glob("actions/*.py")])


def subject_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "actions" if parts[0] == "actions" else parts[1]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_go_down_only(path: Path) -> None:
    own = subject_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        other = parts[1] if parts[0] == "rapport" and len(parts) > 1 else parts[0]
        if parts[0] == "rapport" and name.startswith("rapport.whatsapp.webhook"):
            continue
        if other in RANK and own in RANK and other != own:
            assert RANK[own] <= RANK[other], f"{path.name} must not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_edges_know_frameworks_and_only_one_door_leads_out(path: Path) -> None:
    own = subject_of(path)
    names = {name.split(".")[0] for name in imports_of(path)}
    if own not in LAYERS["edge"] | {"understanding"}:
        assert not names & {"rasa", "rasa_sdk", "sanic", "jinja2"}
    if path.relative_to(ROOT).as_posix() != "rapport/whatsapp/client.py":
        assert not names & {"pywa", "pywa_async"}


def test_the_door_opens_without_rasa() -> None:
    heavy = "{'rasa', 'rasa_sdk', 'tensorflow', 'spacy', 'pywa_async'}"
    code = f"import sys, rapport.door.__main__; sys.exit(' '.join({heavy} & set(sys.modules)) or 0)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
