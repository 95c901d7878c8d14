"""Messages of a webhook become rows: each kind of row by one statement, however many messages there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from rapport.customers.state import rows
from rapport.vocabulary import CustomerId, InboxState
from rapport.whatsapp.webhook import MediaRef, MessageReceived

SILENT_TYPES = frozenset({"reaction", "unsupported", "system", "edit", "revoke", "unknown"})
"""Kept, but nothing one answers: facts of the chat rather than words of the customer."""

OPEN_WINDOWS = sa.text("""
    INSERT INTO conversation (customer_id, phone_number_id, last_inbound_at)
    SELECT customer_id, phone_number_id, last_inbound_at
    FROM jsonb_populate_recordset(NULL::conversation, :given) ORDER BY customer_id
    ON CONFLICT (customer_id) DO UPDATE SET
        phone_number_id = excluded.phone_number_id,
        last_inbound_at = greatest(conversation.last_inbound_at, excluded.last_inbound_at)
""").bindparams(sa.bindparam("given", type_=JSONB))
"""In the order of the customers, lest two transactions wait for each other."""


@dataclass(frozen=True)
class Arrival:
    """A message that was not there before. `sent_at` is Meta's time, never later than ours."""

    event: MessageReceived
    customer_id: CustomerId
    inbox_id: int
    sent_at: datetime

    @property
    def needs_turn(self) -> bool:
        """Whether somebody waits for an answer to it."""
        return needs_turn(self.event)


def needs_turn(event: MessageReceived) -> bool:
    """Whether a message is one that is answered."""
    if event.group_id or event.type in SILENT_TYPES:
        return False
    return event.type != "text" or bool(event.text.strip())


def keep(
    session: Any, messages: list[tuple[MessageReceived, CustomerId]], now: datetime
) -> list[Arrival]:
    """Insert each message once per wamid; those that were new, in their order."""
    given = [_row(event, customer_id, now) for event, customer_id in messages]
    added = rows.append(session, "inbox", given, returning=("wamid", "id"))
    ids = {row.wamid: row.id for row in added}
    return [
        Arrival(event, customer_id, ids.pop(event.wamid), _sent_at(event, now))
        for event, customer_id in messages
        if event.wamid in ids
    ]


def said_at(sent_at: datetime, received_at: datetime) -> datetime:
    """When a message was said, in our order: Meta tells whole seconds, and within one our receipt decides."""
    return min(sent_at + timedelta(microseconds=999_999), received_at)


def _sent_at(event: MessageReceived, now: datetime) -> datetime:
    return min(event.sent_at or now, now)


def _row(event: MessageReceived, customer_id: CustomerId, now: datetime) -> dict[str, Any]:
    state = InboxState.PENDING if needs_turn(event) else InboxState.NOTED
    return {
        "wamid": event.wamid,
        "customer_id": customer_id,
        "phone_number_id": event.phone_number_id,
        "type": event.type,
        "text": event.text,
        "tap": event.tap.id if event.tap else None,
        "context_wamid": event.context_wamid,
        "payload": event.raw,
        "sent_at": _sent_at(event, now),
        "received_at": now,
        "state": state.value,
        "due_at": now,
    }


def open_windows(session: Any, arrivals: list[Arrival]) -> None:
    """Meta counts the 24 hours from the customer's message, not from our receipt of it."""
    if not arrivals:
        return
    newest: dict[CustomerId, datetime] = {}
    for one in arrivals:
        newest[one.customer_id] = max(one.sent_at, newest.get(one.customer_id, one.sent_at))
    numbers = {one.customer_id: one.event.phone_number_id for one in arrivals}
    given = [
        {"customer_id": id_, "phone_number_id": numbers[id_], "last_inbound_at": at.isoformat()}
        for id_, at in newest.items()
    ]
    session.execute(OPEN_WINDOWS, {"given": given})


def keep_files(session: Any, arrivals: list[Arrival], now: datetime) -> list[str]:
    """Note the files that came with messages; their ids, to be fetched."""
    files = {
        one.event.media.id: _file(one.event.media, one.inbox_id, now)
        for one in arrivals
        if one.event.media and one.event.media.id
    }
    rows.append(session, "media", list(files.values()))
    return list(files)


def _file(media: MediaRef, inbox_id: int, now: datetime) -> dict[str, Any]:
    return {
        "media_id": media.id,
        "inbox_id": inbox_id,
        "mime_type": media.mime_type,
        "sha256": media.sha256,
        "state": "waiting",
        "received_at": now,
    }
