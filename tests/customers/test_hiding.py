"""A customer's own order numbers stay readable, nobody else's account number does."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa

from rapport.customers import hiding, identity
from rapport.db.customers import Order

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)


def customer(session: Any, phone: str, order_id: str) -> int:
    customer_id = identity.find_or_create(
        session, bsuid=None, phone=phone, profile_name=None, now=NOW
    )
    session.add(
        Order(order_id=order_id, customer_id=customer_id, status="placed", status_at=NOW, news={})
    )
    session.flush()
    return customer_id


def test_only_ones_own_order_numbers_are_shown(sessions: Any) -> None:
    with sessions.begin() as session:
        own = customer(session, "15550100001", "1000123456")
        other = customer(session, "15550100002", "2000-123-456")
        said = {"text": "1000123456 or 2000123456", "more": [{"body": "4111 1111 1111 1111"}]}
        assert hiding.in_text(session, own, said["text"]) == "1000123456 or ••••3456"
        assert hiding.in_data(session, other, said) == {
            "text": "••••3456 or 2000123456",
            "more": [{"body": "••••1111"}],
        }
        assert hiding.in_text(session, None, "1000123456") == "••••3456"


def test_nothing_is_asked_where_nothing_would_be_masked(sessions: Any) -> None:
    asked: list[str] = []
    with sessions.begin() as session:
        sa.event.listen(
            session.connection(), "before_cursor_execute", lambda *a: asked.append(a[2])
        )
        assert hiding.in_text(session, 1, "order A7041, please") == "order A7041, please"
    assert not asked
