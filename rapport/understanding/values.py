"""Amounts, lengths of time and moments in a customer's words, in six languages. Pure.

Words come from `data/values/<language>.yml`, names of months and weekdays from Babel.
"""

from __future__ import annotations

from rapport.understanding.amounts import Amount, amounts
from rapport.understanding.durations import Duration, durations
from rapport.understanding.moments import Moment, moments

__all__ = ["Amount", "Duration", "Moment", "amounts", "durations", "moments"]
