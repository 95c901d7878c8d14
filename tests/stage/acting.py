"""Plays a conversation on the running service and compares what came with what was expected."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rapport import clock
from rapport.consent import ledger
from rapport.conversation import handover
from rapport.customers import offers
from rapport.customers.demo import story
from rapport.db import session
from rapport.db.conversation import Inbox, Outbox
from rapport.db.customers import Case, Customer
from rapport.vocabulary import InboxState, SendState
from tests.service import PATIENCE_SECONDS, Service, choices_of, text_of, web, webhook_of
from tests.stage.script import Conversation, Step
from tests.stage.short_form import events_of, offers_of, sent_of
from tests.stage.verdict import Heard, faults

POLL_SECONDS = 0.1
UNSETTLED = (SendState.QUEUED.value, SendState.SENDING.value)


@dataclass
class Performance:
    """A played conversation: its transcript, and what was wrong with its last message."""

    conversation: Conversation
    transcript: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        at = f"tests/conversations/{self.conversation.path.name}:{self.conversation.line}"
        return "\n".join(["", f"{self.conversation.name} ({at})", *self.transcript, *self.faults])


class Stage:
    """The service with the example businesses in it; conversations may be played side by side."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.engine = session.engine_for(service.database_url)
        self.sessions = session.sessions_for(self.engine)
        self.now = clock.utc_now()
        service.faults(no_statuses=True)  # three webhooks a reply that no conversation looks at
        self.tell(story(self.now))

    def tell(self, events: list[dict[str, Any]]) -> None:
        """Business events through their own door; all have to be taken."""
        settings = self.service.settings
        answer = web.post(
            f"{settings.url}/events",
            json=events,
            headers={"Authorization": f"Bearer {settings.events_key}"},
        )
        assert answer.status_code == 202, answer.text
        assert answer.json()["refused"] == [], answer.text

    def reach_out(self, conversation: Conversation) -> None:
        """What was put to the customer before, through the subject's own door, and what we wrote by ourselves."""
        made = list(offers_of(conversation, self.now))
        sent = list(sent_of(conversation, self.now))
        if not made and not sent:
            return
        with self.sessions.begin() as writing:
            business_id = Customer.business_id == conversation.customer
            customer_id = writing.scalar(sa.select(Customer.id).where(business_id))
            for offer in made:
                offers.make(writing, customer_id=customer_id, **offer)
            writing.add_all(Outbox(customer_id=customer_id, **row) for row in sent)

    def play(self, conversation: Conversation) -> Performance:
        """The whole chat, or as far as it went well."""
        performance = Performance(conversation)
        try:
            if events := list(events_of(conversation, self.now)):
                self.tell(events)
            self.reach_out(conversation)
            self._act(Actor(self, conversation), performance)
        except Exception as error:
            performance.faults.append(f"  broke off: {type(error).__name__}: {error}")
        return performance

    def _act(self, actor: Actor, performance: Performance) -> None:
        for step in performance.conversation.chat:
            performance.transcript.append(f"  {step.line:>4}  customer  {_wording(step)}")
            heard = actor.does(step)
            performance.transcript += list(_lines(heard))
            performance.faults += list(faults(step.expects, heard))
            if performance.faults:
                return


class Actor:
    """The customer of one conversation at the phone."""

    def __init__(self, stage: Stage, conversation: Conversation) -> None:
        self._stage, self._service = stage, stage.service
        self._conversation = conversation
        self._offered: list[str] = []
        self._cases: set[str] = set()
        self.address = self._address()

    def _address(self) -> str:
        who = self._conversation.who
        if who.get("username"):
            return f"US.{self._conversation.phone}"
        if "demo" not in who:
            return self._conversation.phone
        found = [e["data"]["phone"] for e in story(self._stage.now) if _introduces(e, who["demo"])]
        assert found, f"there is no demo customer {who['demo']}"
        return str(found[-1]).lstrip("+")

    def does(self, step: Step) -> Heard:
        """One step; returns when the turn is over and its replies have left."""
        since, wamids = getattr(self, f"_{step.does}")(step)
        rows = self._answered(wamids)
        heard = self._heard(rows, since)
        self._offered = heard.titles + self._offered
        return heard

    def _says(self, step: Step) -> tuple[int, list[str]]:
        return self._post({"type": "text", "text": step.what})

    def _sends(self, step: Step) -> tuple[int, list[str]]:
        return self._post({"type": step.what, "text": step.caption})

    def _taps(self, step: Step) -> tuple[int, list[str]]:
        fits = [title for title in self._offered if step.what.casefold() in title.casefold()]
        assert fits, f"nothing to tap is called “{step.what}”; there are {self._offered}"
        return self._post({"tap": fits[0]})

    def _writes(self, step: Step) -> tuple[int, list[str]]:
        """Several at once, as Meta delivers them after a moment without signal: in one webhook."""
        stamp = str(int(time.time()))
        messages = [
            {
                "from": self.address,
                "id": f"wamid.{self._conversation.number}.{step.line}.{place}",
                "timestamp": stamp,
                "type": "text",
                "text": {"body": words},
            }
            for place, words in enumerate(step.what)
        ]
        body = webhook_of(messages, self.address)
        answer = web.post(f"{self._twin}/webhook", content=body).json()
        assert answer["status"] == 200, answer
        return int(answer["seq"]), [str(message["id"]) for message in messages]

    def _post(self, wish: dict[str, Any]) -> tuple[int, list[str]]:
        message = {"from": self.address, **wish}
        answer = web.post(f"{self._twin}/messages", json=message)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["seq"]), [str(answer.json()["wamid"])]

    @property
    def _twin(self) -> str:
        return f"{self._service.settings.twin_url}/twin"

    def _answered(self, wamids: list[str]) -> list[Any]:
        """The messages' rows once no turn and no reply of theirs is under way any more."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self._stage.sessions.begin() as reading:
                rows = reading.scalars(sa.select(Inbox).where(Inbox.wamid.in_(wamids))).all()
                done = [row for row in rows if row.state != InboxState.PENDING.value]
                if len(done) == len(wamids) and not _is_sending(reading, done[0].customer_id):
                    return sorted(done, key=lambda row: wamids.index(row.wamid))
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"no answer within {PATIENCE_SECONDS:.0f} s")

    def _heard(self, rows: list[Any], since: int) -> Heard:
        customer_id, now = rows[0].customer_id, clock.utc_now()
        with self._stage.sessions.begin() as reading:
            states = ledger.states(reading, customer_id, now)
            is_human = handover.is_with_human(reading, customer_id)
            cases = reading.execute(
                sa.select(Case.case_id, Case.topic)
                .where(Case.customer_id == customer_id, Case.origin == "conversation")
                .order_by(Case.opened_at)
            ).all()
        new = [case for case in cases if case.case_id not in self._cases]
        self._cases |= {case.case_id for case in new}
        return Heard(
            replies=tuple(self._replies(since)),
            intent=rows[-1].intent,
            language=rows[-1].language,
            state=rows[-1].state,
            consent={topic: state.value for topic, state in states.items()},
            cases=tuple(case.topic for case in new),
            handover="human" if is_human else "bot",
        )

    def _replies(self, since: int) -> Iterator[dict[str, Any]]:
        """What Meta accepted for this customer after a message of theirs."""
        while page := self._log(since):
            yield from (
                entry
                for entry in page
                if entry["kind"] == "accepted" and str(entry["to"]).lstrip("+") == self.address
            )
            since = page[-1]["seq"]

    def _log(self, since: int) -> list[dict[str, Any]]:
        answer = web.get(f"{self._twin}/log", params={"since": str(since)})
        return list(answer.json()["entries"])


def _is_sending(reading: Any, customer_id: int) -> bool:
    waiting = sa.exists().where(Outbox.customer_id == customer_id, Outbox.state.in_(UNSETTLED))
    return bool(reading.scalar(sa.select(waiting)))


def _wording(step: Step) -> str:
    if step.does == "writes":
        return " ⏎ ".join(step.what)
    if step.does == "says":
        return str(step.what)
    return f"({step.does} {step.what}) {step.caption}".rstrip()


def _lines(heard: Heard) -> Iterator[str]:
    for reply in heard.replies:
        yield f"        service   {text_of(reply)}"
        rows = [f"[{' | '.join(_row(choice))}]" for choice in choices_of(reply)]
        if rows:
            yield f"                  {' '.join(rows)}"
    if not heard.replies:
        yield "        service   (silent)"


def _row(choice: dict[str, str]) -> list[str]:
    return [choice["title"], *([choice["description"]] if choice.get("description") else [])]


def _introduces(event: dict[str, Any], customer: str) -> bool:
    return event["type"] == "customer.upserted" and event.get("subject") == customer
