"""YAML in which "yes", "no", "on" and "12:30" are words, and every key knows its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml


class BadScript(ValueError):
    """A file that cannot be played; the message begins with file and line."""


class Lined(dict[str, Any]):
    """A mapping with its own line and those of its keys."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C ten times faster


class _Loader(_Safe):
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    lined = Lined(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in lined:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key} stands twice", key_node.start_mark
            )
        lined[key] = loader.construct_object(value_node, deep=True)
        lined.lines[key] = key_node.start_mark.line + 1
    return lined


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for tag, pattern, first in (
    ("bool", "true|false", "tf"),
    ("int", r"-?(?:0|[1-9]\d*)", "-0123456789"),
    ("null", "null|~", "n~"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), first)


def parsed(path: Path) -> Any:
    """What a file holds; its mappings are Lined. Raises BadScript."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  (a SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadScript(f"{path.name}:{line}: {error.problem}") from error
