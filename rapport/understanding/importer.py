"""Training lines read as fast as they can be: Rasa's own importer takes a minute for seventy thousand of them.

It reads YAML with a parser written in Python, checks each file against a schema, and copies and hashes
every line at each of five merges. Intents and their lines are read here by libyaml; what else is in the files by Rasa.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.entities_parser import parse_training_example
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.synonyms_parser import add_synonyms_from_entities
from rasa.shared.nlu.training_data.training_data import TrainingData


class Line(Message):
    """A training line; to copy and to compare it takes a tenth of what a message takes."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Line:
        data = {**self.data}
        if ENTITIES in data:
            data[ENTITIES] = deepcopy(data[ENTITIES], memo)
        return Line(data, set(self.output_properties), self.time, list(self.features))

    def __hash__(self) -> int:
        return hash((self.data.get(TEXT), self.data.get(INTENT)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.data == other.data


class LineImporter(RasaFileImporter):
    """Rasa's importer of files, as `importers` in config.yml names it."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All lines of all files, without those that stand twice under one intent."""
        read = (part for path in self._nlu_files for part in _read(path, language))
        return TrainingData().merge(*read)


def content(path: Path) -> Any:
    """What a YAML file holds. Raises yaml.YAMLError for one that is none."""
    return yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)


def examples(text: str) -> Iterator[str]:
    """The lines of a block, each of which begins with a dash."""
    for line in text.splitlines():
        if line.startswith("- "):
            yield line[2:].strip()


def _read(path: str, language: str | None) -> Iterator[TrainingData]:
    whole = content(Path(path))
    groups = whole.get("nlu") if isinstance(whole, dict) else None
    if not isinstance(groups, list) or not whole.keys() <= {"version", "nlu"}:
        yield loading.load_data(path, language)
        return
    rest = [group for group in groups if not _is_plain(group)]
    if rest:
        left = yaml.safe_dump({**whole, "nlu": rest}, allow_unicode=True)
        yield RasaYAMLReader().reads(left, filename=path)
    yield _lines(group for group in groups if _is_plain(group))


def _is_plain(group: Any) -> bool:
    """Whether a part of a file holds an intent and its lines, and nothing Rasa would warn of."""
    return (
        isinstance(group, dict)
        and group.keys() == {"intent", "examples"}
        and all(isinstance(value, str) for value in group.values())
        and "/" not in group["intent"]
        and all(line.startswith("- ") for line in group["examples"].splitlines())
    )


def _lines(groups: Iterable[dict[str, str]]) -> TrainingData:
    synonyms: dict[str, str] = {}
    lines = [
        _line(example, group["intent"], synonyms)
        for group in groups
        for example in examples(group["examples"])
    ]
    return TrainingData(lines, synonyms)


def _line(example: str, intent: str, synonyms: dict[str, str]) -> Line:
    if "[" not in example:
        return Line({TEXT: example, INTENT: intent})
    told = parse_training_example(example, intent)
    add_synonyms_from_entities(told.get(TEXT), told.get(ENTITIES, []), synonyms)
    return Line(told.data)
