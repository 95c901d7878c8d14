"""What was heard, what is said, and the question that is still open: what a skill works with."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from rapport import wording
from rapport.customers import history, naming
from rapport.dialogue import phrases, turn
from rapport.understanding import language

Button = dict[str, str]
PLAIN, NAME_WORDS = 0.8, 3
"""Confidence from which more than three words are a wish of their own."""
ANSWERS = frozenset(
    {"affirm", "deny", "thank", "greet", "praise", "small_talk", "nlu_fallback", "out_of_scope"}
)
"""What an answer to a question may look like."""
SHORT = 5
"""Words up to which a message that begins with "no" answers what was asked, whatever it sounds like."""
CLAUSE = re.compile(r"[,.;!–—\n]")
NEARLY = 0.9999
"""The most that a typed message can be understood for certain."""


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

    def as_wish(self) -> dict[str, Any]:
        """Plain data from which `of_wish` makes the same again."""
        return {"text": self.text, "intent": self.intent, "found": self.found}

    def of_wish(self, wish: dict[str, Any]) -> Heard:
        """What was heard before, as if it was said now."""
        found = tuple((name, value) for name, value in wish["found"])
        return replace(self, text=wish["text"], intent=wish["intent"], found=found)

    @property
    def entities(self) -> dict[str, str]:
        """Each entity with its first value."""
        return dict(reversed(self.found))

    def all(self, entity: str) -> list[str]:
        """Every value of an entity, each once, in the order they were said."""
        return list(dict.fromkeys(value for name, value in self.found if name == entity))

    def is_another_wish(self, skill: str) -> bool:
        """Whether a typed message plainly asks for something else than what `skill` wants to know.

        A name or a number alone, whatever it looks like, does not.
        """
        is_plain = PLAIN <= self.confidence < 1.0 and len(naming.words(self.text)) > NAME_WORDS
        return is_plain and self.intent not in {skill, *ANSWERS}

    @property
    def is_exact(self) -> bool:
        """True for a tap on a button or row, which names its intent itself."""
        return self.confidence >= 1.0


@dataclass(frozen=True)
class Question:
    """What we asked last: which skill wants to know, what, and all it needs to go on.

    `interrupted`: how often something else was answered since it was asked; `later`: wishes that
    are answered when it is settled, because they have a question of their own.
    """

    skill: str
    asks: str
    about: dict[str, Any] = field(default_factory=dict)
    interrupted: int = 0
    later: list[dict[str, Any]] = field(default_factory=list)

    def as_slot(self) -> dict[str, Any]:
        """Plain data for the slot `open_question`."""
        return asdict(self)


@dataclass(frozen=True)
class Reply:
    """One message to the customer.

    `subject`: what "it" means from now on, None to leave that as it was; `skill`: whose answer it is.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    question: Question | None = None
    subject: dict[str, Any] | None = None
    skill: str | None = None


@dataclass(frozen=True)
class Context:
    """All a skill may use to answer: the turn, who writes, what they said, what was said before.

    `is_correction`: the same wish as before, for the order or product that is now named.
    """

    turn: turn.Turn
    profile: history.Profile
    heard: Heard
    question: Question | None
    subject: dict[str, Any]
    question_before: Question | None = None
    is_correction: bool = False

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

    @property
    def begins_with_no(self) -> bool:
        """Whether a short typed message begins with "no", thus "no, the flask" too."""
        said = naming.words(self.heard.text)
        is_typed = not self.heard.is_exact and 0 < len(said) <= SHORT
        return is_typed and said[0] in self.words("words.negations")

    def opens_with(self, key: str) -> bool:
        """Whether a typed message has one word of that key and, behind a comma or a full stop, something else: "no, the lamp"."""
        first, *rest = CLAUSE.split(self.heard.text, maxsplit=1)
        said = naming.words(first)
        is_two = bool(rest) and len(said) == 1 and not self.heard.is_exact
        return is_two and said[0] in self.words(key)

    def says_no_more_than(self, key: str) -> bool:
        """Whether the message is one of the phrases of that key, in any language, and at most a softener."""
        return any(
            naming.is_no_more_than(
                self.heard.text,
                phrases.phrase(key, spoken).split("/"),
                phrases.phrase("words.soft", spoken),
            )
            for spoken in language.SPOKEN
        )

    @property
    def locale(self) -> str:
        """How numbers are written where this customer is: a locale Babel knows."""
        return wording.locale_of(self.language, self.profile.country)

    def money(self, value: wording.Money) -> str:
        """An amount as the customer reads it."""
        return wording.money(value, self.locale)


def heard(message: dict[str, Any]) -> Heard:
    """The newest message out of Rasa's parse of it."""
    intent = message.get("intent") or {}
    ranking = message.get("intent_ranking") or []
    wish = message.get("wish") or {}
    certainty = float(intent.get("confidence") or 0.0)
    return Heard(
        text=message.get("text") or "",
        intent=intent.get("name") or "",
        # A guess among several is never as good as a tap, however it is rounded.
        confidence=min(certainty, NEARLY) if len(ranking) > 1 else certainty,
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
