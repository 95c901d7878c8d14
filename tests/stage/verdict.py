"""What came of a message, held against what was expected and against how Rapport speaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapport.vocabulary import InboxState
from tests.service import text_of, titles_of
from tests.stage.script import Expected

SHORT_ENOUGH = 420
"""design/voice.md, 2: about 300 characters; a list of plans or a tracking address may add to them."""
NEVER_SAID = {
    "an exclamation mark": r"!",
    "regrets": r"(?i)\bunfortunately\b|\bwe regret\b",
    "an unfilled blank": r"[{}]|\bNone\b|\bnull\b",
    "more than one emoji": "[\U0001f300-\U0001faff].*[\U0001f300-\U0001faff]",
    "a command": r"/[a-z_]+\{",
    "capitals for emphasis": r"(?<![-\w])(?!(?:STOP|ALL|ALLES|BAJA|TOTAL|SAIR|TUDO|SEMUA)\b)[A-Z]{4,}(?![-\w])",
}
"""design/voice.md, 11 and its neighbours: holds for every reply."""


@dataclass(frozen=True)
class Heard:
    """What came of one message."""

    replies: tuple[dict[str, Any], ...]
    intent: str | None
    language: str | None
    state: str
    consent: dict[str, str]
    cases: tuple[str, ...]
    handover: str

    @property
    def said(self) -> str:
        """All texts of the replies."""
        return "\n".join(text_of(reply) for reply in self.replies)

    @property
    def titles(self) -> list[str]:
        """All that can be tapped."""
        return [title for reply in self.replies for title in titles_of(reply)]

    @property
    def shown(self) -> str:
        """Whatever the customer can read of the replies, choices included."""
        return json.dumps([reply["payload"] for reply in self.replies], ensure_ascii=False)


def faults(expected: Expected, heard: Heard) -> Iterator[str]:
    """Every difference, each with what was expected and what was found."""
    yield from _faults_of_words(expected, heard)
    yield from _faults_of_state(expected, heard)
    for name, pattern in NEVER_SAID.items():
        found = re.search(pattern, heard.said)
        if found:
            yield _fault("no reply ever", f"has {name}", found[0])
    for reply in heard.replies:
        if len(text_of(reply)) > SHORT_ENOUGH:
            yield _fault("a reply", f"of at most {SHORT_ENOUGH} characters", len(text_of(reply)))


def _faults_of_words(expected: Expected, heard: Heard) -> Iterator[str]:
    folded = heard.said.casefold()
    for part in expected.contains:
        if part.casefold() not in folded:
            yield _fault("contains", part, heard.said)
    for part in expected.lacks:
        if part.casefold() in heard.shown.casefold():
            yield _fault("lacks", part, heard.shown)
    for pattern in expected.matches:
        if not re.search(pattern, heard.said):
            yield _fault("matches", pattern, heard.said)
    if expected.choices is not None and not _are_choices(expected.choices, heard.titles):
        yield _fault("choices", list(expected.choices), heard.titles)
    if len(heard.replies) != expected.messages:
        yield _fault("messages", expected.messages, len(heard.replies))


def _are_choices(wanted: tuple[str, ...], titles: list[str]) -> bool:
    """The same number in the same order, each with the words wanted in its title; `*` is any title."""
    pairs = zip(wanted, titles, strict=False)
    return len(wanted) == len(titles) and all(_is_title(w, t) for w, t in pairs)


def _is_title(wanted: str, title: str) -> bool:
    return wanted == "*" or wanted.casefold() in title.casefold()


def _faults_of_state(expected: Expected, heard: Heard) -> Iterator[str]:
    if heard.state == InboxState.FAILED.value:
        yield _fault("the message", "answered", "given up")
    if expected.intent not in {None, heard.intent}:
        yield _fault("intent", expected.intent, heard.intent)
    if expected.language not in {None, heard.language}:
        yield _fault("language", expected.language, heard.language)
    if expected.handover not in {None, heard.handover}:
        yield _fault("handover", expected.handover, heard.handover)
    for topic, state in expected.consent.items():
        if heard.consent[topic] != state:
            yield _fault(f"consent to {topic}", state, heard.consent[topic])
    wanted = expected.case_opened
    if wanted is not None and not _is_case(wanted, heard.cases):
        yield _fault("case_opened", wanted, list(heard.cases))


def _is_case(wanted: str | bool, topics: tuple[str, ...]) -> bool:
    return bool(topics) is wanted if isinstance(wanted, bool) else topics == (wanted,)


def _fault(what: str, expected: object, found: object) -> str:
    return f"        expected  {what}: {expected}\n        found     {found!r}"
