"""How long to be quiet and how often to write, in a customer's words, in six languages. Pure."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from rapport.understanding import values
from rapport.understanding.durations import DAYS
from rapport.understanding.lexicon import TOKEN, fold, lexicon, tag

TABLE = Path(__file__).resolve().parents[2] / "data" / "cadence.yml"
MOST = 50
"""More messages than this in one period is no wish for fewer."""


@dataclass(frozen=True)
class Cadence:
    """At most `messages` messages in any `days` days."""

    messages: int
    days: int


def until(text: str, language: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of a time that is named: "for two weeks", "until Monday", "not this month"; None without one."""
    if is_rate(text, language):
        return None
    lengths = values.durations(text, language)
    if lengths:
        return now + timedelta(days=lengths[0].days)
    named = values.moments(text, language, now, zone)
    ahead = [moment.at for moment in named if moment.at > now]
    if ahead:
        return ahead[0]
    unit = "day" if named else next(iter(_units(_words(text), language)), None)
    return _end_of(unit, now.astimezone(zone)) if unit else None


def cadence(text: str, language: str) -> Cadence | None:
    """The rhythm that is named: "once a week", "two a month", "every two weeks"; None without one."""
    words, table = _words(text), _table()[tag(language)]
    rhythm = next((table["rhythm"][word] for word in words if word in table["rhythm"]), None)
    if rhythm is not None:
        return Cadence(_times(words, language, table), rhythm)
    units = _units(words, language)
    if not units:
        return None
    place = next(place for place, word in enumerate(words) if word in lexicon(language).units)
    before = _number(words[place - 1], language) if place else None
    days = int(DAYS[units[0]])
    if before and before > 1 and set(words[:place]) & table["every"]:
        return Cadence(1, days * before)
    rest = [word for at, word in enumerate(words) if at != place - 1 or not before]
    return Cadence(_times(rest if before == 1 else words, language, table), days)


def is_rate(text: str, language: str) -> bool:
    """Whether the text says how often, so that a "week" in it is no length of time."""
    plain, table = fold(text).plain, _table()[tag(language)]
    said = set(TOKEN.findall(plain))
    is_named = bool(said & {*table["rhythm"], *table["times"]})
    return is_named or any(True for _ in lexicon(language).find(plain, ["rate"]))


def _times(words: list[str], language: str, table: Mapping[str, Any]) -> int:
    counts = [table["times"].get(word) or _number(word, language) for word in words]
    return next((min(count, MOST) for count in counts if count), 1)


def _number(word: str, language: str) -> int | None:
    if word.isdecimal() and len(word) < 4:
        return int(word) or None
    found = lexicon(language).numbers.get(word)
    return int(found) if found and found >= 1 else None


def _units(words: list[str], language: str) -> list[str]:
    known = lexicon(language).units
    found = [known[word] for word in words if word in known]
    return [unit for unit in found if DAYS[unit] >= 1]


def _words(text: str) -> list[str]:
    return TOKEN.findall(fold(text).plain)


def _end_of(unit: str, local: datetime) -> datetime:
    """When the present day, week (from Monday), month … of that place is over."""
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "day":
        end = start + timedelta(days=1)
    elif unit in {"week", "fortnight"}:
        end = start + timedelta(days=7 - start.weekday())
    elif unit == "year":
        end = start.replace(year=start.year + 1, month=1, day=1)
    else:
        end = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return end.astimezone(timezone.utc)


@functools.lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    raw = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {language: _folded(kinds) for language, kinds in raw.items()}


def _folded(kinds: dict[str, Any]) -> dict[str, Any]:
    return {
        "rhythm": {fold(word).plain: days for word, days in kinds["rhythm"].items()},
        "times": {fold(word).plain: count for word, count in kinds["times"].items()},
        "every": {fold(word).plain for word in kinds["every"]},
    }
