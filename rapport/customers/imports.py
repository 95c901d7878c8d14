"""Files in: JSON Lines, JSON and CSV, a chunk of events a transaction, refused lines by their number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any

from rapport.customers import events, spreadsheet
from rapport.customers.contract.envelope import Refusal, Unreadable
from rapport.customers.events import Receipt, read_json
from rapport.customers.spreadsheet import Lines
from rapport.errors import RapportError

CHUNK = 500
"""Events a transaction: enough to be quick, few enough to hold no customer's row for long."""

DECODER = json.JSONDecoder(parse_constant=events.no_number)
GAP = {True: re.compile(r"[\s,\[\]]*"), False: re.compile(r"\s*")}
"""What may stand between two events, in an array and outside of one."""

Items = Iterator[tuple[Lines, Any]]
Progress = Callable[[Path, int, int], None]
"""Called with the file, the bytes read of it and its size."""


@dataclass(frozen=True)
class RefusedLine:
    """A line that did not become an event: where and why."""

    line: int
    id: str | None
    path: str
    reason: str


@dataclass
class FileReport:
    """What became of one file's events."""

    path: str
    accepted: int = 0
    duplicate: int = 0
    unknown: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


@dataclass
class Report:
    """What became of all files; in a dry run what would have."""

    is_dry_run: bool
    files: list[FileReport] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """True when no line was refused."""
        return not any(file.refused for file in self.files)


class _Reader:
    """A file's lines as text, counting the bytes. Bytes that are not UTF-8 stay as halves of characters,
    which the contract refuses on their own line."""

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.done = path, path.stat().st_size, 0

    def lines(self) -> Iterator[str]:
        encoding = "utf-8-sig"
        with self.path.open("rb") as file:
            for line in file:
                self.done += len(line)
                yield line.decode(encoding, errors="surrogateescape")
                encoding = "utf-8"

    def text(self) -> str:
        return "".join(self.lines())


def run(
    sessions: Any,
    paths: list[Path],
    *,
    now: datetime,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Import the files in turn, each chunk in a transaction of its own, so that what was read stays read.

    A dry run rolls every chunk back, and so counts an event that a file has twice as accepted twice when
    they lie chunks apart. Raises RapportError before the first write when a file cannot be read.
    """
    for path in paths:
        _check(path)
    report = Report(dry_run)
    for path in paths:
        report.files.append(_import(sessions, path, now, dry_run, on_progress))
    return report


def report_as_json(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return asdict(report)


def _check(path: Path) -> None:
    if path.suffix.lower() not in READERS:
        raise RapportError(f"{path}: Rapport reads {', '.join(READERS)}.")
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise RapportError(f"{path}: {error.strerror}.") from error
    if start in {b"\xff\xfe", b"\xfe\xff"}:
        raise RapportError(f"{path} is UTF-16; save it as UTF-8.")


def _import(
    sessions: Any, path: Path, now: datetime, dry_run: bool, on_progress: Progress | None
) -> FileReport:
    report, reader = FileReport(str(path)), _Reader(path)
    items = READERS[path.suffix.lower()](reader, now)
    while chunk := list(islice(items, CHUNK)):
        receipt = events.accept_batch(sessions, [item for _, item in chunk], now, dry_run=dry_run)
        _count(report, receipt, [lines for lines, _ in chunk])
        if on_progress:
            on_progress(path, reader.done, reader.size)
    return report


def _count(report: FileReport, receipt: Receipt, lines: list[Lines]) -> None:
    report.accepted += len(receipt.accepted)
    report.duplicate += len(receipt.duplicate)
    report.unknown += len(receipt.unknown)
    report.refused += [_refused(refusal, lines[refusal.index]) for refusal in receipt.refused]


def _refused(refusal: Refusal, lines: Lines) -> RefusedLine:
    item = re.match(r"\$\.data\.items\[(\d+)\]", refusal.path)
    line = lines[int(item[1])] if item and int(item[1]) < len(lines) else lines[0]
    return RefusedLine(line, refusal.id, refusal.path, refusal.reason)


def _json_lines(reader: _Reader, now: datetime) -> Items:
    for number, line in enumerate(reader.lines(), 1):
        if line.strip():
            yield (number,), read_json(line)


def _json(reader: _Reader, now: datetime) -> Items:
    """An array, one event, or several one after the other; what is broken ends the file."""
    text, position, line = reader.text(), 0, 1
    is_array = text.lstrip().startswith("[")
    while True:
        start = _end_of(GAP[is_array], text, position)
        line += text.count("\n", position, start)
        if start == len(text):
            break
        try:
            item, position = DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            yield (line,), Unreadable("not JSON from here on")
            return
        yield (line,), item
        line += text.count("\n", start, position)
    if is_array and not text.rstrip().endswith("]"):
        yield (line,), Unreadable("the array has no end")


def _end_of(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _csv(reader: _Reader, now: datetime) -> Items:
    changed_at = datetime.fromtimestamp(reader.path.stat().st_mtime, timezone.utc)
    return spreadsheet.events(reader.lines(), "import/csv", min(changed_at, now))


READERS: dict[str, Callable[[_Reader, datetime], Items]] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
    ".csv": _csv,
}
