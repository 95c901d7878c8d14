"""The README keeps its promises: every setting is in its table, every command it names exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_every_setting_is_documented_and_no_other():
    read = set(
        re.findall(r'"((?:RAPPORT|WHATSAPP)_[A-Z_]+|DATABASE_URL|GRAPH_API_URL)"', settings())
    )
    table = set(re.findall(r"^\| `([A-Z_]+)`", README, re.MULTILINE))
    assert table == read


def settings() -> str:
    return (ROOT / "rapport" / "settings.py").read_text()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\.venv/bin/rapport ([a-z]+)", README))))
def test_every_command_in_the_readme_exists(command):
    run = subprocess.run(
        [sys.executable, "-m", "rapport.cli", command, "--help"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_every_file_the_readme_points_to_exists():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
