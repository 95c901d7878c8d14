"""Messages in and out, the conversation they belong to, and what Meta told us besides."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from rapport.db.base import Base, UtcDateTime


class Conversation(Base):
    """One row a customer; its lock is what keeps a customer's turns in order on any number of machines."""

    __tablename__ = "conversation"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    phone_number_id = sa.Column(sa.Text)
    last_inbound_at = sa.Column(UtcDateTime)
    handover = sa.Column(sa.Text, nullable=False, server_default="bot")
    handover_at = sa.Column(UtcDateTime)
    handover_reason = sa.Column(sa.Text)
    language = sa.Column(sa.Text)
    language_hint = sa.Column(sa.Text)  # another one, weakly seen in the message before
    language_is_asked = sa.Column(sa.Boolean, nullable=False, server_default="false")
    step_up_failures = sa.Column(sa.Integer, nullable=False, server_default="0")
    step_up_failed_at = sa.Column(UtcDateTime)
    verified_until = sa.Column(UtcDateTime)
    base_seq = sa.Column(sa.Integer, nullable=False, server_default="0")
    base_slots = sa.Column(JSONB, nullable=False, server_default="{}")


class Inbox(Base):
    """A message of the customer's, once per wamid."""

    __tablename__ = "inbox"
    id = sa.Column(sa.BigInteger, primary_key=True)
    wamid = sa.Column(sa.Text, nullable=False, unique=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    phone_number_id = sa.Column(sa.Text)
    type = sa.Column(sa.Text, nullable=False)
    text = sa.Column(sa.Text, nullable=False)
    tap = sa.Column(sa.Text)  # id or payload of the button or row that was tapped
    context_wamid = sa.Column(sa.Text)
    payload = sa.Column(JSONB, nullable=False)
    sent_at = sa.Column(UtcDateTime, nullable=False)
    received_at = sa.Column(UtcDateTime, nullable=False)
    state = sa.Column(sa.Text, nullable=False)
    attempts = sa.Column(sa.Integer, nullable=False, server_default="0")
    due_at = sa.Column(UtcDateTime, nullable=False)
    handled_at = sa.Column(UtcDateTime)
    turn_id = sa.Column(
        sa.BigInteger
    )  # inbox id of the last message of the turn it was answered in
    intent = sa.Column(sa.Text)
    confidence = sa.Column(sa.Float)
    language = sa.Column(sa.Text)
    error = sa.Column(sa.Text)
    __table_args__ = (
        sa.Index(None, "customer_id", "sent_at", "id"),
        sa.Index(
            "ix_inbox_pending",
            "customer_id",
            "sent_at",
            "id",
            postgresql_where=sa.text("state = 'pending'"),
        ),
    )


class Outbox(Base):
    """A message of ours, committed before the request leaves; `(turn_id, ordinal)` makes a turn's replies unique."""

    __tablename__ = "outbox"
    id = sa.Column(sa.BigInteger, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    turn_id = sa.Column(sa.BigInteger)
    ordinal = sa.Column(sa.Integer, nullable=False)
    origin = sa.Column(sa.Text, nullable=False)  # turn, guard, apology, agent
    type = sa.Column(sa.Text, nullable=False)
    payload = sa.Column(JSONB, nullable=False)  # the object named after the type, as Meta wants it
    choices = sa.Column(JSONB)  # what can be tapped or typed: [{"id", "title", "payload"}]
    context_wamid = sa.Column(sa.Text)
    topic = sa.Column(sa.Text)  # what we wrote by ourselves: the topic it rests on …
    because = sa.Column(JSONB)  # … and the news that prompted it: {"type", "time", "about"?}
    state = sa.Column(sa.Text, nullable=False)
    due_at = sa.Column(UtcDateTime, nullable=False)
    attempts = sa.Column(sa.Integer, nullable=False, server_default="0")
    wamid = sa.Column(sa.Text, unique=True)
    status = sa.Column(sa.Text, nullable=False, server_default="unknown")
    status_rank = sa.Column(sa.Integer, nullable=False, server_default="0")
    status_at = sa.Column(UtcDateTime)
    error_code = sa.Column(sa.Integer)
    created_at = sa.Column(UtcDateTime, nullable=False)
    settled_at = sa.Column(UtcDateTime)
    __table_args__ = (
        sa.UniqueConstraint("origin", "turn_id", "ordinal"),
        sa.Index(None, "customer_id", "id"),
        sa.Index(
            "ix_outbox_waiting",
            "customer_id",
            "id",
            postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown')"),
        ),
    )


class SendAttempt(Base):
    """One request to Meta and what came of it."""

    __tablename__ = "send_attempt"
    id = sa.Column(sa.BigInteger, primary_key=True)
    outbox_id = sa.Column(sa.ForeignKey("outbox.id"), nullable=False, index=True)
    at = sa.Column(UtcDateTime, nullable=False)
    outcome = sa.Column(sa.Text)
    code = sa.Column(sa.Integer)
    settled_at = sa.Column(UtcDateTime)


class StatusUpdate(Base):
    """A status of a message of ours, as Meta reported it, once per (wamid, status)."""

    __tablename__ = "message_status"
    wamid = sa.Column(sa.Text, primary_key=True)
    status = sa.Column(sa.Text, primary_key=True)
    at = sa.Column(UtcDateTime, nullable=False)
    received_at = sa.Column(UtcDateTime, nullable=False)
    callback_data = sa.Column(sa.Text)
    error_codes = sa.Column(JSONB, nullable=False, server_default="[]")
    pricing = sa.Column(JSONB)


class Notice(Base):
    """Anything else in a webhook: account, quality, template, preference news and what we could not read."""

    __tablename__ = "webhook_notice"
    fingerprint = sa.Column(sa.Text, primary_key=True)
    field = sa.Column(sa.Text, nullable=False)
    reason = sa.Column(sa.Text)
    value = sa.Column(JSONB, nullable=False)
    received_at = sa.Column(UtcDateTime, nullable=False)


class TrackerEvent(Base):
    """An event of the Rasa tracker; `(customer_id, seq)` lets a turn be saved once and never twice."""

    __tablename__ = "tracker_event"
    sender_id = sa.Column(sa.Text, primary_key=True)
    seq = sa.Column(sa.Integer, primary_key=True)
    type_name = sa.Column(sa.Text, nullable=False)
    timestamp = sa.Column(sa.Float, nullable=False)
    intent_name = sa.Column(sa.Text)
    action_name = sa.Column(sa.Text)
    wamid = sa.Column(sa.Text)  # the customer's message in whose turn it happened
    data = sa.Column(JSONB, nullable=False)
    __table_args__ = (
        sa.Index(
            "ix_tracker_event_session",
            "sender_id",
            "seq",
            postgresql_where=sa.text("type_name = 'session_started'"),
        ),
    )


class Media(Base):
    """A file the customer sent; fetched in the background, bounded in size and type."""

    __tablename__ = "media"
    media_id = sa.Column(sa.Text, primary_key=True)
    inbox_id = sa.Column(sa.ForeignKey("inbox.id"), nullable=False)
    mime_type = sa.Column(sa.Text)
    sha256 = sa.Column(sa.Text)
    size = sa.Column(sa.Integer)
    path = sa.Column(sa.Text)
    state = sa.Column(sa.Text, nullable=False)  # waiting, stored, refused
    error = sa.Column(sa.Text)
    received_at = sa.Column(UtcDateTime, nullable=False)


class PairRate(Base):
    """How far ahead of Meta's pace per customer we are: `paid_until` grows 6 seconds a message."""

    __tablename__ = "pair_rate"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    paid_until = sa.Column(UtcDateTime, nullable=False)


class RateBucket(Base):
    """A token bucket shared by all senders: one row per business number."""

    __tablename__ = "rate_bucket"
    phone_number_id = sa.Column(sa.Text, primary_key=True)
    tokens = sa.Column(sa.Float, nullable=False)
    at = sa.Column(UtcDateTime, nullable=False)
    stopped_code = sa.Column(sa.Integer)  # Meta's error that stopped the number
    stopped_at = sa.Column(UtcDateTime)
