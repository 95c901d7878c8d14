"""Consent: the ledger is the proof, `consent` the present state, suppression outlives the customer."""

from __future__ import annotations

import sqlalchemy as sa

from rapport.db.base import Base, UtcDateTime


class ConsentEntry(Base):
    """One change of mind. Appended, never changed; `origin` makes a repeated delivery harmless."""

    __tablename__ = "consent_ledger"
    id = sa.Column(sa.BigInteger, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False)
    topic = sa.Column(sa.Text, nullable=False)
    state = sa.Column(sa.Text, nullable=False)  # in, out, paused, void
    voids = sa.Column(sa.Text)  # the origin of the doubtful lines that this one takes back
    until = sa.Column(UtcDateTime)
    method = sa.Column(sa.Text, nullable=False)
    wording = sa.Column(sa.Text)
    evidence = sa.Column(sa.Text)
    origin = sa.Column(sa.Text, nullable=False)
    at = sa.Column(UtcDateTime, nullable=False)
    recorded_at = sa.Column(UtcDateTime, nullable=False)
    __table_args__ = (
        sa.UniqueConstraint("origin", "topic"),
        sa.Index(None, "customer_id", "at"),
    )


class Consent(Base):
    """The state of one topic: the newest ledger row by `at`. No row means unknown, thus no."""

    __tablename__ = "consent"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    topic = sa.Column(sa.Text, primary_key=True)
    state = sa.Column(sa.Text, nullable=False)
    until = sa.Column(UtcDateTime)
    at = sa.Column(UtcDateTime, nullable=False)
    entry_id = sa.Column(sa.ForeignKey("consent_ledger.id"), nullable=False)


class Suppression(Base):
    """ "Never write to this address again", by hash, so that it survives erasure."""

    __tablename__ = "suppression"
    identity_hash = sa.Column(sa.Text, primary_key=True)
    topic = sa.Column(sa.Text, primary_key=True)
    at = sa.Column(UtcDateTime, nullable=False)


class Cadence(Base):
    """The customer's own wish: at most `messages` messages of ours in any `days` days."""

    __tablename__ = "cadence"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    messages = sa.Column(sa.Integer, nullable=False)
    days = sa.Column(sa.Integer, nullable=False)
    at = sa.Column(UtcDateTime, nullable=False)
    origin = sa.Column(sa.Text, nullable=False)


class ExportLink(Base):
    """A way to everything about a customer, for a while; only the hash of its token is kept."""

    __tablename__ = "export_link"
    token_hash = sa.Column(sa.Text, primary_key=True)
    customer_id = sa.Column(sa.ForeignKey("customer.id"), nullable=False, index=True)
    origin = sa.Column(sa.Text, nullable=False, unique=True)
    expires_at = sa.Column(UtcDateTime, nullable=False)
    uses_left = sa.Column(sa.Integer, nullable=False)


class Erasure(Base):
    """A customer's wish to be forgotten; the row says that it is due until `done_at`."""

    __tablename__ = "erasure"
    customer_id = sa.Column(sa.ForeignKey("customer.id"), primary_key=True)
    asked_at = sa.Column(UtcDateTime, nullable=False)
    origin = sa.Column(sa.Text, nullable=False)
    done_at = sa.Column(UtcDateTime)
    __table_args__ = (
        sa.Index("ix_erasure_due", "asked_at", postgresql_where=sa.text("done_at IS NULL")),
    )
