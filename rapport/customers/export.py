"""A way to everything about a customer: a link with a random token, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rapport.customers import personal
from rapport.db.consent import ExportLink

VALID_FOR = timedelta(hours=24)
USES = 5
"""A download that broke off may be repeated; a link that went astray is soon used up."""


def link(session: Session, customer_id: int, *, origin: str, now: datetime) -> str:
    """The token of a new link; asked again in the same message, the new one takes the place of the old."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": _hash(token),
        "customer_id": customer_id,
        "expires_at": now + VALID_FOR,
        "uses_left": USES,
    }
    session.execute(
        insert(ExportLink)
        .values(origin=origin, **row)
        .on_conflict_do_update(index_elements=["origin"], set_=row)
    )
    return token


def redeem(session: Session, token: str, now: datetime) -> bytes | None:
    """Everything about the customer as JSON, None for a token that is unknown, over or used up."""
    customer_id = session.scalar(
        sa.update(ExportLink)
        .where(
            ExportLink.token_hash == _hash(token),
            ExportLink.expires_at > now,
            ExportLink.uses_left > 0,
        )
        .values(uses_left=ExportLink.uses_left - 1)
        .returning(ExportLink.customer_id)
        .execution_options(synchronize_session=False)
    )
    if customer_id is None:
        return None
    told = {"exported_at": now, **personal.rows_of(session, customer_id)}
    return json.dumps(told, default=_plain, ensure_ascii=False, indent=1).encode()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
