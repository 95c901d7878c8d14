"""Child processes under supervision: one log stream, restarted after a crash, none left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 10.0
STEADY_SECONDS = 30.0
"""A child that lived this long starts with the shortest pause again."""
GRACE_SECONDS = 8.0
PR_SET_PDEATHSIG = 1  # prctl(2): this signal reaches the child when its parent dies


@dataclass
class Child:
    """One role: its command, its present process, and when it is to be started again (`once`: never)."""

    role: str
    command: list[str]
    process: subprocess.Popen[str]
    started_at: float
    once: bool = False
    is_ready: bool = False
    falls: int = 0
    due_at: float | None = None
    last_line: str = ""


@dataclass
class Children:
    """All children of this process; `say(role, line)` gets every line that they print."""

    environment: Mapping[str, str]
    say: Callable[[str, str], None]
    grace_seconds: float = GRACE_SECONDS
    by_role: dict[str, Child] = field(default_factory=dict)

    def start(self, role: str, *command: str, once: bool = False) -> Child:
        """Start `python -m command` under this role."""
        whole = [sys.executable, "-m", *command]
        child = Child(role, whole, self._spawn(whole), time.monotonic(), once)
        self.by_role[role] = child
        self._listen(child)
        return child

    def tend(self, now: float) -> list[tuple[Child, int]]:
        """Start what is due again; the children that ended since the last call, with their exit codes."""
        ended = []
        for child in [child for child in self.by_role.values() if not child.once]:
            code = child.process.poll()
            if code is not None and child.due_at is None:
                ended.append((child, code))
                was_steady = now - child.started_at >= STEADY_SECONDS
                child.falls = 1 if was_steady else child.falls + 1
                child.due_at = now + pause_after(child.falls)
            elif child.due_at is not None and child.due_at <= now:
                self._restart(child, now)
        return ended

    def pids(self) -> dict[str, int]:
        """Process ids by role of those that run."""
        return {
            role: child.process.pid
            for role, child in self.by_role.items()
            if child.process.poll() is None
        }

    def stop(self, roles: list[str] | None = None) -> None:
        """Ask them to end, wait, then end them."""
        ending = [self.by_role.pop(role) for role in roles or list(self.by_role)]
        for child in ending:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + self.grace_seconds
        for child in ending:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            _signal(child, signal.SIGKILL)
            child.process.wait()

    def _restart(self, child: Child, now: float) -> None:
        child.process = self._spawn(child.command)
        child.started_at, child.due_at = now, None
        self._listen(child)

    def _spawn(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=rasa_root(),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is ours alone; the children are asked in order
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
        )

    def _listen(self, child: Child) -> None:
        threading.Thread(target=self._pass_on, args=(child, child.process), daemon=True).start()

    def _pass_on(self, child: Child, process: Any) -> None:
        for line in process.stdout:
            child.last_line = line.strip() or child.last_line
            self.say(child.role, line.rstrip("\n"))


def rasa_root() -> Path:
    """Where Rasa's own files lie: here if there are some, else the checkout this code is in."""
    here = Path.cwd()
    return here if (here / "config.yml").exists() else CHECKOUT


def pause_after(falls: int) -> float:
    """Seconds until the next start: hardly any after the first fall, twice as long after each further one."""
    return float(min(FIRST_PAUSE_SECONDS * 2 ** (falls - 1), LONGEST_PAUSE_SECONDS))


def _signal(child: Child, number: int) -> None:
    """To the child's whole group, so that nothing it started stays behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Runs in the child before its program: even kill -9 of the supervisor leaves no orphan."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
