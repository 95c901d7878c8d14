"""The real `rapport` command in a process of its own, on a data folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.service import free_ports

ROOT = Path(__file__).resolve().parents[1]
OURS = ("RAPPORT_", "WHATSAPP_", "GRAPH_API_URL", "DATABASE_URL")


@dataclass
class CommandLine:
    """One installation: its folder, its ports, its environment."""

    data_dir: Path
    database_url: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    port_base: int = field(default_factory=lambda: free_ports(2))

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rapport.cli", *arguments],
            cwd=ROOT,
            env={**self.whole_environment(), **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """The command, running; the caller ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "rapport.cli", *arguments],
            cwd=ROOT,
            env={**self.whole_environment(), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def json(self, *arguments: str) -> Any:
        """What the command prints with --json, when it succeeds."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def whole_environment(self) -> dict[str, str]:
        foreign = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        own = {"RAPPORT_DATA_DIR": str(self.data_dir), "RAPPORT_PORT_BASE": str(self.port_base)}
        database = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return {**foreign, **own, **database, **self.environment}


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that failed as it should."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("rapport: ")
    return lines[0]
