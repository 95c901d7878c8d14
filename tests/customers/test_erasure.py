"""Who wants to be forgotten is: in every table, on disk, and after a crash too."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rapport.consent import ledger
from rapport.conversation import forgetting, inbox, outbox, replies
from rapport.conversation.replies import BotMessage
from rapport.customers import erasure, events, export, identity, personal
from rapport.db.consent import Consent, Erasure, Suppression
from rapport.db.conversation import Inbox, Media, Outbox, StatusUpdate, TrackerEvent
from rapport.db.customers import Customer
from rapport.db.tables import Base
from rapport.vocabulary import ConsentState
from rapport.whatsapp import webhook
from tests.model import trained_guard
from tests.service import text_webhook

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
LATER = NOW + timedelta(minutes=1)
PHONE = "+15550200777"
SECRETS = (
    "15550200777",
    "Marlene",
    "m.k@example.org",
    "ZX-9001",
    "xylophone",
    "C-77",
    "wamid.mine",
)


@pytest.fixture(scope="module", autouse=True)
def trained() -> None:
    trained_guard()


def tell(sessions: Any, kind: str, number: int, at: datetime = NOW, **data: Any) -> None:
    event = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "test",
        "type": kind,
        "time": at.isoformat(),
        "subject": "C-77",
        "data": data,
    }
    with sessions.begin() as session:
        assert events.accept(session, [event], at).accepted


@pytest.fixture
def customer(sessions: Any, tmp_path: Path) -> int:
    """Somebody with an order, consents, a chat with a file, a tracker and a reported message of ours."""
    tell(sessions, "customer.upserted", 1, phone=PHONE, name="Marlene K", email="m.k@example.org")
    euros = {"amount": "5.00", "currency": "EUR"}
    item = {"product_id": "lamp", "quantity": 1, "unit_price": euros}
    tell(sessions, "order.placed", 2, order_id="ZX-9001", items=[item], total=euros)
    tell(sessions, "consent.granted", 3, topic="offers", method="checkout", evidence="wamid.mine.0")
    with sessions.begin() as session:
        body = text_webhook(PHONE[1:], "my word is xylophone", "wamid.mine.1", NOW.timestamp())
        inbox.record(session, webhook.parse(body), NOW)
        row = session.scalars(sa.select(Inbox)).one()
        row.state = "handled"
        session.add(
            Media(media_id="m1", inbox_id=row.id, state="stored", path="a.jpg", received_at=NOW)
        )
        (tmp_path / "a.jpg").write_text("xylophone")
        said = replies.compose([BotMessage("Hello Marlene")], row.id)
        outbox.enqueue(
            session,
            customer_id=row.customer_id,
            turn_id=row.id,
            origin="turn",
            messages=said,
            now=NOW,
        )
        sent = session.scalars(sa.select(Outbox)).one()
        sent.state, sent.wamid, sent.settled_at = "accepted", "wamid.mine.2", NOW
        session.add(StatusUpdate(wamid="wamid.mine.2", status="read", at=NOW, received_at=NOW))
        tracker = {"text": "my word is xylophone"}
        session.add(
            TrackerEvent(
                sender_id=str(row.customer_id), seq=1, type_name="user", timestamp=1.0, data=tracker
            )
        )
        export.link(session, row.customer_id, origin="wamid.mine.3", now=NOW)
        return int(row.customer_id)


def everything(sessions: Any) -> str:
    """Every row of every table as text."""
    with sessions() as session:
        return "\n".join(
            f"{table.name} {dict(row._mapping)}"
            for table in Base.metadata.sorted_tables
            for row in session.execute(sa.select(table))
        )


def wish(sessions: Any, customer: int) -> None:
    with sessions.begin() as session:
        erasure.ask(session, customer, origin="wamid.mine.9", now=NOW)


def test_nothing_personal_is_left_in_any_table_or_file(
    sessions: Any, customer: int, tmp_path: Path
) -> None:
    before = everything(sessions)
    assert [word for word in SECRETS if word not in before] == []
    wish(sessions, customer)
    assert forgetting.sweep(sessions, tmp_path, LATER) == 1
    after = everything(sessions)
    assert [word for word in SECRETS if word in after] == []
    assert not (tmp_path / "a.jpg").exists()
    assert forgetting.sweep(sessions, tmp_path, LATER) == 0


def test_every_table_that_names_a_customer_is_known(sessions: Any) -> None:
    known = {table.name for table, _ in personal.conditions(1)}
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(column.references(Customer.__table__.c.id) for column in table.columns)
    }
    rest = {
        "send_attempt",
        "media",
        "order_item",
        "message_status",
        "tracker_event",
        "business_event",
    }
    assert named | rest | {"customer"} <= known


def test_the_proof_stays_without_words_and_messages(
    sessions: Any, customer: int, tmp_path: Path
) -> None:
    wish(sessions, customer)
    forgetting.sweep(sessions, tmp_path, LATER)
    with sessions() as session:
        (entry,) = ledger.history(session, customer)
        assert (entry.topic, entry.state, entry.method) == ("offers", ConsentState.IN, "checkout")
        assert entry.evidence is None
        kept = {row.topic for row in session.scalars(sa.select(Suppression))}
        assert kept == {"offers", "wishlist"}


@pytest.mark.parametrize(
    ("method", "days", "state"),
    [
        pytest.param("checkout", -1, "out", id="an older yes"),
        pytest.param("import", +1, "out", id="a newer import"),
        pytest.param("web_form", +1, "in", id="a newer yes of their own"),
    ],
)
def test_what_was_erased_is_not_revived_by_an_import(
    sessions: Any, customer: int, tmp_path: Path, method: str, days: int, state: str
) -> None:
    wish(sessions, customer)
    forgetting.sweep(sessions, tmp_path, LATER)
    at = LATER + timedelta(days=days)
    tell(sessions, "customer.upserted", 11, at=LATER + timedelta(hours=1), phone=PHONE, name="Anna")
    tell(sessions, "consent.granted", 12, at=at, topic="offers", method=method)
    with sessions() as session:
        found = session.scalars(
            sa.select(Consent)
            .join(Customer, Customer.id == Consent.customer_id)
            .where(Customer.business_id == "C-77", Consent.topic == "offers")
        ).one()
        assert found.state == state


def test_somebody_forgotten_who_writes_again_is_a_stranger_without_advertising(
    sessions: Any, customer: int, tmp_path: Path
) -> None:
    wish(sessions, customer)
    forgetting.sweep(sessions, tmp_path, LATER)
    with sessions.begin() as session:
        again = identity.find_or_create(
            session, bsuid=None, phone=PHONE, profile_name="M", now=LATER
        )
        assert again != customer
        assert ledger.states(session, again, LATER)["offers"] is ConsentState.OUT


def test_the_old_events_are_known_still_so_that_a_second_import_changes_nothing(
    sessions: Any, customer: int, tmp_path: Path
) -> None:
    wish(sessions, customer)
    forgetting.sweep(sessions, tmp_path, LATER)
    event = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "test",
        "type": "customer.upserted",
        "time": NOW.isoformat(),
        "subject": "C-77",
        "data": {"phone": PHONE, "name": "Marlene K"},
    }
    with sessions.begin() as session:
        assert events.accept(session, [event], LATER).duplicate
    assert "Marlene" not in everything(sessions)


@pytest.mark.parametrize(
    ("state", "settled", "asked", "is_due"),
    [
        pytest.param("accepted", NOW, NOW, True, id="the farewell is out"),
        pytest.param("accepted", LATER, NOW, False, id="the farewell has just left"),
        pytest.param("queued", None, NOW, False, id="the farewell waits"),
        pytest.param("queued", None, NOW - timedelta(hours=1), True, id="it cannot be sent"),
        pytest.param("refused", NOW, NOW, True, id="it was refused"),
    ],
)
def test_the_farewell_leaves_first(
    sessions: Any, customer: int, state: str, settled: Any, asked: datetime, is_due: bool
) -> None:
    with sessions.begin() as session:
        session.execute(sa.update(Outbox).values(state=state, settled_at=settled))
        erasure.ask(session, customer, origin="w", now=asked)
        assert (erasure.due(session, LATER) == [customer]) is is_due


def test_a_crash_in_the_middle_is_made_up_for(
    sessions: Any, customer: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(sessions, customer)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(erasure, "_blank_customer", die)
    with pytest.raises(KeyboardInterrupt):
        forgetting.sweep(sessions, tmp_path, LATER)
    monkeypatch.undo()
    with sessions() as session:
        assert session.get(Erasure, customer).done_at is None
    assert forgetting.sweep(sessions, tmp_path, LATER) == 1
    assert "xylophone" not in everything(sessions)


def test_the_export_holds_every_row_and_the_link_wears_out(sessions: Any, customer: int) -> None:
    with sessions.begin() as session:
        token = export.link(session, customer, origin="wamid.link", now=NOW)
        told = json.loads(export.redeem(session, token, NOW) or b"")
        assert told["customer"][0]["email"] == "m.k@example.org"
        assert {"orders", "order_item", "inbox", "outbox", "consent_ledger", "identity"} <= set(
            told
        )
        assert token not in json.dumps(told)
        for _ in range(export.USES - 1):
            assert export.redeem(session, token, NOW)
        assert export.redeem(session, token, NOW) is None
        fresh = export.link(session, customer, origin="wamid.link2", now=NOW)
        assert export.redeem(session, fresh, NOW + export.VALID_FOR) is None
        assert export.redeem(session, "guess", NOW) is None
