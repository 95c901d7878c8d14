"""How well the model understands labelled messages: figures for each intent and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rapport.errors import RapportError

FALLBACK = "nlu_fallback"
BINS = 10


@dataclass(frozen=True)
class Judged:
    """A labelled message and what the model made of it."""

    language: str
    intent: str
    found: str
    confidence: float
    guess: str
    is_trained: bool = False
    """Whether a training line says exactly the same: somebody else wrote "thanks" too."""

    @property
    def is_right(self) -> bool:
        """Whether the customer gets the answer asked for; asking back is right when out of scope."""
        return self.found == self.intent or (self.intent, self.found) == ("out_of_scope", FALLBACK)


@dataclass(frozen=True)
class Score:
    """Of one intent: how many messages, and three shares from 0 to 1."""

    messages: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Messages of about the same confidence: their mean confidence and the share guessed right."""

    messages: int
    confidence: float
    accuracy: float


def read_sets(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Language to intent to messages, of every `<language>.yml` in `folder`.

    Raises RapportError when there is none or one does not map intents to lists of messages.
    """
    sets = {path.stem: _read(path) for path in sorted(folder.glob("*.yml"))}
    if not sets:
        raise RapportError(f"No test set in {folder}: one YAML file per language is needed.")
    return sets


def judge(
    sets: dict[str, dict[str, list[str]]],
    parse: Callable[[list[dict[str, str]]], Iterable[dict[str, Any]]],
    trained: frozenset[str] = frozenset(),
) -> list[Judged]:
    """Every message of `sets`, parsed as a message of its language and compared with its label.

    `trained` are the lines the model was taught, in lower case.
    """
    labelled = [
        (language, intent, text)
        for language, intents in sets.items()
        for intent, texts in intents.items()
        for text in texts
    ]
    rows = [{"text": text, "language": language} for language, _, text in labelled]
    return [
        _judged(language, intent, parsed, text.casefold() in trained)
        for (language, intent, text), parsed in zip(labelled, parse(rows), strict=True)
    ]


def scores(judged: Sequence[Judged]) -> dict[str, Score]:
    """Each intent's score; a fallback counts as nobody's finding but lowers the recall."""
    right = Counter(row.intent for row in judged if row.is_right)
    wanted = Counter(row.intent for row in judged)
    found = Counter(row.intent if row.is_right else row.found for row in judged)
    return {name: _score(right[name], found[name], wanted[name]) for name in sorted(wanted)}


def macro_f1(judged: Sequence[Judged]) -> float:
    """The mean F1 of the intents, each counting alike; 0 without messages."""
    values = [score.f1 for score in scores(judged).values()]
    return sum(values) / len(values) if values else 0.0


def unseen_macro_f1(judged: Sequence[Judged]) -> float:
    """The same of the messages that no training line says word for word."""
    return macro_f1([row for row in judged if not row.is_trained])


def confusions(judged: Sequence[Judged]) -> list[tuple[str, str, int]]:
    """(wanted, found, how often) of what went wrong, the most frequent first."""
    wrong = Counter((row.intent, row.found) for row in judged if not row.is_right)
    return [(wanted, found, times) for (wanted, found), times in wrong.most_common()]


def calibration(judged: Sequence[Judged]) -> list[Bin]:
    """The filled ones of ten bins of confidence, the least sure first; before any fallback."""
    bins: dict[int, list[Judged]] = {}
    for row in judged:
        bins.setdefault(min(int(row.confidence * BINS), BINS - 1), []).append(row)
    return [_bin(rows) for _, rows in sorted(bins.items())]


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error over ten bins, 0 to 1 (Guo et al. 2017, equation 3)."""
    off = sum(each.messages * abs(each.accuracy - each.confidence) for each in calibration(judged))
    return off / len(judged) if judged else 0.0


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures of all languages and of each, ready for JSON; shares from 0 to 1."""
    languages = sorted({row.language for row in judged})
    return {
        "overall": _figures(judged),
        "languages": {
            language: _figures([row for row in judged if row.language == language])
            for language in languages
        },
    }


def _figures(judged: Sequence[Judged]) -> dict[str, Any]:
    return {
        "messages": len(judged),
        "macro_f1": round(macro_f1(judged), 4),
        "unseen": sum(not row.is_trained for row in judged),
        "unseen_macro_f1": round(unseen_macro_f1(judged), 4),
        "accuracy": round(sum(row.is_right for row in judged) / max(1, len(judged)), 4),
        "fallbacks": round(sum(row.found == FALLBACK for row in judged) / max(1, len(judged)), 4),
        "calibration_error": round(calibration_error(judged), 4),
        "intents": {
            name: {key: round(value, 4) for key, value in vars(score).items()}
            for name, score in scores(judged).items()
        },
    }


def _score(right: int, found: int, wanted: int) -> Score:
    precision, recall = right / found if found else 0.0, right / wanted
    both = precision + recall
    return Score(wanted, precision, recall, 2 * precision * recall / both if both else 0.0)


def _bin(rows: list[Judged]) -> Bin:
    count = len(rows)
    certain = sum(row.confidence for row in rows) / count
    return Bin(count, certain, sum(row.guess == row.intent for row in rows) / count)


def _judged(language: str, intent: str, parsed: dict[str, Any], is_trained: bool) -> Judged:
    first = [row for row in parsed["ranking"] if row["name"] != FALLBACK][:1]
    guess = first[0] if first else parsed["intent"]
    name, confidence = guess["name"] or FALLBACK, float(guess["confidence"] or 0.0)
    return Judged(
        language, intent, parsed["intent"]["name"] or FALLBACK, confidence, name, is_trained
    )


def _read(path: Path) -> dict[str, list[str]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RapportError(f"Cannot read the test set {path.name}.") from error
    if not isinstance(content, dict) or not all(isinstance(v, list) for v in content.values()):
        raise RapportError(f"{path.name} does not map intents to lists of messages.")
    return {str(intent): [str(text) for text in texts] for intent, texts in content.items()}
