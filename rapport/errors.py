"""Failures, named after what to do next."""

from __future__ import annotations

from datetime import timedelta


class RapportError(Exception):
    """Something the person at the keyboard can mend; the message is one line and names the fix."""


class SchemaBehind(RapportError):
    """The database's schema is older than the code."""


class SendError(Exception):
    """A message did not go out. Subclasses say what the caller should do next."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(f"error {code} {detail}".strip())
        self.code, self.detail = code, detail


class TryLater(SendError):
    """Meta asks us to wait; `after` says how long."""

    def __init__(self, code: int, after: timedelta, detail: str = "") -> None:
        super().__init__(code, detail)
        self.after = after


class NeverToThisCustomer(SendError):
    """This customer cannot or must not receive it."""


class BadMessage(SendError):
    """The message itself is refused; sending it again cannot help."""


class StopEverything(SendError):
    """The number, the account or the token is restricted; nothing may go out until a person looks."""


class OutcomeUnknown(SendError):
    """The line broke after the request left; only a status webhook can tell."""
