"""One customer at the twin's phone: send a message, wait for the turn, read the replies."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from rapport import clock
from rapport.commands import database, rows
from rapport.consent import ledger
from rapport.customers import identity
from rapport.db.conversation import Inbox, Outbox
from rapport.db.session import sessions_for
from rapport.errors import RapportError
from rapport.settings import Settings
from rapport.vocabulary import InboxState, SendState

T = TypeVar("T")
POLL_SECONDS = 0.03
HTTP_SECONDS = 30.0
UNSETTLED = (SendState.QUEUED.value, SendState.SENDING.value)
USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]+")


class Talk:
    """As `customer` (business id, phone, user id) to the running service; `seconds` bound each wait."""

    def __init__(self, settings: Settings, customer: str, seconds: float) -> None:
        self._settings, self._customer, self._seconds = settings, customer, seconds
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Talk:
        """Raises RapportError when nobody serves, or nobody is called so."""
        with self._open as opening:
            client = httpx.Client(base_url=self._settings.twin_url, timeout=HTTP_SECONDS)
            self._twin = opening.enter_context(client)
            self._ask("GET", "/twin/log", params={"limit": "1"})
            engine = opening.enter_context(database.connected(self._settings))
            self._sessions = sessions_for(engine)
            self._address = self._find_address()
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def say(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Send one message and wait for what it leads to. Raises RapportError when that takes too long.

        `replies` are the messages of the turn as the twin delivered them; `ms` is from the message's
        departure to the acceptance of the last reply; `consent` is the state afterwards.
        """
        began = time.monotonic()
        sent = self._ask("POST", "/twin/messages", json={**wish, "from": self._address})
        deadline = began + self._seconds
        inbox = _poll(lambda: self._finished(sent["wamid"]), deadline, "an answer")
        taken = _poll(lambda: self._settled(inbox), deadline, "the replies to leave")
        ms = round(1000 * (time.monotonic() - began))
        told = {key: inbox[key] for key in ("intent", "confidence", "language")}
        return {
            "replies": self._replies(sent["seq"], {row.wamid for row in taken}),
            **told,
            "consent": self._consent(inbox["customer_id"]),
            "ms": ms,
            "state": inbox["state"],
            "refused": [row.error_code for row in taken if row.state == SendState.REFUSED.value],
        }

    def _find_address(self) -> str:
        """Phone digits or user id. Who looks like neither must be a customer of the business."""
        with self._sessions.begin() as session:
            customer_id = rows.customer_named(session, self._customer)
            known = identity.address_of(session, customer_id) if customer_id else (None, None)
        named = USER_ID.fullmatch(self._customer)
        stranger = rows.phone_of(self._customer) or (self._customer if named else None)
        address = known[0] or known[1] or stranger
        if address is None and customer_id is not None:
            raise RapportError(
                f"Customer {self._customer} has no number any more, it passed to somebody else; import a "
                "customer.upserted event with another phone, or write --as that phone."
            )
        if address is None:
            raise RapportError(f"There is no customer {self._customer}; try a phone number.")
        return address

    def _finished(self, wamid: str) -> dict[str, Any] | None:
        """The message's row once its turn is over, None before."""
        keys = (Inbox.id, Inbox.customer_id, Inbox.turn_id, Inbox.state)
        columns = (*keys, Inbox.intent, Inbox.confidence, Inbox.language)
        with self._sessions.begin() as session:
            question = sa.select(*columns).where(Inbox.wamid == wamid)
            row = session.execute(question).mappings().first()
        return dict(row) if row and row["state"] != InboxState.PENDING.value else None

    def _settled(self, inbox: dict[str, Any]) -> list[Any] | None:
        """The turn's messages once none of them waits any more, None before."""
        turn_id = inbox["turn_id"] or inbox["id"]
        columns = (Outbox.wamid, Outbox.state, Outbox.error_code)
        with self._sessions.begin() as session:
            found = session.execute(sa.select(*columns).where(Outbox.turn_id == turn_id)).all()
        return None if any(row.state in UNSETTLED for row in found) else list(found)

    def _replies(self, after: int, wamids: set[str]) -> list[dict[str, Any]]:
        """What the twin delivered of these, in its order."""
        found = []
        while page := self._ask("GET", "/twin/log", params={"since": str(after)})["entries"]:
            for entry in page:
                if entry["kind"] == "accepted" and entry["wamid"] in wamids:
                    found.append(rows.said(entry["type"], entry["payload"][entry["type"]]))
            after = page[-1]["seq"]
        return found

    def _consent(self, customer_id: int) -> dict[str, Any]:
        with self._sessions.begin() as session:
            return dict(ledger.states(session, customer_id, clock.utc_now()))

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        try:
            answer = self._twin.request(method, path, **how)
        except httpx.HTTPError as error:
            raise RapportError(
                f"The twin does not answer at {self._settings.twin_url}; start it with: rapport up"
            ) from error
        if answer.is_error:
            raise RapportError(f"The phone cannot do that: {_reason(answer)}.")
        return answer.json()


def _poll(ask: Callable[[], T | None], deadline: float, what: str) -> T:
    """The first answer that is not None. Raises RapportError after the deadline."""
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise RapportError(
                f"Waited too long for {what}; see rapport status and rapport inbox, "
                "or allow more with --timeout."
            )
        time.sleep(POLL_SECONDS)
    return found


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"
