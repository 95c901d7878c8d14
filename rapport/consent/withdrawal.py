"""How far a withdrawal reaches, and its entry in the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rapport.consent import ledger
from rapport.vocabulary import ANY_TOPIC, MARKETING_TOPICS, ConsentState

MARKETING = MARKETING_TOPICS
EVERYTHING = (ANY_TOPIC,)


def withdraw(
    session: Any,
    *,
    customer_id: int,
    topics: tuple[str, ...],
    method: str,
    origin: str,
    evidence: str,
    at: datetime,
    now: datetime,
) -> None:
    """Write the withdrawal of each topic; a second time with the same origin changes nothing."""
    for topic in topics:
        ledger.record(
            session,
            customer_id=customer_id,
            topic=topic,
            state=ConsentState.OUT,
            method=method,
            origin=origin,
            evidence=evidence,
            at=at,
            now=now,
        )
