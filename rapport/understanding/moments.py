"""Days and times in a customer's words, as moments. Pure.

An hour from one to seven without more is in the afternoon. In the past is only what the words say is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from rapport.understanding import numbers
from rapport.understanding.days import day_of, moved, numeric
from rapport.understanding.durations import BORROWS, unit_of
from rapport.understanding.language import DEFAULT
from rapport.understanding.lexicon import DAYS, Folded, Found, Lexicon, flat, fold, lexicon, tag

FARTHEST = 10
"""Years from now; what is farther is a slip."""
MONTH_FIRST = re.compile("America/|US/|Pacific/Honolulu")
"""Zones where English puts the month first; elsewhere, and in every other language, the day comes first."""
BETWEEN = re.compile(
    r"[\s,.–-]*(?:(?:at|on|by|in|the|um|gegen|am|a|las|la|el|as|em|de|da|do|por|en|no|na|jam|pukul|ko|ke|को|के)"
    r"[\s,.–-]+)*"
)
"""What may stand between a day and its time of day."""


@dataclass(frozen=True)
class Moment:
    """A moment in UTC and where it stands in the text. `is_day`: a whole day, `at` is its first moment."""

    at: datetime
    is_day: bool
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A phrase: a day, an hour as written, a part of the day by its usual hour, a moment; or a look-alike of these."""

    start: int
    end: int
    day: date | None = None
    clock: time | None = None
    part: int | None = None
    at: datetime | None = None
    is_lone: bool = True


def moments(text: str, language: str | None, now: datetime, zone: ZoneInfo | None) -> list[Moment]:
    """The moments in `text`, in their order, as read on the wall of `zone` (UTC when None).

    What cannot be (31 February, the year 3024) is left out.
    """
    name, plain = tag(language), fold(text)
    local = now.astimezone(zone or timezone.utc)
    month_first = is_month_first(language, zone)
    found = Reader(lexicon(name), local, month_first).read(plain.plain)
    if not found and name in BORROWS:
        found = Reader(lexicon(DEFAULT), local, month_first).read(plain.plain)
    return [_placed(moment, plain) for moment in found]


def _placed(moment: Moment, plain: Folded) -> Moment:
    start, end = plain.span(moment.start, moment.end)
    return replace(moment, start=start, end=end)


def is_month_first(language: str | None, zone: ZoneInfo | None) -> bool:
    """Whether 12/05 is a day in December: in American English, or English of unknown place."""
    region = (language or "").replace("_", "-").partition("-")[2].upper()
    if tag(language) != "en" or (region and region not in {"US", "PH"}):
        return False
    return bool(region) or zone is None or bool(MONTH_FIRST.match(zone.key))


@dataclass(frozen=True)
class Reader:
    """How phrases are read: the language, the moment on the wall, the order of numbers."""

    words: Lexicon
    now: datetime
    month_first: bool

    def read(self, plain: str) -> list[Moment]:
        """The moments of a folded text."""
        if not self.words.may_tell_time(plain):
            return []
        found = [self._moment(piece) for piece in _joined(self.pieces(plain), plain)]
        return [moment for moment in found if moment is not None]

    def pieces(self, plain: str) -> list[Piece]:
        """The phrases of a folded text, of those that overlap the longest."""
        found = [*self._ahead(plain), *self._days(plain), *self._named(plain), *self._clocks(plain)]
        chosen: list[Piece] = []
        for piece in sorted(found, key=lambda each: each.start - each.end):
            if all(piece.end <= other.start or piece.start >= other.end for other in chosen):
                chosen.append(piece)
        return sorted(chosen, key=lambda each: each.start)

    def _ahead(self, plain: str) -> Iterator[Piece]:
        for phrase in self.words.find(plain, ["ahead"]):
            at = moved(self.now, phrase.caught, self.words)
            if at is None or unit_of(phrase.caught, self.words) in {"minute", "hour"}:
                yield Piece(phrase.start, phrase.end, at=at)
            else:
                yield Piece(phrase.start, phrase.end, day=at.date())

    def _days(self, plain: str) -> Iterator[Piece]:
        for phrase in (*self.words.find(plain, DAYS), *numeric(plain)):
            day = day_of(phrase, self.now.date(), self.words, month_first=self.month_first)
            yield Piece(phrase.start, phrase.end, day=day)

    def _named(self, plain: str) -> Iterator[Piece]:
        for match in self.words.day_names.finditer(plain):
            name = flat(match[0])
            yield Piece(
                *match.span(), self._named_day(name, plain), part=self.words.parts.get(name)
            )
        for match in self.words.part_names.finditer(plain):
            name = flat(match[0])
            day = self.now.date() if name in self.words.sets["today_parts"] else None
            yield Piece(*match.span(), day, part=self.words.parts[name], is_lone=" " in name)

    def _named_day(self, name: str, plain: str) -> date:
        days = self.words.days[name]
        if name in self.words.sets["either_way"] and self.words.is_past(plain):
            days = -days
        return self.now.date() + timedelta(days=days)

    def _clocks(self, plain: str) -> Iterator[Piece]:
        for phrase in self.words.find(plain, ["clock"]):
            yield Piece(phrase.start, phrase.end, clock=_clock(phrase, self.words))

    def _moment(self, piece: Piece) -> Moment | None:
        at = piece.at or self._timed(piece) or piece.day
        if at is None or abs(at.year - self.now.year) > FARTHEST:
            return None
        is_day = not isinstance(at, datetime)
        exact = at if isinstance(at, datetime) else self._on(at, time())
        return Moment(exact.astimezone(timezone.utc), is_day, piece.start, piece.end)

    def _timed(self, piece: Piece) -> datetime | None:
        """The moment of a time of day; without a day the next one, for today never one that is over."""
        wall = _wall(piece)
        if wall is None or not (piece.day or piece.clock or piece.is_lone):
            return None
        at = self._on(piece.day or self.now.date(), wall)
        if at >= self.now or (piece.day and piece.day != self.now.date()):
            return at
        return self.now if piece.day else self._on(self.now.date() + timedelta(days=1), wall)

    def _on(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=self.now.tzinfo)


def _joined(pieces: list[Piece], plain: str) -> list[Piece]:
    """A day and the time of day beside it are one moment."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and _belongs(joined[-1], piece, plain):
            joined[-1] = _merged(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _belongs(first: Piece, second: Piece, plain: str) -> bool:
    gap = plain[first.end : second.start]
    is_double = (
        (first.day and second.day) or (first.clock and second.clock) or (first.part and second.part)
    )
    is_nothing = any(
        piece.day is None and piece.clock is None and piece.part is None
        for piece in (first, second)
    )
    return not is_double and not is_nothing and BETWEEN.fullmatch(gap) is not None


def _merged(first: Piece, second: Piece) -> Piece:
    part = first.part if first.part is not None else second.part
    return Piece(
        first.start,
        second.end,
        first.day or second.day,
        first.clock or second.clock,
        part,
        is_lone=True,
    )


def _wall(piece: Piece) -> time | None:
    """The hour as written, in the half of the day that is said; else the part's own hour."""
    if piece.clock is None:
        return None if piece.part is None else time(piece.part)
    is_later = piece.part is not None and piece.part >= 12 and piece.clock.hour < 12
    is_guessed = piece.part is None and piece.clock.fold == 1
    return piece.clock.replace(
        hour=piece.clock.hour + (12 if is_later or is_guessed else 0), fold=0
    )


def _clock(phrase: Found, words: Lexicon) -> time | None:
    """The time of day; `fold` marks an hour that could be in either half of the day and is taken for the later."""
    written, half = phrase.caught["hour"], phrase.caught.get("am", "")[:1]
    hour = int(written) if written.isdigit() else int(numbers.of_words(written, words))
    minute = int(phrase.caught.get("minute") or 0)
    if not (0 <= hour <= 23) or (half and not 1 <= hour <= 12):
        return None
    if half:
        return time(hour % 12 + (12 if half == "p" else 0), minute)
    is_open = 1 <= hour <= 7 and not written.startswith("0")
    return time(hour, minute, fold=int(is_open))
