"""`python -m rapport.dialogue.worker`: turns, sender and files, behind doors in other processes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from rapport.settings import Settings, load

NICE = 3
"""Half the share of what has the usual weight, where there is not enough for all."""


def main() -> None:
    """Work until asked to stop; one line on stderr and exit code 1 when it cannot start."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rapport import logs

    logs.silence_warnings()
    from rapport.dialogue.light import leave_out_unused
    from rapport.errors import RapportError

    leave_out_unused()
    try:
        settings = load()
        logs.configure(settings, "dialogue")
        asyncio.run(work(settings, Path.cwd()))
    except RapportError as error:
        sys.exit(f"rapport: {error}")


def give_way() -> None:
    """Let doors and database go first on a busy machine: Meta waits for its 200, a customer can wait for a turn.

    Linux may weigh whole sessions before processes (sched(7), autogroup); a child of `rapport up` is one.
    """
    os.nice(NICE)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICE))


async def work(settings: Settings, root: Path) -> None:
    """Answer what waits until asked to stop. Raises RapportError before the start."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    from rapport.dialogue import checks, life, models

    checks.check_classes(root)
    agent = await models.loaded(root)
    give_way()  # before there are threads, which inherit it; not before the model, somebody waits for the start
    running = await life.started(agent, settings)
    await stop.wait()
    await running.close()


if __name__ == "__main__":
    main()
