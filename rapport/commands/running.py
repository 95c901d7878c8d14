"""Who runs on a data folder: locks that the kernel frees after a crash, and the process ids by role."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rapport.errors import RapportError
from rapport.settings import Settings

TRIES = 10


class AlreadyRuns(RapportError):
    """Another `rapport up` holds this data folder."""


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder for `rapport up`. Raises AlreadyRuns naming who holds it."""
    with _opened(settings.data_dir, "up.lock") as file:
        if not _taken(file):
            file.seek(0)
            raise AlreadyRuns(_already(settings, file.read().strip()))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def is_up(data_dir: Path) -> bool:
    """True while a `rapport up` holds the data folder."""
    with _opened(data_dir, "up.lock") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def write_processes(data_dir: Path, processes: dict[str, int]) -> None:
    """Tell other commands the process ids by role, in one step."""
    path = run_dir(data_dir) / "processes.json"
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(processes))
    draft.replace(path)


def processes(data_dir: Path) -> dict[str, int]:
    """Process ids by role of what runs on this folder now; PostgreSQL also when it runs alone."""
    found = {}
    if is_up(data_dir):
        with contextlib.suppress(OSError, ValueError):
            found = dict(json.loads((run_dir(data_dir) / "processes.json").read_text()))
    postgres = postgres_pid(data_dir)
    if postgres:
        found["postgres"] = postgres
    return {role: pid for role, pid in found.items() if is_alive(pid)}


def postgres_pid(data_dir: Path) -> int | None:
    """Process id of the embedded PostgreSQL of this folder, None when it does not run."""
    try:
        first = (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        pid = int(first)
    except (OSError, ValueError, IndexError):
        return None
    return pid if is_alive(pid) and _is_postgres(pid) else None


def is_alive(pid: int) -> bool:
    """True for a process that exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = _proc(pid, "stat")
    return stat is None or stat.rpartition(")")[2].split()[0] != "Z"


def run_dir(data_dir: Path) -> Path:
    """The folder of what concerns running processes, made when missing."""
    folder = data_dir / "run"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise RapportError(
            f"Cannot write to the data folder {data_dir} ({error.strerror}); "
            "free some space or point RAPPORT_DATA_DIR elsewhere."
        ) from error
    return folder


def _taken(file: IO[str]) -> bool:
    """`is_up` holds the lock for a moment, which is no reason to give up."""
    for _ in range(TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.05)
    return False


def _opened(data_dir: Path, name: str) -> IO[str]:
    return (run_dir(data_dir) / name).open("a+")


def _already(settings: Settings, pid: str) -> str:
    return (
        f"Rapport already runs on {settings.data_dir} (pid {pid or 'unknown'}): "
        f"health {settings.url}/health"
        + (f", phone page {settings.twin_url}/" if settings.uses_twin else "")
        + f"; stop it with Ctrl-C there or: kill {pid or 'its pid'}"
    )


def _is_postgres(pid: int) -> bool:
    """A process id may have been given to somebody else since; where /proc tells, look."""
    name = _proc(pid, "comm")
    return name is None or name.strip() == "postgres"


def _proc(pid: int, name: str) -> str | None:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return None
