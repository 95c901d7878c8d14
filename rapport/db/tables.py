"""All tables, for Alembic and for whoever needs the whole metadata."""

from rapport.db import consent, conversation, customers
from rapport.db.base import Base

__all__ = ["Base", "consent", "conversation", "customers"]
