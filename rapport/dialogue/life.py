"""Beginning and end of a dialogue: inside Rasa's server, or in a process that has the door elsewhere."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import structlog
from rasa.core.agent import Agent
from sanic import Sanic

from rapport.dialogue import checks, runtime
from rapport.dialogue.actions import InProcessActions
from rapport.dialogue.runtime import Runtime
from rapport.door import desk
from rapport.door.desk import Desk
from rapport.errors import RapportError
from rapport.settings import Settings

log = structlog.get_logger()


SWITCH_SECONDS = 0.0005
"""Python lets a computing thread run 5 ms before another gets its turn; a webhook, whose thread waits for the
database some ten times, would wait for the turns' thread as often. Ten times shorter costs little."""


async def begin(app: Sanic, settings: Settings) -> None:
    """Bind our parts to the agent of Rasa's server and start working; a fault ends the process."""
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        app.ctx.rapport = await started(app.ctx.agent, settings)
        desk.rehearse(app.ctx.rapport.sessions)
        app.ctx.desk = Desk(app.ctx.rapport.sessions, app.ctx.rapport.engine.waker)
    except RapportError as error:
        give_up(str(error))


async def started(agent: Agent, settings: Settings) -> Runtime:
    """A dialogue at work with this agent, warmed up. Raises RapportError when something is not right."""
    checks.check_agent(agent)
    own = checks.unwrapped(agent.tracker_store)
    agent.tracker_store = agent.processor.tracker_store = own
    agent.action_endpoint = agent.processor.action_endpoint = InProcessActions()
    await agent.parse_message("hello")  # the first parse after a load is slow
    gc.collect()
    gc.freeze()  # the model stays; to look through it for garbage takes as long as a turn
    running = await runtime.start(settings, agent)
    log.info("dialogue.ready", model=agent.processor.model_filename)
    return running


def give_up(reason: str) -> None:
    """One line on stderr, exit code 1: Sanic would swallow an exception here and serve on."""
    sys.stderr.write(f"rapport: {reason}\n")
    sys.stderr.flush()
    os._exit(1)


async def end(app: Sanic) -> None:
    """Finish what is under way and let go of the rest: its rows bring it back."""
    running: Any = getattr(app.ctx, "rapport", None)
    if running is not None:
        await running.close()
