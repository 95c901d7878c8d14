"""Amounts, lengths of time and moments in a customer's words, in six languages. Pure.

Words come from `data/values/<language>.yml`, names of months and weekdays from Babel.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rapport.understanding.amounts import Amount, amounts
from rapport.understanding.durations import Duration, durations
from rapport.understanding.moments import Moment, moments

__all__ = [
    "Amount",
    "Duration",
    "Entity",
    "Moment",
    "amounts",
    "dates",
    "durations",
    "moments",
    "placed",
]
EXTRACTOR = "EntityExtractor"
Entity = dict[str, Any]
"""What is named in a message, in Rasa's format: entity, start, end, value, extractor."""


def dates(text: str, language: str | None, now: datetime, zone: ZoneInfo | None) -> list[Entity]:
    """The entities `date` of a text: a day ("2026-12-05") or a moment ("2026-12-05T15:00:00+01:00") in the zone.

    Apart from the entities of the model because only the edges know what time it is, and where.
    """
    return [
        placed("date", moment.start, moment.end, _iso(moment, zone))
        for moment in moments(text, language, now, zone)
    ]


def placed(name: str, start: int, end: int, value: object) -> Entity:
    """An entity with its place in the text."""
    return {"entity": name, "start": start, "end": end, "value": value, "extractor": EXTRACTOR}


def _iso(moment: Moment, zone: ZoneInfo | None) -> str:
    local = moment.at.astimezone(zone) if zone else moment.at
    return local.date().isoformat() if moment.is_day else local.isoformat()
