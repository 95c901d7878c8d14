"""What the routes work with, and how a process gets ready to answer its first webhook as fast as the next."""

from __future__ import annotations

import gc
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from rapport import clock
from rapport.conversation import inbox
from rapport.conversation.waking import Waker
from rapport.db import schema
from rapport.db import session as db
from rapport.settings import Settings
from rapport.whatsapp import webhook

REHEARSALS = 4
"""Connections opened and threads warmed at the start: as many webhooks as come at one moment."""


@dataclass(frozen=True)
class Desk:
    """Sessions for the rows, and who is woken for them."""

    sessions: Any
    waker: Waker


def connect(settings: Settings) -> tuple[str, Any]:
    """The database's URL and a session factory. Raises RapportError when it or its schema is not right."""
    url = db.database_url(settings)
    database = db.engine_for(url)
    db.check_reachable(database)
    schema.check_current(database)
    return url, db.sessions_for(database)


def rehearse(sessions: Any) -> None:
    """Record webhooks as if in earnest and take them back: connections are open and statements compiled.

    What is in memory then stays; the garbage collector need not look through it in mid-request.
    """
    together = Barrier(REHEARSALS)
    with ThreadPoolExecutor(REHEARSALS) as threads:
        for done in [threads.submit(_rehearse, sessions, together) for _ in range(REHEARSALS)]:
            done.result()
    gc.collect()
    gc.freeze()


def _rehearse(sessions: Any, together: Barrier) -> None:
    with sessions() as session:
        session.connection()
        together.wait()
        inbox.record(session, webhook.parse(json.dumps(REHEARSED).encode()), clock.utc_now())
        session.rollback()


_METADATA = {"metadata": {"phone_number_id": "0"}}
_TEXT = {"from": "10000000000", "timestamp": "1", "type": "text", "text": {"body": "hello"}}
_STATUS = {"id": "wamid.none", "status": "sent", "timestamp": "1", "recipient_id": "10000000000"}
_VALUES = [
    {**_METADATA, "messages": [{**_TEXT, "id": "wamid.one"}, {**_TEXT, "id": "wamid.two"}]},
    {**_METADATA, "messages": [{**_TEXT, "id": "wamid.three"}]},
    {**_METADATA, "statuses": [_STATUS]},
]
_CHANGES = [{"field": "messages", "value": value} for value in _VALUES]
REHEARSED = {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": _CHANGES}]}
