"""What all skills share: what was heard, what is said, and the question that is still open."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from rapport import wording
from rapport.consent import ledger
from rapport.customers import history, naming
from rapport.dialogue import phrases, turn

Button = dict[str, str]


@dataclass(frozen=True)
class Heard:
    """The customer's message as it was understood. `is_exact`: tapped, so there is nothing to guess.

    `is_foreign`: in a language we do not speak; `language_before`: the one spoken until this message.
    `wish`: what the stop guard heard (opt_out, opt_in, pause, help), about `wished_topics`; `is_doubtful`: perhaps.
    """

    text: str
    intent: str
    confidence: float
    found: tuple[tuple[str, str], ...]
    ranking: tuple[tuple[str, float], ...]
    type: str = "text"
    is_foreign: bool = False
    language_before: str | None = None
    wish: str | None = None
    is_doubtful: bool = False
    wished_topics: tuple[str, ...] = ()

    @property
    def is_stop(self) -> bool:
        """A stop beyond doubt, which no open question explains."""
        return self.wish == "opt_out" and not self.is_doubtful

    @property
    def entities(self) -> dict[str, str]:
        """Each entity with its first value."""
        return dict(reversed(self.found))

    def all(self, entity: str) -> list[str]:
        """Every value of an entity, each once, in the order they were said."""
        return list(dict.fromkeys(value for name, value in self.found if name == entity))

    @property
    def is_exact(self) -> bool:
        """True for a tap on a button or row, which names its intent itself."""
        return self.confidence >= 1.0


@dataclass(frozen=True)
class Question:
    """What we asked last: which skill wants to know, what, and all it needs to go on."""

    skill: str
    asks: str
    about: dict[str, Any] = field(default_factory=dict)

    def as_slot(self) -> dict[str, Any]:
        """Plain data for the slot `open_question`."""
        return {"skill": self.skill, "asks": self.asks, "about": self.about}


@dataclass(frozen=True)
class Reply:
    """One message to the customer. `subject`: what "it" means from now on, None to leave that as it was."""

    text: str
    buttons: tuple[Button, ...] = ()
    question: Question | None = None
    subject: dict[str, str] | None = None


@dataclass(frozen=True)
class Context:
    """All a skill may use to answer: the turn, who writes, what they said, what was said before."""

    turn: turn.Turn
    profile: history.Profile
    heard: Heard
    question: Question | None
    subject: dict[str, str]
    question_before: Question | None = None

    @property
    def language(self) -> str:
        """The language to answer in: the customer's own where there are phrases for it."""
        own = (self.profile.language or "").split("-")[0].lower()
        return own if phrases.phrases(own) else phrases.DEFAULT_LANGUAGE

    @property
    def calendar(self) -> wording.Calendar:
        """Moments in the customer's own zone."""
        zone = wording.zone_of(self.profile.timezone)
        return wording.Calendar(self.turn.now, zone, self.language)

    def say(self, key: str, **values: object) -> str:
        """A sentence in the customer's language."""
        return phrases.say(key, self.language, **values)

    def button(self, key: str, payload: str, **values: object) -> Button:
        """A button with a title in the customer's language."""
        return {"title": self.say(key, **values), "payload": payload}

    def words(self, key: str) -> set[str]:
        """The words of that key, folded as `naming.words` folds what was said."""
        return set(naming.words(self.say(key)))

    def says_any(self, key: str) -> bool:
        """Whether the customer's message has one of the words of that key."""
        return bool(self.words(key) & set(naming.words(self.heard.text)))

    def money(self, value: wording.Money) -> str:
        """An amount as the customer reads it."""
        return wording.money(value, self.language)


class Skill(Action, ABC):
    """One intent, one answer. Before it answers, the question that is open gets its chance."""

    intent: ClassVar[str]
    needs_history: ClassVar[bool] = False
    needs_proof: ClassVar[bool] = False

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self.intent}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Any]:
        """Answer the newest message in one message of ours."""
        with turn.of(tracker.sender_id) as running:
            reply = respond(self, context_of(running, tracker))
            is_choosing = any(said.buttons for said in running.replies)
        dispatcher.utter_message(text=reply.text, buttons=list(reply.buttons) or None)
        return events_of(reply, is_choosing)

    @abstractmethod
    def answer(self, context: Context) -> Reply:
        """The reply to a message of this skill's intent."""

    def resume(self, context: Context, question: Question) -> Reply | None:
        """The reply to an answer to this skill's own question, None when it is not one."""
        return None


def respond(skill: Skill, context: Context) -> Reply:
    """An open question first, then the skill that was understood, within what this person may know."""
    question = context.question
    resumed = _resumed(context, question) if question is not None else None
    if resumed is not None:
        return resumed
    if context.heard.is_doubtful and not _is_asked_already(context):
        skill = skills()["doubt"]
    return perform(skill, replace(recalled(context), question=None, question_before=question))


def _resumed(context: Context, question: Question) -> Reply | None:
    """The answer to the open question. A stop is none; what is explained by it was no wish to be left alone."""
    heard = context.heard
    if heard.is_stop or (heard.is_doubtful and question.skill == "nlu_fallback"):
        return None
    reply = skills()[question.skill].resume(context, question)
    if reply is not None and heard.is_doubtful and question.skill != "doubt":
        ledger.void(
            context.turn.session,
            customer_id=context.profile.customer_id,
            voids=f"wamid:{context.turn.wamid}",
            method="explained",
            origin=f"explained:{context.turn.wamid}",
            at=context.turn.now,
            now=context.turn.now,
        )
    return reply


def _is_asked_already(context: Context) -> bool:
    """Whether consent is narrowed by a doubt that was asked about before, and not answered."""
    return ledger.is_in_doubt(
        context.turn.session,
        context.profile.customer_id,
        apart_from=f"wamid:{context.turn.wamid}",
    )


def recalled(context: Context) -> Context:
    """A tapped reading is about the words that were not understood before it."""
    question, heard = context.question, context.heard
    if question is None or question.skill != "nlu_fallback" or not heard.is_exact:
        return context
    return replace(context, heard=replace(heard, text=question.about.get("said", heard.text)))


def perform(skill: Skill, context: Context) -> Reply:
    """The skill's answer, or what has to come first: being a customer, proving to be the right one."""
    if (skill.needs_history or skill.needs_proof) and not context.profile.is_known:
        return stranger(context)
    if skill.needs_proof and not context.profile.is_verified:
        return skills()["step_up"].answer(context)
    return skill.answer(context)


def stranger(context: Context) -> Reply:
    """What somebody without a history hears when asking for one."""
    return Reply(
        context.say("stranger.no_history"), (context.button("button.person", "/ask_human"),)
    )


def context_of(running: turn.Turn, tracker: Tracker) -> Context:
    """What is known when a message arrives."""
    slot = tracker.get_slot("open_question")
    return Context(
        turn=running,
        profile=history.profile(running.session, running.customer_id, running.now),
        heard=heard(tracker.latest_message),
        question=Question(**slot) if slot else None,
        subject=tracker.get_slot("subject") or {},
    )


def heard(message: dict[str, Any]) -> Heard:
    """The newest message out of Rasa's parse of it."""
    intent = message.get("intent") or {}
    wish = message.get("wish") or {}
    ranking = message.get("intent_ranking") or []
    return Heard(
        text=message.get("text") or "",
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        found=tuple(
            (entity["entity"], str(entity["value"])) for entity in message.get("entities") or []
        ),
        ranking=tuple((row["name"], float(row["confidence"])) for row in ranking),
        type=(message.get("metadata") or {}).get("type") or "text",
        is_foreign=bool(message.get("is_foreign")),
        language_before=message.get("language_before"),
        wish=wish.get("verdict"),
        is_doubtful=bool(wish.get("is_doubtful")),
        wished_topics=tuple(wish.get("topics") or ()),
    )


def events_of(reply: Reply, is_choosing: bool) -> list[Any]:
    """What the tracker has to remember of a reply.

    `is_choosing`: an earlier reply of the same turn offers a choice, which stays on the table.
    """
    question = reply.question.as_slot() if reply.question else None
    events = [] if question is None and is_choosing else [SlotSet("open_question", question)]
    if reply.subject is not None:
        events.append(SlotSet("subject", reply.subject))
    return events


@functools.lru_cache(maxsize=1)
def skills() -> dict[str, Skill]:
    """Every skill by its intent."""
    return {kind.intent: kind() for kind in _kinds(Skill)}


def _kinds(parent: type[Skill]) -> list[type[Skill]]:
    found = []
    for kind in parent.__subclasses__():
        found += [kind] if "intent" in vars(kind) else []
        found += _kinds(kind)
    return found
