"""The business's own doors on Rasa's server, for `rasa run`: `POST /events` and `GET /health`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint

from rapport.door import routes
from rapport.settings import Settings, load


class BusinessDoors(InputChannel):
    """Business events in, health out; a channel to Rasa, so that `rasa run` serves it too."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "business"

    def url_prefix(self) -> str:
        """At the root of the server."""
        return "/"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """The doors, with the key from the environment."""
        return cls(load())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The two routes."""
        return routes.business(self._settings)
