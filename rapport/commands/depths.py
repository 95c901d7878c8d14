"""How much waits where."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

UNSETTLED = "state IN ('queued', 'sending', 'unknown')"
QUESTIONS = {
    "inbox": "SELECT state, count(*) FROM inbox WHERE state = 'pending' GROUP BY 1",
    "outbox": f"SELECT state, count(*) FROM outbox WHERE {UNSETTLED} GROUP BY 1",  # noqa: S608
    "jobs": "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1",
}
ALWAYS_TOLD = {"inbox": ("pending",), "outbox": ("queued", "sending", "unknown"), "jobs": ()}


def of(engine: Any) -> dict[str, dict[str, int]]:
    """Queue to state to number of rows: what is unanswered, unsent or in doubt, and the engine's jobs.

    Answered by the partial indexes over what waits, so it costs the same however long the history.
    """
    found = {}
    with engine.connect() as connection:
        for queue, question in QUESTIONS.items():
            counted = dict(map(tuple, connection.execute(sa.text(question))))
            found[queue] = {**dict.fromkeys(ALWAYS_TOLD[queue], 0), **counted}
    return found
