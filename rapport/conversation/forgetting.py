"""Carries out the wishes to be forgotten that are due, one transaction each, never beside a turn."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from rapport.conversation import inbox
from rapport.customers import erasure

log = structlog.get_logger()


def sweep(sessions: Any, files: Path, now: datetime) -> int:
    """Erase every customer whose wish is due; their number. `files`: the folder of what customers sent."""
    with sessions.begin() as session:
        customers = erasure.due(session, now)
    return sum(_erased(sessions, customer_id, files, now) for customer_id in customers)


def _erased(sessions: Any, customer_id: int, files: Path, now: datetime) -> bool:
    with sessions.begin() as session:
        if not inbox.lock(session, customer_id):
            return False
        is_done = erasure.erase(session, customer_id, files, now)
    if is_done:
        log.info("customer.erased", customer_id=customer_id)
    return is_done
