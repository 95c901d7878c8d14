"""Command lines for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import CommandLine


@pytest.fixture
def bare(tmp_path: Path) -> CommandLine:
    """An installation on which nothing ever ran."""
    return CommandLine(tmp_path / "data")


@pytest.fixture
def cli(tmp_path: Path, database_url: str) -> CommandLine:
    """An installation on a migrated database without customers."""
    return CommandLine(tmp_path / "data", database_url)
