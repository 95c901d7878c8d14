"""How long and how often, as people say it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from rapport.understanding import rhythm
from rapport.understanding.rhythm import Cadence

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)  # a Monday
BERLIN = ZoneInfo("Europe/Berlin")
DECEMBER = datetime(2026, 11, 30, 23, 0, tzinfo=timezone.utc)
NEXT_MONDAY = datetime(2026, 11, 29, 23, 0, tzinfo=timezone.utc)
TWO_WEEKS = NOW + timedelta(days=14)


@pytest.mark.parametrize(
    ("language", "text", "end"),
    [
        ("en", "not this month please", DECEMBER),
        ("en", "pause for two weeks", TWO_WEEKS),
        ("en", "until Monday", NEXT_MONDAY),
        ("en", "nothing this week", NEXT_MONDAY),
        ("en", "not today", NOW.replace(hour=23)),
        ("en", "not now", None),
        ("en", "once a week is enough", None),
        ("de", "einmal pro Woche", None),
        ("es", "dos veces al mes", None),
        ("id", "seminggu sekali", None),
        ("de", "diesen Monat nicht", DECEMBER),
        ("de", "zwei Wochen Pause", TWO_WEEKS),
        ("es", "este mes no", DECEMBER),
        ("es", "hasta el lunes", NEXT_MONDAY),
        ("pt", "este mês não", DECEMBER),
        ("pt", "por duas semanas", TWO_WEEKS),
        ("hi", "is mahine nahi", DECEMBER),
        ("hi", "दो हफ्ते के लिए", TWO_WEEKS),
        ("id", "jangan bulan ini", DECEMBER),
        ("id", "selama dua minggu", TWO_WEEKS),
    ],
)
def test_how_long(language: str, text: str, end: datetime | None) -> None:
    assert rhythm.until(text, language, NOW, BERLIN) == end


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "once a week is plenty", Cadence(1, 7)),
        ("en", "twice a month at most", Cadence(2, 30)),
        ("en", "not more than three messages a month", Cadence(3, 30)),
        ("en", "one every two weeks", Cadence(1, 14)),
        ("en", "weekly please", Cadence(1, 7)),
        ("en", "less often please", None),
        ("de", "einmal pro Woche reicht", Cadence(1, 7)),
        ("de", "höchstens zwei im Monat", Cadence(2, 30)),
        ("de", "alle zwei Wochen", Cadence(1, 14)),
        ("de", "nur noch monatlich", Cadence(1, 30)),
        ("es", "una vez por semana basta", Cadence(1, 7)),
        ("es", "dos veces al mes", Cadence(2, 30)),
        ("es", "cada dos semanas", Cadence(1, 14)),
        ("pt", "uma vez por semana está bom", Cadence(1, 7)),
        ("pt", "duas vezes por mês", Cadence(2, 30)),
        ("pt", "a cada duas semanas", Cadence(1, 14)),
        ("hi", "hafte mein ek baar kaafi hai", Cadence(1, 7)),
        ("hi", "महीने में दो बार", Cadence(2, 30)),
        ("hi", "har do hafte mein", Cadence(1, 14)),
        ("id", "seminggu sekali saja", Cadence(1, 7)),
        ("id", "dua kali sebulan", Cadence(2, 30)),
        ("id", "setiap dua minggu", Cadence(1, 14)),
    ],
)
def test_how_often(language: str, text: str, expected: Cadence | None) -> None:
    assert rhythm.cadence(text, language) == expected
