"""`python -m rapport.dialogue.worker`: turns, sender and files, behind doors in other processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from rapport.settings import Settings, load


def main() -> None:
    """Work until asked to stop; one line on stderr and exit code 1 when it cannot start."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from rapport import logs

    logs.silence_warnings()
    from rapport.dialogue.light import leave_out_tensorflow
    from rapport.errors import RapportError

    leave_out_tensorflow()
    try:
        settings = load()
        logs.configure(settings, "dialogue")
        asyncio.run(work(settings, Path.cwd()))
    except RapportError as error:
        sys.exit(f"rapport: {error}")


async def work(settings: Settings, root: Path) -> None:
    """Answer what waits until asked to stop. Raises RapportError before the start."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    from rapport.dialogue import checks, life, models

    checks.check_classes(root)
    running = await life.started(await models.loaded(root), settings)
    await stop.wait()
    await running.close()


if __name__ == "__main__":
    main()
