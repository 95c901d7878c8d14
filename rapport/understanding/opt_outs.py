"""How often the stop guard catches an opt-out and how often it takes something else for one."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rapport.errors import RapportError
from rapport.understanding.guard import Guard

OPT_OUT, LOOK_ALIKE = "opt_out", "not_opt_out"
_NORMAL_95 = 1.96
Row = dict[str, str]


@dataclass(frozen=True)
class Share:
    """`hits` of `messages`, with the 95 % interval of the share (Wilson), from 0 to 1."""

    hits: int
    messages: int

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest share the count is compatible with; (0, 1) without messages."""
        if not self.messages:
            return 0.0, 1.0
        n, z = self.messages, _NORMAL_95
        middle = (self.hits + z * z / 2) / (n + z * z)
        reach = z / (n + z * z) * math.sqrt(self.hits * (n - self.hits) / n + z * z / 4)
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.hits}/{self.messages} ({100 * low:.1f}–{100 * high:.1f} %)"


@dataclass(frozen=True)
class Measured:
    """`caught` of the opt-outs, `false` of the look-alikes (`not_opt_out`) of one language."""

    language: str
    caught: Share
    false: Share


def measure(guard: Guard, folder: Path) -> list[Measured]:
    """A row for each `<language>.jsonl` in `folder` (lines {"text", "label"}) and one for all.

    Labels other than opt_out and not_opt_out are not counted. Raises RapportError without such lines.
    """
    sets = {path.stem: _read(path) for path in sorted(folder.glob("*.jsonl"))}
    found = [_measured(guard, name, rows) for name, rows in sets.items() if rows]
    if not found:
        raise RapportError(f'No lines {{"text", "label"}} in {folder}.')
    return [
        *found,
        Measured("all", _sum([m.caught for m in found]), _sum([m.false for m in found])),
    ]


def as_row(measured: Measured) -> dict[str, Any]:
    """One row as plain data."""
    return asdict(measured)


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [row for row in rows if row.get("label") in (OPT_OUT, LOOK_ALIKE)]


def _measured(guard: Guard, language: str, rows: Sequence[Row]) -> Measured:
    said = [d.verdict == OPT_OUT for d in guard.decide_many([row["text"] for row in rows])]

    def share(label: str) -> Share:
        hits = [hit for hit, row in zip(said, rows, strict=True) if row["label"] == label]
        return Share(sum(hits), len(hits))

    return Measured(language, share(OPT_OUT), share(LOOK_ALIKE))


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(s.hits for s in shares), sum(s.messages for s in shares))
