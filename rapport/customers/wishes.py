"""What a customer wishes for in the conversation: on the list, off it, and "tell me when"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from rapport.db.customers import Interest, WishlistItem

BACK_IN_STOCK, CHEAPER = "back_in_stock", "cheaper"
"""Kinds of interest: told when there is stock again, told when the price falls."""


def put(session: Any, customer_id: int, product_ids: Sequence[str], now: datetime) -> None:
    """On the wish list; newer news of the business stays. One statement."""
    _list(session, customer_id, product_ids, now, is_listed=True)


def take(session: Any, customer_id: int, product_ids: Sequence[str], now: datetime) -> None:
    """Off the wish list; newer news of the business stays. One statement."""
    _list(session, customer_id, product_ids, now, is_listed=False)


def want_to_know(
    session: Any, *, customer_id: int, kind: str, product_id: str, origin: str, now: datetime
) -> None:
    """Keep "tell me when"; the same message twice is kept once."""
    session.execute(
        insert(Interest)
        .values(
            customer_id=customer_id,
            kind=kind,
            product_id=product_id,
            at=now,
            origin=f"{origin}:{kind}:{product_id}",
        )
        .on_conflict_do_nothing(index_elements=["origin"])
    )


def forget(session: Any, *, customer_id: int, kind: str, product_id: str) -> set[str]:
    """Take "tell me when" back; the messages that asked for it."""
    gone = session.execute(
        sa.delete(Interest)
        .where(
            Interest.customer_id == customer_id,
            Interest.kind == kind,
            Interest.product_id == product_id,
        )
        .returning(Interest.origin)
        .execution_options(synchronize_session=False)
    )
    return {row.origin.removesuffix(f":{kind}:{product_id}") for row in gone}


def _list(
    session: Any, customer_id: int, product_ids: Sequence[str], now: datetime, *, is_listed: bool
) -> None:
    if not product_ids:
        return
    rows = [
        {"customer_id": customer_id, "product_id": p, "is_listed": is_listed, "changed_at": now}
        for p in product_ids
    ]
    new = insert(WishlistItem).values(rows)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["customer_id", "product_id"],
            set_={"is_listed": new.excluded.is_listed, "changed_at": new.excluded.changed_at},
            where=WishlistItem.changed_at <= new.excluded.changed_at,
        )
    )
