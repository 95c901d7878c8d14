"""What the twin accepted, refused and reported, in order, in a file that outlives a crash."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
"""`seq` (from 1), `at` (ISO 8601, UTC), `kind`, and what belongs to the kind."""


def read_log(path: Path) -> Iterator[Entry]:
    """The entries of a twin's log, oldest first; none when there is no file yet.

    A last line that a crash tore off is left out.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


class Log:
    """Append-only JSON lines; memory holds only where each entry begins."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._file = path.open("r+b")
        self._starts = array("Q")
        self._end = 0

    def replay(self) -> Iterator[Entry]:
        """Every entry on file, oldest first; must be exhausted before the first `append`."""
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            self._starts.append(self._end)
            self._end += len(line)
            yield json.loads(line)
        self._file.truncate(self._end)

    def append(self, kind: str, now: datetime, **what: Any) -> Entry:
        """Write one entry through to the operating system; the entry with its `seq`."""
        entry = {"seq": len(self._starts) + 1, "at": now.isoformat(), "kind": kind, **what}
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        self._file.seek(self._end)
        self._file.write(line)
        self._file.flush()
        self._starts.append(self._end)
        self._end += len(line)
        return entry

    def __len__(self) -> int:
        return len(self._starts)

    def since(self, seq: int, limit: int) -> list[Entry]:
        """At most `limit` entries after `seq`, oldest first."""
        return self.entries(range(seq + 1, min(len(self), seq + limit) + 1))

    def entries(self, seqs: Iterable[int]) -> list[Entry]:
        """The entries of these numbers, in the order given."""
        return [self._entry(seq) for seq in seqs]

    def _entry(self, seq: int) -> Entry:
        self._file.seek(self._starts[seq - 1])
        return dict(json.loads(self._file.readline()))

    def close(self) -> None:
        self._file.close()
