"""What nobody reading along needs: account and card numbers become dots, a customer's own order numbers stay."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rapport import masking
from rapport.db.customers import Order


def in_text(session: Any, customer_id: int | None, text: str) -> str:
    """`text` as `masking.masked`. One query, none where nothing would be masked."""
    if masking.masked(text) == text:
        return text
    return masking.masked(text, order_numbers(session, customer_id))


def in_data(session: Any, customer_id: int | None, data: Any) -> Any:
    """JSON data as `masking.masked_in`. One query, none where nothing would be masked."""
    if masking.masked_in(data) == data:
        return data
    return masking.masked_in(data, order_numbers(session, customer_id))


def order_numbers(session: Any, customer_id: int | None) -> frozenset[str]:
    """The digits of those of the customer's order numbers that could be taken for an account number."""
    if customer_id is None:
        return frozenset()
    numbers = session.scalars(sa.select(Order.order_id).where(Order.customer_id == customer_id))
    return frozenset(filter(masking.is_long, map(masking.digits, numbers)))
