"""Starts what belongs together, watches it, and ends it in order."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog

from rapport.commands import first_steps, probe, running
from rapport.commands.children import Child, Children
from rapport.commands.display import Display
from rapport.db import embedded
from rapport.errors import RapportError
from rapport.settings import Settings

TICK_SECONDS = 0.1
DATABASE_CHECK_SECONDS = 1.0
START_SECONDS = 180.0
EARLY_FALLS = 5
"""A child that falls so often before it was ever ready will not get up by being started again."""

log = structlog.get_logger("rapport.up")


class Stopped(Exception):
    """Whoever started us wants an end."""


class Supervisor:
    """One run of `rapport up`, from the first step to the last process."""

    def __init__(self, settings: Settings, url: str, stop: threading.Event) -> None:
        self._settings, self._url, self._stop = settings, url, stop
        self._display = Display(settings)
        self._children = Children(_environment(settings), self._display.line)
        self._workers = ThreadPoolExecutor(3)
        self._repair: Future[Any] | None = None
        self._next_check = 0.0

    def run(self) -> None:
        """Until somebody asks to stop. Raises RapportError when it cannot start."""
        try:
            self._start()
            self._display.banner(self._settings)
            self._wait(lambda: False)
        except Stopped:
            pass
        finally:
            self._display.settle()
            self._end()

    def _start(self) -> None:
        """The slow parts side by side: the twin, the database with its customers, the model."""
        settings, display = self._settings, self._display
        if settings.uses_twin:
            self._launch("twin", "rapport.simulator")
        prepared = self._workers.submit(first_steps.prepare, settings, self._url, display)
        is_trained = self._workers.submit(first_steps.has_model)
        if not self._result(is_trained):
            self._train()
        self._result(prepared)
        with display.step("Service"):
            self._launch("door", "rapport.door")
            self._launch("dialogue", "rapport.dialogue.worker")
            deadline = time.monotonic() + START_SECONDS
            self._wait(lambda: self._are_all_ready() or time.monotonic() > deadline)
        display.settle()
        self._check_ready()

    def _train(self) -> None:
        with self._display.step("Model for the present training data, once"):
            child = self._children.start("training", "rapport.cli", "train", once=True)
            self._wait(lambda: child.process.poll() is not None)
            self._children.stop(["training"])
        if child.process.returncode != 0:
            raise RapportError(f"The training failed: {child.last_line}")

    def _launch(self, role: str, module: str) -> None:
        self._children.start(role, module)
        self._tell_processes()

    def _result(self, future: Future[Any]) -> Any:
        self._wait(future.done)
        return future.result()

    def _wait(self, is_done: Callable[[], bool]) -> None:
        """Watch over everything until `is_done`. Raises Stopped, RapportError."""
        while not is_done():
            if self._stop.wait(TICK_SECONDS):
                raise Stopped
            self._watch(time.monotonic())

    def _watch(self, now: float) -> None:
        pids = self._children.pids()
        for child, code in self._children.tend(now):
            _check_hopeless(child, code)
            log.warning("child.ended", role=child.role, exit_code=code, falls=child.falls)
        if self._children.pids() != pids:
            self._tell_processes()
        if now >= self._next_check:
            self._next_check = now + DATABASE_CHECK_SECONDS
            self._watch_database()

    def _watch_database(self) -> None:
        """A postmaster that was killed is started again; it recovers all that was committed."""
        is_mending = self._repair is not None and not self._repair.done()
        data_dir = self._settings.data_dir
        if self._settings.database_url or is_mending or running.postgres_pid(data_dir):
            return
        log.warning("database.ended")
        self._repair = self._workers.submit(embedded.start, data_dir)

    def _are_all_ready(self) -> bool:
        for child in self._children.by_role.values():
            child.is_ready = child.is_ready or probe.is_ready(child.role, self._settings)
        return all(child.is_ready for child in self._children.by_role.values())

    def _check_ready(self) -> None:
        """Raises RapportError naming who is not ready, and what it said last."""
        for child in self._children.by_role.values():
            if not child.is_ready:
                raise RapportError(
                    f"{child.role} is not ready after {START_SECONDS:.0f} s: {child.last_line}"
                )

    def _tell_processes(self) -> None:
        pids = {"supervisor": os.getpid(), **self._children.pids()}
        running.write_processes(self._settings.data_dir, pids)

    def _end(self) -> None:
        self._children.stop()
        self._workers.shutdown(wait=True)
        running.write_processes(self._settings.data_dir, {})


def _check_hopeless(child: Child, code: int) -> None:
    """Raises RapportError for a child that ended by itself, with its reason, before it was ever ready."""
    if child.is_ready or (code < 0 and child.falls < EARLY_FALLS):
        return
    raise RapportError(f"{child.role} did not start (exit code {code}): {child.last_line}")


def _environment(settings: Settings) -> dict[str, str]:
    """The children's: the same as ours, with the data folder wherever they run, and less of TensorFlow's chat."""
    return {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **os.environ,
        "RAPPORT_DATA_DIR": str(settings.data_dir),
        "PYTHONUNBUFFERED": "1",
    }
