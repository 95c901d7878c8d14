"""What leaves for Meta, judged by the twin's log: once, in time, within limits, and settled by proof."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.simulator.limits import PAIR_BURST, PAIR_SPACING
from tests.conftest import execute, renamed
from tests.model import trained_model
from tests.service import Service, text_of, text_webhook, until, webhook_of

SLOW = {"RAPPORT_MESSAGES_PER_SECOND": "10"}


@pytest.fixture
def calm(service: Service) -> Iterator[Service]:
    """The shared service, with the twin well again afterwards."""
    yield service
    service.faults(fail_next=0, hang_next=0, refuse_next=0, no_statuses=False, status_delay=0.2)


def state_of(service: Service, customer: str) -> tuple[str, str, int | None]:
    """State, status and error code of the newest message to a customer."""
    rows = service.database(
        "SELECT o.state, o.status, o.error_code FROM outbox o JOIN identity i USING (customer_id) "
        "WHERE i.address = %s ORDER BY o.id DESC LIMIT 1",
        customer,
        rows=1,
    )
    return rows[0]  # type: ignore[return-value]


def test_statuses_climb_to_read_and_never_fall(calm, guest):
    calm.faults(duplicates=2, reorder=True)
    calm.ask(guest, "hello")
    until(lambda: state_of(calm, guest)[:2] == ("accepted", "read"))
    late = {"id": calm.replies_to(guest)[0]["wamid"], "status": "delivered", "recipient_id": guest}
    calm.post(status_webhook(late))
    assert state_of(calm, guest)[:2] == ("accepted", "read")
    calm.faults(duplicates=0, reorder=False)


def status_webhook(status: dict[str, str]) -> bytes:
    body = webhook_of([], "15550000000").replace(b'"messages": []', b'"statuses": [%s]')
    return body % json.dumps({"timestamp": str(int(time.time())), **status}).encode()


def test_an_unknown_outcome_is_settled_by_its_status_and_never_sent_again(calm, guest):
    calm.faults(hang_next=1, hang_seconds=20.0)
    calm.write(guest, "hello")
    until(lambda: state_of(calm, guest)[0] == "accepted")
    assert len(calm.replies_to(guest)) == 1


def test_without_any_status_an_unknown_outcome_stays_unknown(calm, guest):
    calm.faults(hang_next=1, hang_seconds=20.0, no_statuses=True)
    calm.write(guest, "hello")
    until(lambda: state_of(calm, guest)[0] == "unknown")
    time.sleep(5)
    assert len(calm.replies_to(guest)) == 1


@pytest.mark.parametrize("code", [131026, 131050, 130403])
def test_a_customer_who_cannot_be_reached_is_not_tried_again(calm, guest, code):
    calm.faults(refuse_next=1, refuse_code=code, by_status=[])
    calm.write(guest, "hello")
    until(lambda: state_of(calm, guest) == ("refused", "unknown", code))


def test_a_passing_fault_delays_the_answer(calm, guest):
    calm.faults(refuse_next=1, refuse_code=131016, by_status=[])
    calm.write(guest, "hello")
    until(lambda: state_of(calm, guest)[2] == 131016)
    assert state_of(calm, guest)[0] == "queued"


def test_a_message_from_yesterday_gets_no_free_form_answer(calm, guest):
    yesterday = time.time() - 25 * 3600
    calm.post(text_webhook(guest, "hello", f"wamid.late.{guest}", at=yesterday))
    until(lambda: state_of(calm, guest) == ("refused", "unknown", 131047))
    assert calm.replies_to(guest) == []


def test_a_changed_number_keeps_the_customer_and_the_conversation(calm, guest):
    calm.ask(guest, "hello")
    new = "1556" + guest[4:]
    system = {
        "from": guest,
        "id": f"wamid.system.{guest}",
        "timestamp": str(int(time.time())),
        "type": "system",
        "system": {
            "body": "User A changed from X to Y",
            "wa_id": new,
            "type": "user_changed_number",
        },
    }
    assert calm.post(webhook_of([system], guest)).status_code == 200
    calm.ask(new, "thanks")
    customers = calm.database(
        "SELECT DISTINCT customer_id FROM identity WHERE address IN (%s, %s)", guest, new
    )
    assert len(customers) == 1


def test_switching_marketing_off_at_metas_is_a_withdrawal(calm, guest):
    calm.ask(guest, "hello")
    preference = {
        "wa_id": guest,
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(time.time()),
    }
    body = webhook_of([], guest).replace(
        b'"messages": []', b'"user_preferences": [' + json.dumps(preference).encode() + b"]"
    )
    calm.post(body.replace(b'"field": "messages"', b'"field": "user_preferences"'))
    withdrawn = calm.database(
        "SELECT topic FROM consent_ledger l JOIN identity i USING (customer_id) "
        "WHERE i.address = %s AND l.method = 'user_preferences' AND l.state = 'out'",
        guest,
        rows=2,
    )
    assert {topic for (topic,) in withdrawn} == {"offers", "wishlist"}


@pytest.mark.parametrize(
    "field",
    ["phone_number_quality_update", "message_template_status_update", "account_update", "novelty"],
)
def test_news_about_the_account_is_kept_once(calm, field):
    value = {"event": "ONBOARDING", "display_phone_number": "15550783881", "at": time.time_ns()}
    change = {"field": field, "value": value}
    entry = {"id": "102290129340398", "time": int(time.time()), "changes": [change]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    calm.post(body)
    calm.post(body)
    kept = calm.database(
        "SELECT 1 FROM webhook_notice WHERE field = %s AND value::text LIKE %s",
        field,
        f"%{value['at']}%",
    )
    assert len(kept) == 1


def test_a_picture_is_fetched_in_the_background(calm, guest):
    calm.ask(guest, "", type="image")
    (row,) = calm.database(
        "SELECT m.path, m.size FROM media m JOIN inbox i ON i.id = m.inbox_id "
        "JOIN identity d USING (customer_id) WHERE d.address = %s AND m.state = 'stored'",
        guest,
        rows=1,
    )
    assert (calm.data_dir / "media" / row[0]).stat().st_size == row[1] > 0


@pytest.fixture(scope="module")
def slow(postgres: str, scratch: Path) -> Iterator[Service]:
    """A service that may send ten messages a second."""
    trained_model()
    folder = scratch / "slow"
    folder.mkdir()
    execute(postgres, "CREATE DATABASE slow TEMPLATE template")
    running = Service(renamed(postgres, "slow"), folder, environment=SLOW)
    try:
        yield running.start()
    finally:
        running.stop()
        execute(postgres, "DROP DATABASE slow WITH (FORCE)")


def test_throughput_stays_below_metas(slow):
    slow.faults(throughput=1000)  # the way through a busy machine bunches what left evenly
    for number in range(60):
        slow.post(text_webhook(f"1555030{number:04d}", "hello", f"wamid.rate.{number}"))
    until(lambda: len(slow.database("SELECT 1 FROM outbox WHERE state = 'accepted'")) == 60)
    sent_at = [datetime.fromisoformat(entry["at"]) for entry in kinds(slow, "accepted")]
    assert sent_at[-1] - sent_at[0] > timedelta(seconds=60 / 10)


def kinds(service: Service, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in service.twin_log() if entry["kind"] == kind]


def test_the_pace_for_one_customer_is_held_and_nothing_is_refused(slow, guest):
    for number in range(50):
        slow.post(text_webhook(guest, "hello", f"wamid.pair.{guest}.{number}"))
        time.sleep(0.15)
    until(lambda: not slow.database("SELECT 1 FROM inbox WHERE state = 'pending'", wait=False))
    time.sleep(2)
    assert [entry for entry in kinds(slow, "refused") if entry["code"] == 131056] == []
    sent_at = [datetime.fromisoformat(entry["at"]) for entry in slow.replies_to(guest)]
    assert len(sent_at) <= PAIR_BURST + (sent_at[-1] - sent_at[0]) / PAIR_SPACING


def test_a_revoked_token_stops_everything_until_someone_looks(slow, guest):
    slow.faults(refuse_next=1, refuse_code=190)
    slow.write(guest, "hello")
    stopped = slow.database("SELECT stopped_code FROM rate_bucket WHERE stopped_code = 190", rows=1)
    assert stopped
    slow.write("15550309999", "hello")
    time.sleep(3)
    assert slow.replies_to("15550309999") == []
    slow.kill()
    slow.start_dialogue()
    assert text_of(slow.wait_for_replies(guest)[0])
    assert text_of(slow.wait_for_replies("15550309999")[0])


def test_replies_are_one_message_a_turn(calm, guest):
    calm.ask(guest, "hello")
    calm.ask(guest, "what can you do")
    time.sleep(1)
    assert len(calm.replies_to(guest)) == 2


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param({"fail_next": 2, "fail_status": 500}, id="two server errors"),
        pytest.param({"refuse_next": 1, "refuse_code": 130429}, id="throughput reached"),
        pytest.param({"duplicates": 2, "reorder": True}, id="statuses twice and out of order"),
    ],
)
def test_a_failing_meta_delays_and_never_doubles(calm, guest, faults):
    calm.faults(**faults)
    calm.write(guest, "hello")
    until(lambda: state_of(calm, guest)[0] == "accepted")
    time.sleep(3)
    assert len(calm.replies_to(guest)) == 1
    calm.faults(duplicates=0, reorder=False)
