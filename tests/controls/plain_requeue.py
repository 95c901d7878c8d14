"""The dialogue, but a request whose process died is simply sent again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rapport.conversation import outbox
from rapport.db.conversation import Outbox
from rapport.dialogue import worker as dialogue


def send_again(session: Any, now: datetime) -> int:
    return int(
        session.execute(
            sa.update(Outbox)
            .where(Outbox.state == "sending", Outbox.attempts == 1)
            .values(state="queued", due_at=now)
        ).rowcount
    )


outbox.give_up_crashed = send_again

if __name__ == "__main__":
    dialogue.main()
