"""Processes under supervision: healed after a crash, ended with their own children, never orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from rapport.commands import running
from rapport.commands.children import Child, Children, pause_after
from tests.command_line import ROOT
from tests.service import until

PUPPET = "tests.commands.puppet"


class Stage:
    """Children whose lines are kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.children = Children(
            os.environ, lambda role, line: self.lines.append((role, line)), grace_seconds=0.5
        )

    def start(self, wish: str) -> Child:
        child = self.children.start(wish, PUPPET, wish)
        until(lambda: (wish, "ready") in self.lines)
        return child


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.children.stop()


def test_a_killed_child_is_back_within_a_second_and_a_half(stage: Stage) -> None:
    child = stage.start("waits")
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    child.process.wait()
    killed_at = time.monotonic()
    ended = stage.children.tend(killed_at)
    assert stage.children.tend(killed_at + 1.5) == []
    assert child.process.pid != first
    assert [(fallen.role, code) for fallen, code in ended] == [("waits", -signal.SIGKILL)]
    assert stage.children.pids()["waits"] == child.process.pid


def test_a_child_that_keeps_falling_is_started_ever_slower() -> None:
    pauses = [pause_after(falls) for falls in range(1, 12)]
    assert pauses[0] == 0.2
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10.0


def test_the_last_line_of_a_child_tells_why_it_ended(stage: Stage) -> None:
    child = stage.start("fails")
    until(lambda: child.last_line == "no luck")
    child.process.wait()
    assert [code for _, code in stage.children.tend(time.monotonic())] == [1]


def test_a_stubborn_child_is_ended_all_the_same(stage: Stage) -> None:
    child = stage.start("stubborn")
    stage.children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_what_a_child_started_ends_with_it(stage: Stage) -> None:
    stage.start("parent")
    grandchild = next(int(line.split()[1]) for _, line in stage.lines if line.startswith("child"))
    assert running.is_alive(grandchild)
    stage.children.stop()
    until(lambda: not running.is_alive(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone offers this")
def test_killing_the_supervisor_leaves_no_orphan() -> None:
    command = [sys.executable, "-m", "tests.commands.supervised"]
    supervisor = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    puppet = int(supervisor.stdout.readline())
    assert running.is_alive(puppet)
    supervisor.kill()
    supervisor.wait()
    until(lambda: not running.is_alive(puppet))
