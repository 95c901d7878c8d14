"""The only reader of the wall clock; everything else is given `now`."""

from datetime import datetime, timezone


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(timezone.utc)
