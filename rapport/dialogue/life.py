"""Beginning and end of a dialogue process inside Rasa's server."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import structlog
from sanic import Sanic

from rapport.conversation import stops
from rapport.dialogue import checks, runtime
from rapport.dialogue.actions import InProcessActions
from rapport.dialogue.runtime import Runtime
from rapport.errors import RapportError
from rapport.settings import Settings

log = structlog.get_logger()


SWITCH_SECONDS = 0.0005
"""Python lets a computing thread run 5 ms before another gets its turn; a webhook, whose thread waits for the
database some ten times, would wait for the turns' thread as often. Ten times shorter costs little."""


async def begin(app: Sanic, settings: Settings) -> None:
    """Bind our parts to Rasa's agent, warm it up and start working; a fault ends the process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        agent = app.ctx.agent
        checks.check_agent(agent)
        await asyncio.to_thread(stops.prepare)  # before the first message, never in its transaction
        own = checks.unwrapped(agent.tracker_store)
        agent.tracker_store = agent.processor.tracker_store = own
        agent.action_endpoint = agent.processor.action_endpoint = InProcessActions()
        await agent.parse_message("hello")  # the first parse after a load is slow
        app.ctx.rapport, app.ctx.rapport_tasks = await runtime.start(settings, agent)
        log.info("dialogue.ready", model=agent.processor.model_filename)
    except RapportError as error:
        give_up(str(error))


def give_up(reason: str) -> None:
    """One line on stderr, exit code 1: Sanic would swallow an exception here and serve on."""
    sys.stderr.write(f"rapport: {reason}\n")
    sys.stderr.flush()
    os._exit(1)


async def end(app: Sanic) -> None:
    """Finish what is under way and let go of the rest: its rows bring it back."""
    tasks: list[asyncio.Task[Any]] = getattr(app.ctx, "rapport_tasks", [])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    running = runtime_of(app)
    if running is not None:
        await running.close()


def runtime_of(app: Sanic) -> Runtime | None:
    """What runs beside this server, None while it starts."""
    return getattr(app.ctx, "rapport", None)
