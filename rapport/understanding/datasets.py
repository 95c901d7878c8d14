"""The public sets the benchmark reads, as their folders hold them: JSON lines of text, intent, split."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from rapport.errors import RapportError
from rapport.understanding.pipeline import OUTSIDE, Labelled

OUTSIDE_NAMES = {"oos", "NO_NODES_DETECTED"}
HINT3 = ("curekart", "sofmattress", "powerplay11")
FOREIGN = Path(__file__).resolve().parents[2] / "data" / "nlu" / "out_of_scope.en.yml"
"""What the assistant itself is taught to be none of its business."""


@dataclass(frozen=True)
class Dataset:
    """One set; `tuning` are labelled messages that are neither trained on nor tested."""

    name: str
    training: list[Labelled]
    test: list[Labelled]
    tuning: list[Labelled]


def read(folder: Path) -> list[Dataset]:
    """The sets of HINT3, BANKING77 and CLINC150 that lie in `folder`, in this order.

    CLINC150 is trained with its 100 out-of-scope messages and, when they are there, the 250 of
    OOS+; its validation part is what thresholds are chosen on. HINT3 brings no foreign messages to learn
    from; there the assistant's own are added, as any skill of it is trained beside them. Raises RapportError when none of
    the sets is there or a file is no JSON lines.
    """
    sources = {name: [folder / "hint3" / f"{name}.jsonl"] for name in HINT3}
    sources["banking77"] = [folder / "banking77" / "banking77.jsonl"]
    extra = folder / "clinc150" / "oos_plus_train.jsonl"
    sources["clinc150"] = [folder / "clinc150" / "data_full.jsonl", *([extra] * extra.is_file())]
    sets = [_dataset(name, paths) for name, paths in sources.items() if paths[0].is_file()]
    if not sets:
        raise RapportError(f"No HINT3, BANKING77 or CLINC150 in {folder}.")
    return sets


def _dataset(name: str, paths: list[Path]) -> Dataset:
    parts: dict[str, dict[Labelled, None]] = {"train": {}, "test": {}, "val": {}}
    test: list[Labelled] = []
    for path in paths:
        for split, row in _rows(path):
            if split == "test":
                test.append(row)
            else:
                parts[split][row] = None
    foreign = _foreign(len(parts["train"])) if name in HINT3 else []
    return Dataset(name, [*parts["train"], *foreign], test, list(parts["val"]))


def _foreign(most: int) -> list[Labelled]:
    """Not more of them than of the set's own, from all over the file."""
    groups = yaml.safe_load(FOREIGN.read_text(encoding="utf-8"))["nlu"]
    lines = [line for group in groups for line in re.findall(r"- (.+)", group["examples"])]
    return [Labelled(line, OUTSIDE) for line in lines[:: 1 + len(lines) // max(1, most)]]


def _rows(path: Path) -> list[tuple[str, Labelled]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [_row(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RapportError(
            f"Cannot read {path.name} as JSON lines of text, intent, split."
        ) from error


def _row(row: dict[str, str]) -> tuple[str, Labelled]:
    """The split without its "oos_" and the message; foreign messages have one name everywhere."""
    labelled = Labelled(row["text"], row["intent"])
    if labelled.intent in OUTSIDE_NAMES:
        labelled = replace(labelled, intent=OUTSIDE)
    return row["split"].removeprefix("oos_"), labelled
