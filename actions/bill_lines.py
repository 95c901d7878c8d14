"""Lines of a bill as customers ask for them: by their label, by what it is in any language, by amount."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from decimal import Decimal

from actions.skill import Context
from rapport.customers import naming
from rapport.customers.history_account import BillLine
from rapport.dialogue import phrases
from rapport.understanding import values
from rapport.understanding.language import SPOKEN

FIGURES = re.compile(r"\s*\(?\d[\d.,]*\s*(?:GB|MB|min|x|×)?\)?")
CONCEPTS = ("roaming", "data", "calls", "credit", "fee", "tax", "device")
"""What businesses put on bills; `words.line.*` says it in each language."""


def meant(context: Context, lines: Sequence[BillLine]) -> list[BillLine]:
    """The lines a message asks for, none when it asks for the bill as a whole."""
    found = by_amount(context, lines) or by_label(context, lines)
    concept = concept_said(context)
    if found or concept is None:
        return found
    return [line for line in lines if starts(line.label, stems_everywhere(concept))]


def by_amount(context: Context, lines: Sequence[BillLine]) -> list[BillLine]:
    """ "What is the 12.50 for"."""
    said = {amount.value for amount in values.amounts(context.heard.text, context.language)}
    return [line for line in lines if abs(line.amount.amount) in said]


def by_label(context: Context, lines: Sequence[BillLine]) -> list[BillLine]:
    """Lines whose label has a telling word of the message, slips forgiven."""
    ordinary = ordinary_words()
    names = {
        str(place): [" ".join(word for word in naming.words(line.label) if word not in ordinary)]
        for place, line in enumerate(lines)
    }
    text = " ".join(word for word in naming.words(context.heard.text) if word not in ordinary)
    return [lines[int(place)] for place in naming.meant(text, names)]


def concept_said(context: Context) -> str | None:
    """What kind of line the message speaks of, in the customer's language or in English."""
    for concept in CONCEPTS:
        if starts(context.heard.text, naming.words(context.say(f"words.line.{concept}"))):
            return concept
    return None


def is_extra_data(label: str) -> bool:
    """Whether a label says that more data was paid for than the plan holds."""
    is_extra = starts(label, stems_everywhere("extra"))
    return is_extra and starts(label, stems_everywhere("data"))


def by_label_sums(lines: Sequence[BillLine]) -> dict[str, Decimal]:
    """Amounts by label without its numbers: "Extra data 3 GB" and "Extra data 4 GB" are the same thing."""
    amounts: dict[str, Decimal] = {}
    for line in lines:
        label = bare(line.label)
        amounts[label] = amounts.get(label, Decimal(0)) + line.amount.amount
    return amounts


def bare(label: str) -> str:
    """A label without its numbers, unless little is left of it."""
    left = FIGURES.sub("", label).strip()
    return left if len(left) > 5 else label


def starts(text: str, stems: Sequence[str]) -> bool:
    """Whether a word of the text begins with one of the stems."""
    return any(word.startswith(tuple(stems)) for word in naming.words(text))


@functools.lru_cache(maxsize=32)
def stems_everywhere(concept: str) -> tuple[str, ...]:
    """The stems of a concept in all languages: a bill is in the business's language."""
    stems = [naming.words(phrases.phrase(f"words.line.{concept}", spoken)) for spoken in SPOKEN]
    return tuple(dict.fromkeys(stem for found in stems for stem in found))


@functools.lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words of labels and questions that tell no line from another."""
    found = [naming.words(phrases.phrase("words.bill_ordinary", spoken)) for spoken in SPOKEN]
    return frozenset(word for words in found for word in words)
