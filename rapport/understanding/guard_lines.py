"""What the stop guard learns from: the assistant's training lines, and patterns of its own."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

VERDICTS = {
    "opt_out": "opt_out",
    "opt_in": "opt_in",
    "resume_messages": "opt_in",
    "pause_messages": "pause",
    "fewer_messages": "pause",
    "help": "help",
}
"""Intent to what the guard makes of it; every other intent is none of its business."""

NONE = "none"
LABELS = ("opt_out", "opt_in", "pause", "help")


@dataclass(frozen=True)
class Line:
    """One example. `family` is what must not be torn apart between learning and checking."""

    text: str
    verdict: str
    family: str
    is_pattern: bool


def lines_in(folders: Iterable[Path]) -> list[Line]:
    """Every line of the YAML files in `folders`: Rasa's `nlu` blocks, what was `said` to the guard, its patterns in `lines`."""
    found: dict[tuple[str, str], Line] = {}
    for path in files_in(folders):
        content = read(path)
        for line in itertools.chain(
            _examples(content), _said(content), _patterns(content, path.stem)
        ):
            found.setdefault((line.text, line.verdict), line)
    return list(found.values())


def files_in(folders: Iterable[Path]) -> list[Path]:
    """The YAML files of `folders`, sorted by folder and name."""
    return [path for folder in folders for path in sorted(folder.glob("*.yml"))]


def read(path: Path) -> dict[str, Any]:
    """The content of one YAML file."""
    with path.open(encoding="utf-8") as file:
        return _Loader(file).get_single_data() or {}


def expanded(pattern: str, most: int) -> list[str]:
    """The sentences of "(please|) stop (texts|ads)", at most `most` of them, always the same ones."""
    choices = _choices(pattern)
    if math.prod(map(len, choices)) <= most:
        told = ["".join(words) for words in itertools.product(*choices)]
    else:
        dice = random.Random(pattern)  # noqa: S311
        told = ["".join(dice.choice(choice) for choice in choices) for _ in range(most)]
    return sorted({" ".join(sentence.split()) for sentence in told})


def slipped(text: str) -> str:
    """`text` with one slip of the thumb, always the same: a letter missing, doubled or swapped with its neighbour."""
    dice = random.Random(text)  # noqa: S311
    at = dice.randrange(1, max(2, len(text) - 1))
    before, here, behind = text[:at], text[at : at + 1], text[at + 1 :]
    ways = (before + behind, before + here + text[at:], before + behind[:1] + here + behind[1:])
    return dice.choice(ways)


def _choices(pattern: str) -> list[list[str]]:
    parts = _CHOICE.split(pattern)
    return [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C ten times faster
_MOST_OF_A_PATTERN = 20
_MOST_OF_A_LARGE_ONE, _LARGE = 80, 4000
_SLIP_EVERY = 4
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{\w+\}")
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def _examples(content: dict[str, Any]) -> Iterator[Line]:
    for block in content.get("nlu") or []:
        intent = block.get("intent")
        verdict = VERDICTS.get(intent, NONE)
        for line in block["examples"].splitlines() if "intent" in block else []:
            text = _MARKED.sub(r"\1", line.strip()[1:]).strip()
            if text:
                yield Line(text, verdict, text, is_pattern=False)


def _said(content: dict[str, Any]) -> Iterator[Line]:
    for verdict, lines in (content.get("said") or {}).items():
        yield from (Line(text, verdict, text, is_pattern=False) for text in lines.splitlines())


def _patterns(content: dict[str, Any], language: str) -> Iterator[Line]:
    slots = {f"{{{name}}}": f"({words})" for name, words in (content.get("slots") or {}).items()}
    for verdict, patterns in (content.get("lines") or {}).items():
        for pattern in patterns.splitlines():
            told = _told(_SLOT.sub(lambda slot: slots[slot[0]], pattern))
            for text in [*told, *map(slipped, told[::_SLIP_EVERY])]:
                yield Line(text, verdict, f"{language} {pattern}", is_pattern=True)


def _told(pattern: str) -> list[str]:
    is_large = math.prod(map(len, _choices(pattern))) > _LARGE
    return expanded(pattern, _MOST_OF_A_LARGE_ONE if is_large else _MOST_OF_A_PATTERN)
