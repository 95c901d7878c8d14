"""How pytest-xdist's workers share the tests out: a file at a time, the largest one in parts."""

from __future__ import annotations

import zlib

import pytest
from xdist.scheduler import LoadFileScheduling

PARTED, PARTS = "tests/test_conversations.py", 12
"""Its tests take longest of all and need nothing of each other; every worker has a service for them."""
TRAINS = "tests/understanding/test_intents.py"
"""Comes first: where there is no model yet, it has one trained, while others run what needs none."""
WITH_MODEL = frozenset({"service", "world", "trained_model", "loaded_agent"})


class InParts(LoadFileScheduling):
    """Hands out part after part in the order of the collected tests."""

    def _split_scope(self, nodeid: str) -> str:
        return part_of(nodeid)


def part_of(nodeid: str) -> str:
    """What a worker takes in one go: the file of a test, or its share of the file that is parted."""
    file = file_of(nodeid)
    return f"{file} {zlib.crc32(nodeid.encode()) % PARTS}" if file == PARTED else file


def file_of(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


def put_in_order(items: list[pytest.Item]) -> None:
    """The trainer first, then what needs no model, and last what comes in parts, so that all end together."""
    with_model = {file_of(item.nodeid) for item in items if needs_model(item)}
    items.sort(key=lambda item: place(file_of(item.nodeid), with_model))


def needs_model(item: pytest.Item) -> bool:
    """Whether a test asks for a model, by a fixture or by what its file imports."""
    known = {*getattr(item, "fixturenames", ()), *vars(getattr(item, "module", item))}
    return not WITH_MODEL.isdisjoint(known)


def place(file: str, with_model: set[str]) -> int:
    """The order of the files."""
    order = (file == TRAINS, file not in with_model, file != PARTED, True)
    return order.index(True)
