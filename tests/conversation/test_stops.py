"""A wish to be left alone is obeyed in the webhook's own transaction, before any dialogue."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rapport.conversation import inbox, outbox, replies, stops
from rapport.conversation.replies import BotMessage, Button
from rapport.db.consent import ConsentEntry
from rapport.db.conversation import Inbox
from rapport.errors import RapportError
from rapport.understanding import guard as guards
from rapport.whatsapp import webhook
from tests.model import trained_guard
from tests.service import text_webhook, webhook_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.utc)
SENDER = "15550200001"
MARKETING = {"offers", "wishlist"}


@pytest.fixture(scope="module", autouse=True)
def trained() -> None:
    trained_guard()


def receive(sessions: Any, body: bytes) -> None:
    with sessions.begin() as session:
        inbox.record(session, webhook.parse(body), NOW)


def say(sessions: Any, text: str, wamid: str = "wamid.1") -> None:
    receive(sessions, text_webhook(SENDER, text, wamid, NOW.timestamp()))


def withdrawn(sessions: Any) -> set[tuple[str, str]]:
    with sessions() as session:
        lines = session.scalars(sa.select(ConsentEntry))
        return {(line.topic, line.method) for line in lines if line.state == "out"}


def by(method: str, *topics: str) -> set[tuple[str, str]]:
    return {(topic, method) for topic in topics}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STOP", by("keyword", *MARKETING)),
        ("stop all", by("keyword", "*")),
        ("please stop sending me your ads", by("guard", "offers")),
        ("ya no me manden promociones por favor", by("guard", "offers")),
        ("mujhe ye messages nahi chahiye, band karo", by("guard", *MARKETING)),
        ("no more offers, but keep order updates", by("guard", "offers")),
        ("only order updates", by("guard", "offers", "wishlist", "account_alerts")),
        ("🚫", by("doubt", *MARKETING)),
        ("cancel my order please", set()),
        ("don't stop the offers", set()),
        ("when do your offers start?", set()),
        ("start", set()),
    ],
)
def test_what_a_message_ends(sessions: Any, text: str, expected: set[tuple[str, str]]) -> None:
    say(sessions, text)
    say(sessions, text)  # Meta may deliver twice
    assert withdrawn(sessions) == expected


def test_the_row_says_what_was_obeyed(sessions: Any) -> None:
    say(sessions, "please stop sending me your ads")
    with sessions() as session:
        (row,) = session.scalars(sa.select(Inbox))
        assert (row.intent, row.state) == ("opt_out", "pending")
        assert 0.5 < row.confidence < 1.0


@pytest.mark.parametrize(
    "message",
    [
        {"type": "button", "button": {"payload": "x", "text": "Stop promotions"}},
        {"type": "image", "image": {"id": "m1", "caption": "stop sending me these messages"}},
    ],
    ids=["a template's button", "a caption"],
)
def test_what_is_tapped_on_a_template_or_written_under_a_picture_counts(
    sessions: Any, message: dict[str, Any]
) -> None:
    whole = {"from": SENDER, "id": "wamid.2", "timestamp": str(int(NOW.timestamp())), **message}
    receive(sessions, webhook_of([whole], SENDER))
    assert {topic for topic, _ in withdrawn(sessions)} & MARKETING


def offer(sessions: Any, *titles: str) -> None:
    """A question of ours on the table."""
    say(sessions, "hello", "wamid.0")
    with sessions.begin() as session:
        (row,) = session.scalars(sa.select(Inbox))
        choice = tuple(Button(title, f"/{title.split()[0].lower()}") for title in titles)
        outbox.enqueue(
            session,
            customer_id=row.customer_id,
            turn_id=row.id,
            origin="turn",
            messages=replies.compose([BotMessage("Which one?", choice)], row.id),
            now=NOW,
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("stop the newsletter", set(), id="the title of a choice"),
        pytest.param("🚫", set(), id="perhaps an answer"),
        pytest.param("stop sending me ads", by("guard", "offers"), id="no answer at all"),
        pytest.param("stop", by("keyword", *MARKETING), id="beyond doubt"),
    ],
)
def test_an_open_question_is_answered_first(
    sessions: Any, text: str, expected: set[tuple[str, str]]
) -> None:
    offer(sessions, "Stop the newsletter", "Keep it")
    say(sessions, text)
    assert withdrawn(sessions) == expected


def test_a_process_without_a_guard_does_not_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "guard.npz"
    broken.write_text("no arrays")
    monkeypatch.setattr(guards, "model_path", lambda root=None: broken)
    stops.guard.cache_clear()
    with pytest.raises(RapportError, match="stop guard"):
        stops.prepare()
    broken.unlink()
    with pytest.raises(RapportError, match="rapport train"):
        stops.guard()
    stops.guard.cache_clear()


def test_a_batch_of_a_thousand_is_decided_at_once(sessions: Any) -> None:
    messages = [
        {"from": SENDER, "id": f"wamid.{n}", "type": "text", "text": {"body": "where is my order"}}
        for n in range(999)
    ]
    stop = {"from": SENDER, "id": "wamid.last", "type": "text", "text": {"body": "stop the ads"}}
    body = json.loads(webhook_of([*messages, stop], SENDER))
    made = stops.decisions(webhook.parse(json.dumps(body).encode()))
    assert [wamid for wamid, wish in made.items() if wish.verdict == "opt_out"] == ["wamid.last"]
