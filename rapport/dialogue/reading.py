"""What the customer meant: taps exactly, words through NLU, fragments of one thought joined."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.nlu.constants import INTENT_NAME_KEY

from rapport.conversation import arrivals, choices, stops, tongue
from rapport.db.conversation import Inbox
from rapport.dialogue import judging, second_look, spoken, wishes
from rapport.dialogue.output import TurnOutput
from rapport.dialogue.second_look import FALLBACK
from rapport.dialogue.turn import Turn
from rapport.understanding import care, guard_text, language

SENT = {
    "audio": "sent_audio",
    "image": "sent_image",
    "video": "sent_video",
    "document": "sent_document",
    "sticker": "sent_sticker",
    "location": "sent_location",
    "contacts": "sent_contacts",
    "order": "sent_order",
    "request_welcome": "greet",
}
"""Message types that mean something by themselves; with a caption the words count instead."""

Thought = tuple[dict[str, Any], list[Inbox]]
"""A parse and the messages it was said in."""
LONGEST = 1200
FOREIGN_LETTER = re.compile("[\u0370-\u04ff]")
TYPED = frozenset({"text", "button", "interactive"})
ANY_LANGUAGE = frozenset({"opt_out", "ask_human", "complaint", "switch_language"})
"""What is taken seriously even in a language that we do not speak."""


async def read(processor: MessageProcessor, turn: Turn, rows: list[Inbox]) -> list[UserMessage]:
    """One message for Rasa per thought, in order; each has its parse, so NLU runs once.

    Notes intent, confidence and language on the rows, and keeps the conversation's language.
    """
    messages: list[UserMessage] = []
    before, guess = tongue.standing(turn.session, turn.customer_id)
    stands = before
    for parse, members, part in await _wishes(processor, await _thoughts(processor, turn, rows)):
        parse["language_before"] = stands.language or guess
        stands = spoken.decide(parse, stands, guess)
        for row in members if not part else ():
            _note(row, parse, stands.language or guess or language.DEFAULT)
        messages.append(_user_message(members, parse, part))
    if stands != before:
        tongue.keep(turn.session, turn.customer_id, stands)
    return messages


async def _thoughts(processor: MessageProcessor, turn: Turn, rows: list[Inbox]) -> list[Thought]:
    """Texts of a burst that say nothing alone but something together become one message."""
    single = [(await _parse(processor, turn, row), [row]) for row in rows]
    are_words = len(rows) > 1 and all(row.type == "text" and not row.intent for row in rows)
    if are_words and any(_intent(parse) == FALLBACK for parse, _ in single):
        joined = await understood(processor, "\n".join(row.text for row in rows))
        if _intent(joined) != FALLBACK:
            return [(joined, rows)]
    return single


async def _wishes(
    processor: MessageProcessor, thoughts: list[Thought]
) -> list[tuple[dict[str, Any], list[Inbox], int]]:
    """Each thought; one that holds two wishes in its parts, which are counted."""
    understand = functools.partial(understood, processor)
    return [
        (wish, rows, part)
        for parse, rows in thoughts
        for part, wish in enumerate(await wishes.parts(parse, understand))
    ]


async def _parse(processor: MessageProcessor, turn: Turn, row: Inbox) -> dict[str, Any]:
    if row.type in stops.WORDED and care.is_self_harm(row.text):
        return choices.exact("self_harm", row.text)
    made = stops.decision(row.type, row.text)
    payload = None if stops.is_keyword(made) else _chosen(turn, row)
    exact = choices.parse_data(payload, row.text) if payload else None
    if exact:
        return exact
    if row.type in SENT and not row.text.strip():
        return choices.exact(SENT[row.type], row.text, _location(row))
    return judging.judged(await _understand(processor, row.text), made)


async def understood(processor: MessageProcessor, text: str) -> dict[str, Any]:
    """Rasa's parse of typed words, the stop guard's word before the classifier's (`judging.judged`)."""
    return judging.judged(await _understand(processor, text), stops.decision("text", text))


def _chosen(turn: Turn, row: Inbox) -> str | None:
    if row.tap:
        found = choices.payload_of_tap(turn.session, turn.customer_id, row.tap)
        if found:
            return found
    if row.type in TYPED:
        return choices.payload_of_text(turn.session, turn.customer_id, row.text)
    return None


async def _understand(processor: MessageProcessor, text: str) -> dict[str, Any]:
    """NLU on plain text; a leading slash is what somebody typed, never a command of Rasa's."""
    plain = unicodedata.normalize("NFC", re.sub(r"^[\s/]+", "", _undisguised(text)))
    message = UserMessage(text=plain, output_channel=TurnOutput())
    parse: dict[str, Any] = await processor.parse_message(message, only_output_properties=True)
    is_foreign = language.is_foreign(text, parse.get("languages") or {})
    if is_foreign and _intent(parse) not in ANY_LANGUAGE:
        parse["intent"] = {**parse["intent"], "name": FALLBACK}
    parse = {**parse, "text": text, "is_foreign": is_foreign}
    return parse if is_foreign else second_look.reconsidered(parse)


def _undisguised(text: str) -> str:
    """A text with foreign look-alikes of Latin letters, or an endless one, as the guard reads it."""
    is_odd = len(text) > LONGEST or FOREIGN_LETTER.search(text)
    return guard_text.undisguised(text) if is_odd else text


def _location(row: Inbox) -> dict[str, Any]:
    place = row.payload.get("location") if row.type == "location" else None
    if not isinstance(place, dict):
        return {}
    return {key: place[key] for key in ("latitude", "longitude") if key in place}


def _intent(parse: dict[str, Any]) -> str | None:
    name: str | None = (parse.get("intent") or {}).get(INTENT_NAME_KEY)
    return name


def _note(row: Inbox, parse: dict[str, Any], spoken: str) -> None:
    row.intent = _intent(parse)
    row.confidence = float((parse.get("intent") or {}).get("confidence") or 0.0)
    row.language = spoken


def _user_message(rows: list[Inbox], parse: dict[str, Any], part: int) -> UserMessage:
    """`part`: how many wishes of the same message go before; each writes under an id of its own."""
    last = rows[-1]
    return UserMessage(
        text=parse["text"],
        output_channel=TurnOutput(),
        sender_id=str(last.customer_id),
        parse_data=parse,
        input_channel="whatsapp",
        message_id=f"{last.wamid}#{part}" if part else last.wamid,
        metadata={
            "type": last.type,
            "context_wamid": last.context_wamid,
            "said_at": arrivals.said_at(last.sent_at, last.received_at).isoformat(),
        },
    )
