"""Rasa's output channel: keeps what is said for the end of the turn, sends nothing, never raises."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from rapport.conversation.replies import BotMessage, Button
from rapport.dialogue import turn


class TurnOutput(OutputChannel):
    """Adds each utterance to the running turn; the outbox gets them with the turn's commit."""

    @classmethod
    def name(cls) -> str:
        """The channel's name, the same everywhere: Rasa matches on it."""
        return "whatsapp"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One utterance: text, buttons, quick replies, image and custom `location` together."""
        running = turn.current()
        if running is None:
            raise RuntimeError("a reply outside of a turn has no outbox to go to")
        running.replies.append(_bot_message(message))


def _bot_message(message: dict[str, Any]) -> BotMessage:
    offered = [*(message.get("buttons") or []), *(message.get("quick_replies") or [])]
    custom = message.get("custom") or {}
    return BotMessage(
        text=(message.get("text") or "").strip(),
        buttons=tuple(_button(button) for button in offered),
        image=message.get("image") or None,
        location=custom.get("location"),
    )


def _button(button: dict[str, Any]) -> Button:
    return Button(
        title=str(button.get("title") or ""),
        payload=str(button.get("payload") or button.get("title") or ""),
        description=str(button.get("description") or ""),
    )
