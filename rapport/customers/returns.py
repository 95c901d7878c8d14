"""Until when something can be sent back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rapport.customers import product_facts
from rapport.customers.product_facts import Vocabulary

RETURN_DAYS = 30
"""Days after delivery, where the product's facts say nothing else."""
KIND = "returns"
DAYS = re.compile(r"(\d{1,3})(?: ?(?:days?|tagen?|d[ií]as?|दिन|hari|din))?", re.IGNORECASE)
"""A bare number, or one of days in a language we speak; "two weeks" and "no" stay as they are said."""


@dataclass(frozen=True)
class Terms:
    """Days after delivery; None when the business says something that is no number, `said` in its words."""

    days: int | None = RETURN_DAYS
    said: str | None = None

    def until(self, delivered: date) -> date | None:
        """The last day, None when only the business can tell."""
        return None if self.days is None else delivered + timedelta(days=self.days)


def terms(facts: Mapping[str, Any], vocabulary: Vocabulary) -> Terms:
    """What holds for a product: `return_days` among its facts, by whatever name the business gives it."""
    for value in product_facts.of_kind(KIND, facts, vocabulary).values():
        said = product_facts.shown(value)
        days = DAYS.fullmatch(said.strip())
        return Terms(int(days[1]), said) if days else Terms(None, said)
    return Terms()


def strictest(several: list[Terms]) -> Terms:
    """The terms that hold for all of them together."""
    unclear = [each for each in several if each.days is None]
    return (unclear or sorted(several, key=lambda each: each.days or 0) or [Terms()])[0]
