"""WhatsApp's door on Rasa's server, for `rasa run`: the same routes, with the dialogue beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic

from rapport.dialogue import checks, life
from rapport.dialogue.output import TurnOutput
from rapport.door import routes
from rapport.settings import Settings, load


class WhatsAppInput(InputChannel):
    """Meta's webhook at `/webhooks/whatsapp/webhook`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """The channel's name, the same everywhere: Rasa matches on it."""
        return "whatsapp"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The channel from the environment. Ends the start when a class of ours cannot be loaded."""
        checks.check_classes()
        return cls(load())

    def get_output_channel(self) -> OutputChannel:
        """Where replies go: into the running turn."""
        return TurnOutput()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes and the life of what runs beside them."""
        door = routes.whatsapp(self._settings)
        settings = self._settings

        @door.listener("before_server_start")
        async def bound(app: Sanic, _: Any) -> None:
            routes.bound(app)

        @door.listener("after_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            await life.begin(app, settings)

        @door.listener("before_server_stop")
        async def end(app: Sanic, _: Any) -> None:
            await life.end(app)

        return door
