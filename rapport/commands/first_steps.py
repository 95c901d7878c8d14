"""What a first start does by itself: schema, demo customers, and whether a model is missing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rapport import clock
from rapport.commands.children import rasa_root
from rapport.commands.display import Display
from rapport.db import schema, session
from rapport.db.customers import Customer
from rapport.settings import Settings


def prepare(settings: Settings, url: str, display: Display) -> None:
    """Bring the schema up to the code and load the demo into a database without customers.

    Raises RapportError when the database does not answer.
    """
    engine = session.engine_for(url, pool_size=2)
    sessions = session.sessions_for(engine)
    try:
        with display.step("Database"):
            session.check_reachable(engine)
            schema.upgrade(engine)
        if not _has_customers(sessions):
            with display.step("Demo customers"):
                _load_demo(sessions)
    finally:
        engine.dispose()


def has_model() -> bool:
    """True when there is a model, and a stop guard, of the present training data."""
    from rapport.dialogue import models

    return models.is_ready(rasa_root())


def _has_customers(sessions: Any) -> bool:
    with sessions.begin() as asked:
        return bool(asked.scalar(sa.select(sa.exists().where(Customer.id.is_not(None)))))


def _load_demo(sessions: Any) -> None:
    from rapport.customers import demo

    with sessions.begin() as given:
        demo.load(given, clock.utc_now())
