"""The trained model for tests, and a conversation with it in process: text in, replies out."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapport.dialogue import light, models, turn
from rapport.understanding import guard as guards
from rapport.understanding.guard import Guard


def trained_model() -> Path:
    """Path of the model for the present data, trained at most once however many ask."""
    trained_guard()
    with alone_with("model"):
        return models.model_for() or models.train()


def trained_guard() -> Guard:
    """The stop guard for the present data, trained at most once however many ask."""
    with alone_with("guard"):
        return guards.ensure()


@contextmanager
def alone_with(what: str) -> Iterator[None]:
    """Other workers and other runs wait until this one is done."""
    folder = models.path_for().parent
    folder.mkdir(exist_ok=True)
    with (folder / f".{what}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass
class Said:
    """What came of one message."""

    text: str
    buttons: list[dict[str, str]]
    intent: str
    confidence: float

    def __contains__(self, part: str) -> bool:
        return part in self.text


@dataclass
class Chat:
    """A customer talking to the assistant, one transaction a turn, at a moment of the test's choosing."""

    sessions: Any
    customer_id: int
    now: datetime
    turns: int = 0
    last: Said | None = field(default=None)

    def say(self, text: str) -> Said:
        """The assistant's answer to a typed message."""
        return self._turn(text, None)

    def tap(self, title: str) -> Said:
        """The assistant's answer to a tap on a button or row of its last message."""
        assert self.last is not None
        payload = next(b["payload"] for b in self.last.buttons if b["title"] == title)
        return self.send(payload, title)

    def send(self, payload: str, title: str = "") -> Said:
        """The answer to an exact payload, as the channel delivers a tap."""
        return self._turn(title, parse(payload, title))

    def mumble(self, text: str, *readings: str) -> Said:
        """The answer to a text the model is unsure about, `readings` being its guesses."""
        ranking = [{"name": name, "confidence": 0.2} for name in readings]
        unsure = {"name": "nlu_fallback", "confidence": 0.4}
        parse = {"text": text, "intent": unsure, "entities": []}
        return self._turn(text, {**parse, "intent_ranking": [unsure, *ranking]})

    def hear(self, text: str, intent: str, **entities: str) -> Said:
        """The answer to a text that was understood so, rightly or wrongly."""
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        taken = {"name": intent, "confidence": 0.9}
        parse = {"text": text, "intent": taken, "intent_ranking": [taken], "entities": found}
        return self._turn(text, parse)

    def _turn(self, text: str, exact: dict[str, Any] | None) -> Said:
        self.turns += 1
        wamid = f"wamid.{id(self)}.{self.turns}"
        with self.sessions.begin() as session:
            running = turn.Turn(session, self.customer_id, self.now, wamid)
            with turn.running(running):
                self.last = asyncio.run(answered(text, exact, str(self.customer_id), id(self)))
            if running.failure:
                raise running.failure
        return self.last


def parse(payload: str, title: str) -> dict[str, Any]:
    """Rasa's parse of a tap: certain, with the payload's entities."""
    import json

    name, _, rest = payload.lstrip("/").partition("{")
    entities = json.loads("{" + rest) if rest else {}
    return {
        "text": title,
        "intent": {"name": name, "confidence": 1.0},
        "intent_ranking": [],
        "entities": [{"entity": key, "value": value} for key, value in entities.items()],
    }


async def answered(text: str, exact: dict[str, Any] | None, sender: str, chat: int) -> Said:
    """One message through Rasa: understanding, rules, actions in process."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    agent = loaded_agent()  # before anything else imports Rasa: it leaves TensorFlow out

    from rapport.dialogue import reading

    exact = exact or await reading.understood(agent.processor, text)
    channel = CollectingOutputChannel()
    message = UserMessage(text, channel, f"{sender}-{chat}", parse_data=exact)
    await agent.handle_message(message)
    tracker = await agent.tracker_store.retrieve(f"{sender}-{chat}")
    heard = tracker.latest_message
    buttons = [button for said in channel.messages for button in said.get("buttons") or []]
    return Said(
        text="\n\n".join(said["text"] for said in channel.messages if said.get("text")),
        buttons=buttons,
        intent=heard.intent.get("name"),
        confidence=heard.intent.get("confidence"),
    )


@lru_cache(maxsize=1)
def loaded_agent() -> Any:
    """The model with its actions in process and trackers in memory."""
    light.leave_out_unused()
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import InMemoryTrackerStore

    from rapport.dialogue.actions import InProcessActions

    agent = Agent.load(str(trained_model()), action_endpoint=InProcessActions())
    agent.tracker_store = InMemoryTrackerStore(agent.domain)
    agent.processor.tracker_store = agent.tracker_store
    return agent


@contextmanager
def conversation(sessions: Any, customer_id: int, now: datetime) -> Iterator[Chat]:
    """A fresh conversation."""
    yield Chat(sessions, customer_id, now)
