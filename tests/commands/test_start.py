"""What `rapport up` checks before it starts anything, each with one line that names the fix."""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import CommandLine, complaint


@pytest.mark.parametrize("role", [0, 1], ids=["service", "twin"])
def test_a_port_in_use_is_named_with_the_setting_that_moves_it(
    bare: CommandLine, role: int
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", bare.port_base + role))
        taken.listen()
        line = complaint(bare.run("up"))
    assert str(bare.port_base + role) in line
    assert "RAPPORT_PORT_BASE" in line


def test_a_second_start_says_who_runs_and_where(bare: CommandLine) -> None:
    run_dir = bare.data_dir / "run"
    run_dir.mkdir(parents=True)
    with (run_dir / "up.lock").open("w") as held:
        held.write("4711")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        line = complaint(bare.run("up"))
    assert "already runs" in line
    assert "4711" in line
    assert f"http://127.0.0.1:{bare.port_base}/health" in line


def test_a_lock_left_by_a_crash_is_no_hindrance(bare: CommandLine) -> None:
    run_dir = bare.data_dir / "run"
    run_dir.mkdir(parents=True)
    (run_dir / "up.lock").write_text("4711")
    line = complaint(bare.run("up", DATABASE_URL="mysql://nowhere/x"))
    assert "already" not in line


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("not a url", "postgresql://user:password@host"),
        ("mysql://root@localhost/x", "PostgreSQL"),
        ("postgresql://nobody:nothing@127.0.0.1:1/x", "DATABASE_URL"),
    ],
    ids=["no url", "another kind", "nobody answers"],
)
@pytest.mark.parametrize("command", [("up",), ("inbox",), ("db", "upgrade")], ids=" ".join)
def test_a_wrong_database_url_is_one_line(
    bare: CommandLine, command: tuple[str, ...], url: str, hint: str
) -> None:
    line = complaint(bare.run(*command, DATABASE_URL=url))
    assert hint in line
    assert "nothing@" not in line


def test_a_data_folder_that_cannot_be_one_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in ("up", "status", "inbox"):
        line = complaint(CommandLine(tmp_path / "file" / "data").run(command))
        assert "RAPPORT_DATA_DIR" in line


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.call(mount, stderr=subprocess.DEVNULL):
        pytest.skip("only an administrator may mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_no_disk_space_is_one_line(tiny_disk: Path) -> None:
    line = complaint(CommandLine(tiny_disk / "data").run("up"))
    assert "MB" in line
    assert "RAPPORT_DATA_DIR" in line
    for command in ("inbox", "outbox"):
        assert "RAPPORT_DATA_DIR" in complaint(CommandLine(tiny_disk / "data").run(command))
