"""The twin itself: one business number, its users, and what happens between them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rapport.settings import Settings
from rapport.simulator import graph, limits, statuses, template, verdicts, webhooks
from rapport.simulator.delivery import Courier, Parcel
from rapport.simulator.faults import Faults
from rapport.simulator.log import Entry, Log
from rapport.simulator.media import MediaStore
from rapport.simulator.people import Person
from rapport.simulator.refusals import Refused
from rapport.simulator.state import State
from rapport.simulator.verdicts import Attempt

Witness = Callable[[str | None, str | None], datetime | None]
"""(phone digits, user id) → when that person's last message reached the service by another way."""

CHAT_OPEN_SECONDS = 30.0
TEMPLATES = Path(__file__).with_name("approved_templates.json")


class Twin:
    """Accepts or refuses, writes it down, reports, and delivers. Everything runs on one event loop."""

    def __init__(
        self, settings: Settings, log_path: Path, witness: Witness, now: Callable[[], datetime]
    ) -> None:
        self.settings, self.witness, self.now = settings, witness, now
        self.faults = Faults(throughput=settings.messages_per_second)
        self.templates: list[dict[str, Any]] = json.loads(TEMPLATES.read_text())
        self.state = State(self.key_of)
        self.log = Log(log_path)
        for entry in self.log.replay():
            self.state.apply(entry)
        self.media = MediaStore(self, log_path.with_name("media"))
        self.courier = Courier(settings.webhook_url, settings.app_secret, self._taken)
        self.news = asyncio.Event()
        self.is_stopping = False
        self._open_until: dict[str, float] = {}
        self._reports: set[asyncio.Task[None]] = set()

    def key_of(self, address: str) -> str:
        """An opaque, lasting name for a phone or user id, fit for URLs."""
        secret = self.settings.app_secret.encode()
        return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()[:16]

    def resume(self) -> None:
        """Go on where the last run ended: webhooks not taken, statuses not reported."""
        for entry in self.log.entries(list(self.state.undelivered)):
            self.deliver(entry)
        waiting = [sent.seq for sent in self.state.sent.values() if _may_report(sent.statuses)]
        recent = (self.now() - timedelta(hours=1)).isoformat()
        for entry in self.log.entries(waiting[-1000:]):
            if entry["at"] > recent:
                self._report(entry)

    async def stop(self) -> None:
        """Leave off at once; the log has everything."""
        for task in list(self._reports):
            task.cancel()
        await asyncio.gather(*self._reports, return_exceptions=True)
        await self.courier.close()
        self.log.close()

    def record(self, kind: str, **what: Any) -> Entry:
        """Write an entry and take note of it."""
        entry = self.log.append(kind, self.now(), **what)
        self.state.apply(entry)
        self.news.set()
        self.news = asyncio.Event()
        return entry

    # ------------------------------------------------------------------ from the business

    @property
    def account(self) -> graph.Account:
        return graph.Account(webhooks.OWN_PHONE, self.state.media, self.templates)

    async def send(self, payload: Any) -> dict[str, Any]:
        """Meta's answer to an accepted message. Raises Refused."""
        try:
            address = graph.check(payload, self.account)
            attempt = await self._attempt(payload, address)
            refused = verdicts.limited(attempt, self.state.limits, self.faults, self.now())
            if refused and refused.code not in self.faults.by_status:
                raise refused
        except Refused as refusal:
            self._record_refusal(payload, refusal)
            raise
        fate = verdicts.fate(attempt, refused, self.faults)
        entry = self._accept(payload, address, attempt, fate)
        self._report(entry)
        return _response(address, payload, entry["wamid"])

    def refuse(self, payload: Any, code: int) -> Refused:
        """A refusal that was ordered, written down as any other."""
        refusal = Refused(code, "Refused on request.")
        self._record_refusal(payload, refusal)
        return refusal

    def mark_read(self, payload: dict[str, Any]) -> None:
        """A read receipt, with typing or without. Raises Refused."""
        try:
            wamid = graph.check_read(payload)
        except Refused as refusal:
            self._record_refusal(payload, refusal)
            raise
        person = self.state.inbound.get(wamid)
        who = {"person": person.key} if person else {}
        self.record("read", wamid=wamid, **who)
        if "typing_indicator" in payload:
            self.record("typing", wamid=wamid, **who)

    async def _attempt(self, payload: dict[str, Any], address: graph.Address) -> Attempt:
        person = self.state.people.find(address.phone, address.user_id)
        is_open = await self._is_window_open(person, address)
        return Attempt(
            phone=address.phone,
            person=person,
            is_template=payload.get("type") == "template",
            is_marketing=self._category(payload) == "marketing",
            is_window_open=is_open,
        )

    async def _is_window_open(self, person: Person | None, address: graph.Address) -> bool:
        if person is not None and limits.is_window_open(person.last_inbound_at, self.now()):
            return True
        phone = address.phone or (person.phone if person else None)
        user_id = address.user_id or (person.user_id if person else None)
        seen_at = await asyncio.to_thread(self.witness, phone, user_id)
        if seen_at is not None and person is not None:
            self.state.learn(person, seen_at)
        return limits.is_window_open(seen_at, self.now())

    def _accept(
        self,
        payload: dict[str, Any],
        address: graph.Address,
        attempt: Attempt,
        fate: dict[str, Any],
    ) -> Entry:
        who = {"phone": address.phone, "user_id": address.user_id}
        return self.record(
            "accepted",
            wamid=webhooks.new_wamid(),
            to=address.given,
            **{name: value for name, value in who.items() if value},
            type=payload.get("type", "text"),
            payload=payload,
            category=self._category(payload),
            opens_conversation=not attempt.is_window_open and fate["fate"] == "deliver",
            **fate,
        )

    def _category(self, payload: dict[str, Any]) -> str:
        if payload.get("type") != "template":
            return "service"
        return str(template.find(payload["template"], self.templates)["category"]).lower()

    def _record_refusal(self, payload: Any, refusal: Refused) -> None:
        given = payload if isinstance(payload, dict) else {}
        person = self._addressee(given)
        self.record(
            "refused",
            to=given.get("to") or given.get("recipient"),
            type=given.get("type", "text"),
            payload=payload,
            code=refusal.code,
            details=refusal.details,
            **({"person": person.key} if person else {}),
        )

    def _addressee(self, payload: dict[str, Any]) -> Person | None:
        try:
            address = graph.address_of(payload)
        except Refused:
            return None
        return self.state.people.find(address.phone, address.user_id)

    # ------------------------------------------------------------------ statuses

    def open_chat(self, person: Person) -> None:
        """The person looks at the chat: what waits there is read, what comes is read at once."""
        self._open_until[person.key] = time.monotonic() + CHAT_OPEN_SECONDS
        if not self.faults.no_statuses:
            for wamid in list(person.unread):
                self._status(self.log.entries([self.state.sent[wamid].seq])[0], "read", person)

    def close_chat(self, person: Person) -> None:
        self._open_until.pop(person.key, None)

    def is_chat_open(self, person: Person) -> bool:
        return time.monotonic() < self._open_until.get(person.key, 0.0)

    def _report(self, entry: Entry) -> None:
        task = asyncio.get_running_loop().create_task(self._report_in_time(entry))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _report_in_time(self, entry: Entry) -> None:
        person = self.state.sent[entry["wamid"]].person
        steps = statuses.plan(entry, self.faults, is_chat_open=self.is_chat_open(person))
        if self.faults.reorder and steps:
            await asyncio.sleep(steps[-1][0])
            steps = [(0.0, status) for _, status in reversed(steps)]
        passed = 0.0
        for after, status in steps:
            await asyncio.sleep(max(0.0, after - passed))
            passed = max(passed, after)
            self._status(entry, status, person)

    def _status(self, entry: Entry, status: str, person: Person) -> None:
        wamid = entry["wamid"]
        if status in self.state.sent[wamid].statuses:
            return
        now = self.now()
        told = self.record(
            "status",
            wamid=wamid,
            status=status,
            person=person.key,
            to=entry["to"],
            type=entry["type"],
            code=entry.get("code"),
            payload=statuses.payload(entry, status, person, now),
            delivery=statuses.delivery(status, person),
        )
        self.deliver(told)

    # ------------------------------------------------------------------ to the service

    def deliver(self, entry: Entry) -> Parcel:
        """Bring a logged webhook to the service."""
        is_status = entry["kind"] == "status"
        copies = 1 + (self.faults.duplicates if is_status else 0)
        parcel = Parcel(entry["seq"], self._bytes_of(entry), copies, "raw" not in entry)
        self.courier.put(self._lane(entry), parcel)
        return parcel

    def _bytes_of(self, entry: Entry) -> bytes:
        if "raw" in entry:
            return str(entry["raw"]).encode("latin-1")
        return webhooks.body_of(entry["delivery"], entry["payload"], self.settings)

    def _lane(self, entry: Entry) -> str:
        if entry["kind"] == "status":
            return f"statuses {entry['wamid']}"
        person = self.state.undelivered.get(entry["seq"])
        return f"person {person.key}" if person else f"alone {entry['seq']}"

    def _taken(self, ref: int, status: int) -> None:
        self.record("answered", ref=ref, http=status)

    def take(self, counter: str) -> bool:
        """True when a fault with this counter hits; counts it down."""
        left = getattr(self.faults, counter)
        if left > 0:
            self.faults = replace(self.faults, **{counter: left - 1})
        return bool(left > 0)


def _may_report(reported: list[str]) -> bool:
    return not {"read", "failed"} & set(reported)


def _response(address: graph.Address, payload: dict[str, Any], wamid: str) -> dict[str, Any]:
    contact = {"input": address.given}
    contact |= {"wa_id": address.phone} if address.phone else {"user_id": str(address.user_id)}
    message = {"id": wamid}
    if payload.get("type") == "template":
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}
