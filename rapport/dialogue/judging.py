"""Where the stop guard and the classifier hear different things, the guard's word counts."""

from __future__ import annotations

from typing import Any

from rapport.conversation import stops
from rapport.understanding.guard import Decision

FAMILIES = {
    "opt_out": ("opt_out",),
    "opt_in": ("resume_messages", "opt_in"),
    "pause": ("pause_messages", "fewer_messages"),
    "help": ("help",),
}
"""Verdict to the intents it may be, the first one where the classifier heard none of them."""

SURE = 0.7
"""Confidence from which the classifier's reading settles a message that the guard only wonders about."""
CLEAR = 0.9
"""Likelihood that nothing was asked from which the guard outweighs the classifier."""
LIKELY = 0.5
"""Chance up to which help is left to the classifier ("I need help with my bill"), and from which a stop is taken seriously."""
ANSWERED = frozenset({"privacy_delete", "privacy_what_you_know", "why_this_message"})
"""Wishes that often hold a stop ("delete my data and never write again"): it is obeyed, they are answered."""
UNSETTLED = frozenset({"nlu_fallback", "out_of_scope", "deny", "goodbye", "complaint"})
"""Readings that settle nothing: people who have enough sound like this too."""


def judged(parse: dict[str, Any], made: Decision | None) -> dict[str, Any]:
    """The parse with the guard's wish in it: `wish` {"verdict", "is_doubtful", "topics"} and the intent it means.

    A doubtful message keeps the classifier's intent, so that an open question may explain the words. A stop
    that the classifier alone hears is doubtful, unless it is a mere guess and the guard sure of the contrary.
    """
    if made is None:
        return parse
    is_doubtful = _is_heard_alone(parse, made) or (
        made.is_doubtful and not _is_settled(parse, made)
    )
    wish = {"verdict": made.verdict, "is_doubtful": is_doubtful, "topics": list(made.topics)}
    parse = {**parse, "wish": wish}
    if made.verdict is None or is_doubtful or _is_left(parse, made):
        return parse
    ranked = {"name": _meant(parse, made.verdict), "confidence": made.confidence}
    entities = parse["entities"] if made.verdict != "opt_out" else _topics(parse, made)
    return {**parse, "intent": ranked, "entities": entities}


def _is_heard_alone(parse: dict[str, Any], made: Decision) -> bool:
    """Whether the classifier hears a stop where the guard hears nothing."""
    chance = float(parse["intent"].get("confidence") or 0.0)
    is_heard = made.verdict is None and parse["intent"].get("name") == "opt_out"
    return is_heard and (chance >= LIKELY or made.confidence < CLEAR)


def _is_settled(parse: dict[str, Any], made: Decision) -> bool:
    """A doubt without a verdict, beside a sure and definite reading."""
    intent = parse["intent"]
    is_sure = float(intent.get("confidence") or 0.0) >= SURE and made.confidence > LIKELY
    return made.verdict is None and is_sure and intent.get("name") not in UNSETTLED


def _is_left(parse: dict[str, Any], made: Decision) -> bool:
    """Whether the classifier's reading stands: it hears a wish more definite than help or "write to me"
    ("tell me when the price falls"), or one that asks for an answer besides the stop. Never against a bare word.
    """
    name, confidence = parse["intent"].get("name"), float(parse["intent"].get("confidence") or 0.0)
    if made.verdict == "opt_out" and name in ANSWERED and confidence >= SURE:
        return made.confidence < 1.0
    if made.verdict == "opt_in" and name not in UNSETTLED and confidence >= LIKELY:
        return made.confidence < 1.0
    is_understood = name not in {None, "nlu_fallback"}
    return made.verdict == "help" and made.confidence < LIKELY and is_understood


def _meant(parse: dict[str, Any], verdict: str) -> str:
    heard, family = parse["intent"].get("name"), FAMILIES[verdict]
    return str(heard) if heard in family else family[0]


def _topics(parse: dict[str, Any], made: Decision) -> list[dict[str, Any]]:
    others = [found for found in parse["entities"] if found["entity"] != "topic"]
    whole = {"start": 0, "end": len(parse["text"]), "extractor": stops.__name__}
    return [*others, *({"entity": "topic", "value": topic, **whole} for topic in made.topics)]
