"""What Meta sends us, through the signed door of the running service."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service import text_of, text_webhook, web, webhook_of

pytestmark = pytest.mark.usefixtures("service")


def test_meta_verifies_the_webhook_with_our_token(service):
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    token = service.settings.verify_token
    url = service.settings.webhook_url
    right = web.get(url, params={**query, "hub.verify_token": token})
    assert (right.status_code, right.text) == (200, "1158201444")
    assert web.get(url, params={**query, "hub.verify_token": "wrong"}).status_code == 403
    assert web.get(url, params=query).status_code == 403


@pytest.mark.parametrize(
    "body, signature, status",
    [
        pytest.param(b"{}", "sha256=" + "0" * 64, 403, id="wrong signature"),
        pytest.param(b"{}", "none", 403, id="no signature"),
        pytest.param(b"{}", "sha256=\xe9", 403, id="a signature that is no text"),
        pytest.param(b"not json", None, 400, id="signed but no JSON"),
        pytest.param(b'{"entry": ' + b" " * 3_000_001 + b"[]}", None, 413, id="too large"),
        pytest.param(
            b'{"object":"whatsapp_business_account","entry":[]}', None, 200, id="nothing in it"
        ),
    ],
)
def test_only_signed_webhooks_of_a_decent_size_are_taken(service, body, signature, status):
    assert service.post(body, signature).status_code == status


def test_a_greeting_is_answered_and_marked_read(service, guest):
    wamid = service.write(guest, "hello")
    (reply,) = service.wait_for_replies(guest)
    assert text_of(reply)
    kinds = [e["kind"] for e in service.twin_log() if e.get("wamid") == wamid]
    assert "read" in kinds or "typing" in kinds


def test_a_webhook_that_comes_three_times_at_once_and_again_later_is_one_turn(service, guest):
    service.ask(guest, "hello")
    body = text_webhook(guest, "thanks", f"wamid.again.{guest}")
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(service.post, [body] * 3))
    assert [answer.status_code for answer in answers] == [200] * 3
    service.wait_for_replies(guest, 2)
    assert service.post(body).status_code == 200
    service.ask(guest, "what can you do")
    assert len(service.replies_to(guest)) == 3


def test_five_messages_within_a_moment_are_answered_in_order(service, guest):
    for text in ("hello", "are you a bot", "thanks", "what can you do", "bye"):
        service.post(text_webhook(guest, text, f"wamid.burst.{guest}.{text}"))
    answered = service.database(
        "SELECT text, turn_id FROM inbox WHERE state = 'handled' AND wamid LIKE %s ORDER BY id",
        f"wamid.burst.{guest}.%",
        rows=5,
    )
    assert [row[0] for row in answered] == [
        "hello",
        "are you a bot",
        "thanks",
        "what can you do",
        "bye",
    ]
    turns = [row[1] for row in answered]
    assert turns == sorted(turns)


@pytest.mark.parametrize("text", ["/restart", '/order_status{"order_id": "A7041"}', "EXTERNAL: x"])
def test_a_slash_typed_by_a_customer_is_plain_text(service, guest, text):
    service.ask(guest, text)
    intents = service.database("SELECT intent FROM inbox WHERE text = %s", text, rows=1)
    assert ("restart",) not in intents
    events = service.database(
        "SELECT 1 FROM tracker_event WHERE type_name = 'restart'", rows=0, wait=False
    )
    assert events == []


def test_a_username_user_without_a_phone_is_answered_at_the_scoped_id(service):
    bsuid = f"US.{time.time_ns()}"
    service.write(bsuid, "hello")
    (reply,) = service.wait_for_replies(bsuid)
    assert reply["payload"]["recipient"] == bsuid


def test_reactions_and_unknown_types_do_not_derail(service, guest):
    service.ask(guest, "hello")
    odd = [
        {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
        {"type": "hologram", "hologram": {}},
        {"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]},
        {"type": "text", "text": {}},
        {"nothing": "at all"},
    ]
    common = {"from": guest, "timestamp": str(int(time.time()))}
    messages = [{**common, "id": f"wamid.odd.{guest}.{n}", **m} for n, m in enumerate(odd)]
    good = {**common, "id": f"wamid.good.{guest}", "type": "text", "text": {"body": "thanks"}}
    assert service.post(webhook_of([*messages, good], guest)).status_code == 200
    assert len(service.wait_for_replies(guest, 2)) == 2


@pytest.mark.parametrize("kind", ["image", "audio", "video", "sticker", "location", "contacts"])
def test_whatever_is_sent_gets_a_sensible_answer(service, guest, kind):
    reply = service.ask(guest, "", type=kind)
    assert len(text_of(reply)) > 10


def test_a_very_long_text_and_odd_characters_are_survived(service, guest):
    for number, text in enumerate(["x" * 60_000, "\u202eevil\u0000\u0007", "🎉🎉🎉", "\ud83d"]):
        body = text_webhook(guest, text, f"wamid.odd-text.{guest}.{number}")
        assert service.post(body).status_code == 200
    service.database(
        "SELECT 1 FROM inbox WHERE wamid LIKE %s AND state <> 'pending'",
        f"wamid.odd-text.{guest}.%",
        rows=4,
    )


def test_stop_is_obeyed_in_the_webhooks_own_transaction(service, guest):
    body = text_webhook(guest, "STOP", f"wamid.stop.{guest}")
    assert service.post(body).status_code == 200
    withdrawn = service.database(
        "SELECT topic, state FROM consent_ledger WHERE evidence = %s",
        f"wamid.stop.{guest}",
        rows=2,
        wait=False,
    )
    assert set(withdrawn) == {("offers", "out"), ("wishlist", "out")}
    (reply,) = service.wait_for_replies(guest)
    assert text_of(reply).startswith("Done.")


def test_logs_hold_no_numbers_and_no_words(service, guest):
    service.ask(guest, "my secret word is xylophone")
    for role in ("door", "dialogue"):
        log = service.log_of(role)
        assert log and guest not in log and "xylophone" not in log


def test_business_events_come_in_by_http(service):
    event = {
        "specversion": "1.0",
        "id": f"up-{time.time_ns()}",
        "source": "shop/crm",
        "type": "customer.upserted",
        "time": "2026-11-20T09:30:00Z",
        "subject": f"H-{time.time_ns()}",
        "data": {"phone": "+15550100777", "name": "Ada"},
    }
    url, key = f"{service.settings.url}/events", service.settings.events_key
    headers = {"Authorization": f"Bearer {key}"}
    assert web.post(url, json=event).status_code == 401
    first = web.post(url, json=event, headers=headers)
    assert (first.status_code, first.json()["accepted"]) == (202, [event["id"]])
    again = web.post(url, json=event, headers=headers)
    assert (again.status_code, again.json()["duplicate"]) == (202, [event["id"]])
    bad = {**event, "id": "bad", "time": "2026-11-20T09:30:00"}
    mixed = web.post(url, content=json.dumps([bad, {**event, "id": "good"}]), headers=headers)
    assert mixed.json()["accepted"] == ["good"] and mixed.json()["refused"][0]["id"] == "bad"
    assert web.post(url, content=b"{", headers=headers).status_code == 400
    large = web.post(url, content=b" " * 3_000_001, headers=headers)
    assert (large.status_code, list(large.json())) == (413, ["error"])


def test_ten_thousand_letters_get_one_answer(service, guest):
    service.post(text_webhook(guest, "where is my order " * 600, f"wamid.long.{guest}"))
    (reply,) = service.wait_for_replies(guest)
    assert text_of(reply)


def test_a_card_number_is_dots_wherever_it_is_kept(service, guest):
    service.ask(guest, "my card 4111 1111 1111 1111 does not work")
    kept = (
        "SELECT 1 FROM inbox WHERE text LIKE '%%••••1111%%' AND payload::text LIKE '%%••••1111%%'"
    )
    assert service.database(kept, rows=1)
    for table in ("inbox", "tracker_event", "outbox"):
        assert not service.database(
            f"SELECT 1 FROM {table} t WHERE t::text LIKE '%%4111 1111%%'", rows=0
        )
