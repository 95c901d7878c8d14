"""The dialogue, but a turn is saved in one transaction and its messages are marked in another."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rapport import clock
from rapport.dialogue import worker as dialogue
from rapport.dialogue.light import leave_out_unused

leave_out_unused()

from rapport.conversation import inbox  # noqa: E402
from rapport.dialogue import turns  # noqa: E402

answered: list[tuple[list[int], int]] = []


def remember(session: Any, rows: list[Any], turn_id: int, now: Any) -> None:
    answered.append(([row.id for row in rows], turn_id))


async def serve(processor: Any, sessions: Any, customer_id: int) -> Any:
    outcome = await saved(processor, sessions, customer_id)
    while answered:
        ids, turn_id = answered.pop()
        with sessions.begin() as session:
            session.execute(sa.text("LOCK TABLE occasion IN ACCESS SHARE MODE"))
            rows = list(session.scalars(sa.select(inbox.Inbox).where(inbox.Inbox.id.in_(ids))))
            handled(session, rows, turn_id, clock.utc_now())
    return outcome


saved, turns.serve = turns.serve, serve
handled, inbox.handled = inbox.handled, remember

if __name__ == "__main__":
    dialogue.main()
