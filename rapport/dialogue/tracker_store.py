"""Rasa's tracker in our database, saved inside the turn's transaction, cheap however long the chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, SlotSet
from rasa.shared.core.events import deserialise_events as events_from
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.dialects.postgresql import insert

from rapport.customers import hiding
from rapport.db.conversation import Conversation, TrackerEvent
from rapport.dialogue import turn

REPLAY_AT_MOST = 300
"""Events replayed before the conversation gets a new base; about 40 turns."""
KEEP = 100
"""Events that stay in front of a new base: more than any policy looks back."""


class PostgresTrackerStore(TrackerStore):
    """Appends the new events of a turn; replays the present session from its newest base only.

    Any database error is raised: a turn that cannot be saved has not happened.
    """

    def __init__(self, domain: Any = None, event_broker: Any = None, **_: Any) -> None:
        super().__init__(domain, event_broker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the present session, None for a new conversation."""
        with _session(sender_id) as session:
            last_seq, events = _load(session, sender_id)
        if not events:
            return None
        tracker = self.init_tracker(sender_id)
        for event in events:
            tracker.update(event, self.domain)
        _remember(tracker, last_seq)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new since `retrieve`; a seq that exists already fails the whole turn."""
        running = turn.current()
        with _session(tracker.sender_id) as session:
            last_seq = _append(session, tracker, running.wamid if running else None)
            _rebase(session, tracker, last_seq)
        _remember(tracker, last_seq)
        if running:
            running.saves += 1

    async def keys(self) -> list[str]:
        """Ids of all conversations."""
        with turn.own_sessions().begin() as session:
            return list(session.scalars(sa.select(TrackerEvent.sender_id).distinct()))


@contextmanager
def _session(sender_id: str) -> Iterator[Any]:
    with turn.of(sender_id) as running:
        yield running.session


def _remember(tracker: DialogueStateTracker, last_seq: int) -> None:
    tracker.rapport_saved = (len(tracker.events), last_seq)


def _load(session: Any, sender_id: str) -> tuple[int, list[Event]]:
    base_seq, base_slots = _base(session, sender_id)
    start = (
        sa.select(sa.func.max(TrackerEvent.seq))
        .where(
            TrackerEvent.sender_id == sender_id, TrackerEvent.type_name == SessionStarted.type_name
        )
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(TrackerEvent.seq, TrackerEvent.data)
        .where(
            TrackerEvent.sender_id == sender_id,
            TrackerEvent.seq >= sa.func.coalesce(start, 0),
            TrackerEvent.seq > base_seq,
        )
        .order_by(TrackerEvent.seq)
    ).all()
    if not rows:
        return base_seq, []
    prefix: list[Event] = []
    if base_seq and rows[0].seq == base_seq + 1:
        prefix = [SlotSet(name, value) for name, value in base_slots.items()]
        prefix.append(ActionExecuted("action_listen"))
    return rows[-1].seq, prefix + events_from([row.data for row in rows])


def _base(session: Any, sender_id: str) -> tuple[int, dict[str, Any]]:
    customer_id = _customer_id(sender_id)
    if customer_id is None:
        return 0, {}
    row = session.execute(
        sa.select(Conversation.base_seq, Conversation.base_slots).where(
            Conversation.customer_id == customer_id
        )
    ).first()
    return (row.base_seq, row.base_slots) if row else (0, {})


def _customer_id(sender_id: str) -> int | None:
    """None for an id that is no customer's."""
    return int(sender_id) if sender_id.isdecimal() and len(sender_id) <= 18 else None


def _append(session: Any, tracker: DialogueStateTracker, wamid: str | None) -> int:
    saved = getattr(tracker, "rapport_saved", None)
    if saved is None:  # a tracker that Rasa's HTTP API built by itself
        last_seq, known = _load(session, tracker.sender_id)
        saved = (len(known), last_seq)
    done, last_seq = saved
    new = list(tracker.events)[done:]
    if not new:
        return int(last_seq)
    rows = [
        _row(session, tracker.sender_id, last_seq + index, event, wamid)
        for index, event in enumerate(new, start=1)
    ]
    session.execute(sa.insert(TrackerEvent), rows)
    return int(last_seq) + len(rows)


def _row(session: Any, sender_id: str, seq: int, event: Event, wamid: str | None) -> dict[str, Any]:
    data = hiding.in_data(session, _customer_id(sender_id), event.as_dict())
    return {
        "sender_id": sender_id,
        "seq": seq,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": ((data.get("parse_data") or {}).get("intent") or {}).get("name"),
        "action_name": data.get("name"),
        "wamid": wamid,
        "data": data,
    }


def _rebase(session: Any, tracker: DialogueStateTracker, last_seq: int) -> None:
    """Move the base forward to a moment when the assistant was listening and no form was open."""
    events = list(tracker.events)
    if len(events) <= REPLAY_AT_MOST or not tracker.sender_id.isdecimal():
        return
    for cut in range(len(events) - KEEP, 0, -1):
        past = _replayed(tracker, events[:cut]) if _listens(events[cut - 1]) else None
        if past is not None and not past.active_loop_name:
            _store_base(session, tracker, last_seq - (len(events) - cut), past)
            return


def _listens(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == "action_listen"


def _replayed(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(
        tracker.sender_id, events, slots=list(tracker.slots.values())
    )


def _store_base(session: Any, tracker: Any, seq: int, past: DialogueStateTracker) -> None:
    slots = {name: value for name, value in past.current_slot_values().items() if value is not None}
    values = {"base_seq": seq, "base_slots": slots}
    session.execute(
        insert(Conversation)
        .values(customer_id=int(tracker.sender_id), **values)
        .on_conflict_do_update(index_elements=["customer_id"], set_=values)
    )
