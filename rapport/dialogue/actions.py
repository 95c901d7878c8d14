"""Custom actions in the dialogue's own process: no second server, no network, the turn's transaction."""

from __future__ import annotations

import copy
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from rapport.dialogue import turn


class InProcessActions(EndpointConfig):
    """Where Rasa would call an action server, the actions of the package `actions` are run directly."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        # Rasa would check each answer against a JSON schema, most of a turn's time; these are our own.
        RemoteAction._validate_action_result = _trusted

    async def request(self, *_: Any, json: Any = None, **__: Any) -> Any:
        """The action's events and responses, as an action server would answer them.

        What the action raises is also kept on the running turn, since Rasa would go on without it.
        """
        try:
            return await self._executor.run(copy.copy(json))
        except ActionExecutionRejection as rejection:
            body = f'{{"action_name": "{rejection.action_name}", "error": "rejected"}}'
            raise ClientResponseError(400, "rejected", body) from rejection
        except Exception as error:
            running = turn.current()
            if running is not None and running.failure is None:
                running.failure = error
            raise


def _trusted(_: RemoteAction, __: Any) -> bool:
    return True
