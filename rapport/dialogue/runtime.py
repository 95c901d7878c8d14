"""What runs beside Rasa's web server: the engine, the turns' own thread, the sender."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import structlog
from rasa.core.agent import Agent

from rapport.conversation import files, presence, sender
from rapport.conversation.engine import Engine
from rapport.conversation.sender import Pacer, Post
from rapport.dialogue import turns, waiting
from rapport.dialogue.turns import Outcome
from rapport.door import desk
from rapport.errors import SendError
from rapport.settings import Settings
from rapport.whatsapp import client
from rapport.whatsapp.client import Cloud

log = structlog.get_logger()

BUSY_POLLS, BUSY_SECONDS = 25, 0.02


class TurnLoop:
    """An event loop in a thread of its own: a turn's computing and its database keep no webhook waiting."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="turns", daemon=True)
        self._thread.start()

    async def run(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The result of a coroutine that ran over there."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def stop(self) -> None:
        """End the thread; a turn that is cut off has not happened."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)


@dataclass
class Runtime:
    """One dialogue at work."""

    settings: Settings
    agent: Agent
    sessions: Any
    database_url: str
    cloud: Cloud
    turn_loop: TurnLoop
    open_clients: AsyncExitStack
    post: Post = field(init=False)
    engine: Engine = field(init=False)
    tasks: list[asyncio.Future[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        per_second = self.settings.messages_per_second
        self.post = Post(
            self.sessions,
            self.cloud,
            self.settings.phone_number_id,
            per_second,
            Pacer(per_second * sender.PACE),
        )
        self.engine = Engine(
            self.database_url, self.sessions, drain=self.drain, pump=self.pump, fetch=self.fetch
        )

    def begin(self) -> None:
        """Take work, and be seen at it."""
        model = str(self.agent.processor.model_filename)
        tasks = self.engine.run(), presence.show(self.database_url, model)
        self.tasks = [asyncio.ensure_future(task) for task in tasks]

    async def close(self) -> None:
        """Finish what is under way and let go of the rest: its rows bring it back."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.turn_loop.stop()
        await self.open_clients.aclose()

    async def drain(self, shard: int) -> None:
        """Answer every customer of a shard who is waiting."""
        while customers := await asyncio.to_thread(waiting.customers, self.sessions, shard):
            await asyncio.gather(*(self._serve(customer_id) for customer_id in customers))

    async def pump(self, shard: int) -> None:
        """Send what is due in a shard."""
        await sender.pump(self.post, shard)

    async def fetch(self, media_id: str) -> None:
        """Fetch one file."""
        await files.fetch(self.sessions, self.cloud, self.settings.data_dir / "media", media_id)

    async def _serve(self, customer_id: int) -> None:
        if not self.agent.is_ready():
            raise RuntimeError("no model is loaded; run: rasa train")
        typing = asyncio.ensure_future(self._show_typing(customer_id))
        for _ in range(BUSY_POLLS):
            outcome = await self.turn_loop.run(
                turns.serve(self.agent.processor, self.sessions, customer_id)
            )
            if outcome is not Outcome.BUSY:
                break
            await asyncio.sleep(BUSY_SECONDS)
        if outcome in (Outcome.ANSWERED, Outcome.FAILED):
            self.engine.waker.wake_sends([customer_id])
        await typing

    async def _show_typing(self, customer_id: int) -> None:
        """Ticks and "typing" when a turn starts; a courtesy that may fail."""
        try:
            wamid = await asyncio.to_thread(waiting.newest_wamid, self.sessions, customer_id)
            if wamid:
                await self.cloud.mark_read(wamid, typing=True)
        except SendError as error:
            log.info("typing.failed", customer_id=customer_id, code=error.code)


async def start(settings: Settings, agent: Agent) -> Runtime:
    """A dialogue at work. Raises RapportError when the database or its schema is not right."""
    url, sessions = desk.connect(settings)
    clients = AsyncExitStack()
    cloud = await clients.enter_async_context(client.connected(settings))
    runtime = Runtime(settings, agent, sessions, url, cloud, TurnLoop(), clients)
    with sessions.begin() as session:
        sender.resume(session, settings.phone_number_id)
    runtime.begin()
    return runtime
