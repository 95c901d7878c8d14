"""Conversations as plain YAML: who writes, what is on file, what is said, what is expected.

What a file may hold stands in tests/conversations/order_status.yml, which uses most of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapport.customers.contract.types import OF_EVERYBODY, TYPES
from rapport.vocabulary import TOPICS, ConsentState, Handover
from tests.stage.lined import BadScript, Lined, parsed
from tests.stage.short_form import MOMENT, OFFER, SENT

FOLDER = Path(__file__).parents[1] / "conversations"
WHO = {
    "stranger": {"known": False},
    "customer": {},
    "verified customer": {"verified": True},
}
KINDS = ("happy path", "correction", "interruption", "refusal")
GIVEN = frozenset({*TYPES, OFFER, SENT})
MEDIA = ("image", "audio", "video", "sticker", "document", "location", "contacts")

Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Expected:
    """What has to come of one message. None: not looked at."""

    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    choices: tuple[str, ...] | None = None
    messages: int = 1
    intent: str | None = None
    language: str | None = None
    consent: dict[str, str] = field(default_factory=dict)
    case_opened: str | bool | None = None
    handover: str | None = None
    silent: bool = False


@dataclass(frozen=True)
class Step:
    """What the customer does and what has to come of it. `does`: says, taps, sends or writes."""

    line: int
    does: str
    what: Any
    caption: str
    expects: Expected


@dataclass(frozen=True)
class Conversation:
    """One customer's chat from its first word. `shows`: which of KINDS it is an example of, for its file's skill."""

    path: Path
    line: int
    number: int
    name: str
    who: dict[str, Any]
    given: tuple[dict[str, Any], ...]
    chat: tuple[Step, ...]
    shows: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """`order_status: Which of three orders`."""
        return f"{self.path.stem}: {self.name}"

    @property
    def phone(self) -> str:
        """A number of its own, of no real exchange."""
        return f"155502{self.number:05d}"

    @property
    def language(self) -> str:
        """The customer's language, without its country."""
        return str(self.who.get("language", "en")).partition("-")[0]

    @property
    def customer(self) -> str:
        """The business's id of its customer."""
        return str(self.who.get("demo") or f"T-{self.number}")


def conversations(folder: Path = FOLDER) -> list[Conversation]:
    """Every conversation of a folder, in order of file and line. Raises BadScript."""
    found: list[Conversation] = []
    for path in sorted(folder.glob("*.yml")):
        found += _conversations_of(path, len(found) + 1)
    _check_apart(found)
    return found


def _conversations_of(path: Path, first: int) -> list[Conversation]:
    items = parsed(path)
    if not isinstance(items, list) or not items:
        raise BadScript(f"{path.name}:1: not a list of conversations, each with a name")
    return [_conversation(path, item, first + place) for place, item in enumerate(items)]


def _conversation(path: Path, item: Any, number: int) -> Conversation:
    readers = {
        "name": text,
        "shows": kinds,
        "who": who,
        "given": given,
        "chat": lambda steps: _chat(path, steps),
    }
    read = _fields(path, item, readers, "a conversation", needs=("name", "who", "chat"))
    read["given"] = tuple(read.get("given", ()))
    return Conversation(path, item.line, number, **read)


def _chat(path: Path, steps: Any) -> tuple[Step, ...]:
    if not isinstance(steps, list) or not steps:
        raise ValueError("not a list of messages")
    return tuple(_step(path, step) for step in steps)


def _step(path: Path, item: Any) -> Step:
    readers = {**DOES, "caption": text, "expects": lambda wish: _expected(path, wish)}
    read = _fields(path, item, readers, "a message", needs=("expects",))
    does = [key for key in read if key in DOES]
    if len(does) != 1:
        raise BadScript(f"{path.name}:{item.line}: a message has one of {', '.join(DOES)}")
    if "caption" in read and does != ["sends"]:
        raise BadScript(f"{path.name}:{item.line}: only what is sent has a caption")
    return Step(item.line, does[0], read[does[0]], read.get("caption", ""), read["expects"])


def _expected(path: Path, wish: Any) -> Expected:
    read = _fields(path, wish, EXPECTS, "expects")
    if not read:
        raise ValueError("nothing is expected")
    return Expected(**{**read, "messages": 0} if read.get("silent") else read)


def _fields(
    path: Path, item: Any, readers: dict[str, Reader], what: str, needs: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The values of a mapping, each read by its key's reader; an unknown or missing key is refused."""
    if not isinstance(item, Lined):
        raise ValueError(f"{what} has keys: {', '.join(readers)}")
    read = {}
    for key, value in item.items():
        place = f"{path.name}:{item.lines[key]}: {key}"
        if key not in readers:
            raise BadScript(f"{place} is no key of {what}; there are {', '.join(readers)}")
        try:
            read[key] = readers[key](value)
        except BadScript:
            raise
        except ValueError as error:
            raise BadScript(f"{place}: {error}") from error
    missing = [key for key in needs if key not in read]
    if missing:
        raise BadScript(f"{path.name}:{item.line}: {what} needs {', '.join(missing)}")
    return read


def _check_apart(found: list[Conversation]) -> None:
    """All of them share one business: names, order numbers and demo customers are each one's own."""
    owners: dict[tuple[str, str], Conversation] = {}
    for conversation in found:
        for claim in _claims(conversation):
            other = owners.setdefault(claim, conversation)
            if other is not conversation:
                place = f"{conversation.path.name}:{conversation.line}"
                raise BadScript(f"{place}: {' '.join(claim)} is in “{other.id}” already")


def _claims(conversation: Conversation) -> list[tuple[str, str]]:
    orders = {event["data"].get("order_id") for event in conversation.given} - {None}
    demo = conversation.who.get("demo")
    claims = [("name", conversation.id), *(("order", order_id) for order_id in sorted(orders))]
    return [*claims, ("customer", demo)] if demo else claims


# Readers: a value as it stands in the file → as it is used. Each raises ValueError.


def text(value: Any) -> str:
    """Words; a bare number counts as what was typed."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise ValueError("not a text; put it in quotes")
    return str(value)


def texts(value: Any) -> tuple[str, ...]:
    """One text or a list of them."""
    return tuple(text(item) for item in (value if isinstance(value, list) else [value]))


def patterns(value: Any) -> tuple[str, ...]:
    """Regular expressions that compile."""
    for pattern in texts(value):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
    return texts(value)


def one_of(*words: str) -> Reader:
    """Reads one of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return str(value)

    return read


def kinds(value: Any) -> frozenset[str]:
    """What a conversation is an example of."""
    return frozenset(one_of(*KINDS)(kind) for kind in texts(value))


def number(value: Any) -> int:
    """A count."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def consent(value: Any) -> dict[str, str]:
    """Topic to state."""
    states = [state.value for state in ConsentState]
    if not isinstance(value, dict) or not set(value) <= set(TOPICS):
        raise ValueError(f"topics are {', '.join(TOPICS)}")
    return {topic: one_of(*states)(state) for topic, state in value.items()}


def who(value: Any) -> dict[str, Any]:
    """Who writes: one of three words, or the details."""
    if isinstance(value, str):
        return dict(WHO[one_of(*WHO)(value)])
    if not isinstance(value, Lined) or not set(value) <= set(DETAILS):
        raise ValueError(f"one of {', '.join(WHO)}, or {', '.join(DETAILS)}")
    return {key: DETAILS[key](detail) for key, detail in value.items()}


def given(value: Any) -> list[dict[str, Any]]:
    """Business events in short form: `- order.placed: {…}` with `at: -3d`; and `offer` and `sent`, which are none."""
    if not isinstance(value, list):
        raise ValueError("not a list of business events")
    return [_event(item) for item in value]


def _event(item: Any) -> dict[str, Any]:
    kinds = [key for key in item if key != "at"] if isinstance(item, dict) else []
    if len(kinds) != 1 or kinds[0] not in GIVEN or not isinstance(item[kinds[0]], dict):
        raise ValueError(f"“{' '.join(kinds)}” is no business event; there are {', '.join(TYPES)}")
    if not MOMENT.fullmatch(str(item.get("at"))):
        raise ValueError(f"{kinds[0]} needs at, like -3d or -2h or “-1d 18:00”")
    is_personal = kinds[0] not in OF_EVERYBODY
    return {"type": kinds[0], "at": item["at"], "data": item[kinds[0]], "is_personal": is_personal}


DOES: dict[str, Reader] = {
    "says": text,
    "taps": text,
    "sends": one_of(*MEDIA),
    "writes": texts,
}
EXPECTS: dict[str, Reader] = {
    "contains": texts,
    "lacks": texts,
    "matches": patterns,
    "choices": texts,
    "messages": number,
    "intent": text,
    "language": text,
    "consent": consent,
    "case_opened": lambda value: value if isinstance(value, bool) else text(value),
    "handover": one_of(*(state.value for state in Handover)),
    "silent": flag,
}
DETAILS: dict[str, Reader] = {
    "demo": text,
    "known": flag,
    "verified": flag,
    "username": flag,
    "name": text,
    "language": text,
    "timezone": text,
    "country": text,
    "email": text,
}
