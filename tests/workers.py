"""How pytest-xdist's workers share the tests out: file by file, one file in parts, the slow ones first."""

from __future__ import annotations

import zlib

from xdist.scheduler import LoadFileScheduling

PARTED = "tests/test_conversations.py"
"""Its tests cost most of all and lean on nothing but the service; each worker starts one of its own."""
PARTS = 12


def part_of(nodeid: str) -> str:
    """What is run by one worker in one go: the file of a test, or its part of a file too large for that."""
    file = nodeid.split("::", 1)[0]
    return f"{file} {zlib.crc32(nodeid.encode()) % PARTS}" if file == PARTED else file


class InParts(LoadFileScheduling):
    """Hands out the parts in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return part_of(nodeid)
