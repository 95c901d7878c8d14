"""What the twin brings to the service: signed, in order, again until it is taken, even after a crash."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx

from rapport import settings as settings_module
from rapport.clock import utc_now
from rapport.simulator.log import Log, read_log
from tests.conftest import kill
from tests.service import free_ports
from tests.simulator.conftest import Playground, Served, Service, eventually

PHONE = "12025550101"
OTHER = "12025550102"


def wamid_of(answer: httpx.Response) -> str:
    return answer.json()["messages"][0]["id"]


def test_a_customers_message_arrives_as_meta_words_it(play: Playground) -> None:
    said = play.say(PHONE, "Où est ma commande ? 😀", name="Mara")
    assert said["status"] == 200
    value = play.service.values[0]
    assert value["metadata"]["phone_number_id"] == play.settings.phone_number_id
    assert value["contacts"] == [
        {"profile": {"name": "Mara"}, "wa_id": PHONE, "user_id": said["user_id"]}
    ]
    message = value["messages"][0]
    assert (message["from"], message["id"]) == (PHONE, said["wamid"])
    assert message["text"] == {"body": "Où est ma commande ? 😀"}
    assert rb"O\u00f9 est" in play.service.bodies[0]


def test_statuses_climb_and_carry_our_own_data(play: Playground) -> None:
    play.say(PHONE)
    wamid = wamid_of(play.send(PHONE, biz_opaque_callback_data="outbox 7"))
    eventually(lambda: play.service.statuses(wamid) == ["sent", "delivered", "read"])
    found = [status for value in play.service.values for status in value.get("statuses", [])]
    assert {status["biz_opaque_callback_data"] for status in found} == {"outbox 7"}
    assert found[0]["recipient_id"] == PHONE
    assert found[0]["pricing"]["category"] == "service"


def test_statuses_can_come_twice_and_in_reverse(play: Playground) -> None:
    play.faults(duplicates=1, reorder=True, status_delay=0.02)
    play.say(PHONE)
    wamid = wamid_of(play.send(PHONE))
    backwards = ["read", "read", "delivered", "delivered", "sent", "sent"]
    eventually(lambda: play.service.statuses(wamid) == backwards)


def test_statuses_can_be_withheld(play: Playground) -> None:
    play.faults(no_statuses=True, status_delay=0)
    play.say(PHONE)
    wamid = wamid_of(play.send(PHONE))
    play.say(PHONE, "and again")
    assert play.service.statuses(wamid) == []


def test_a_service_in_trouble_gets_it_again_and_order_holds(play: Playground) -> None:
    play.service.answers = [500, 503, 500]
    for number in range(5):
        play.say(PHONE, str(number), wait=False)
    texts = ["0", "1", "2", "3", "4"]
    eventually(lambda: len(play.service.messages()) == 5)
    assert [message["text"]["body"] for message in play.service.messages()] == texts


def test_one_customers_trouble_does_not_hold_up_another(play: Playground) -> None:
    play.service.answers = [500, 500, 500, 500, 500, 500]
    play.say(PHONE, "slow", wait=False)
    eventually(lambda: len(play.service.answers) < 6)
    play.service.answers = [200, 500, 500]
    play.say(OTHER, "quick", wait=False)
    eventually(lambda: len(play.service.messages()) == 2)


def test_a_refused_webhook_does_not_hold_up_the_next(play: Playground) -> None:
    play.service.answers = [401]
    assert play.say(PHONE, "first")["status"] == 401
    assert play.say(PHONE, "second")["status"] == 200


def test_bytes_are_signed_and_delivered_as_they_are_and_teach_the_window(play: Playground) -> None:
    message = {
        "from": PHONE,
        "id": "wamid.byhand",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Hi"},
    }
    value = {"messaging_product": "whatsapp", "messages": [message]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, indent=3).encode()
    answer = play.http.post("/twin/webhook", content=body)
    assert answer.json()["status"] == 200
    assert play.service.bodies == [body]
    assert play.send(PHONE).status_code == 200


def test_nonsense_is_delivered_too_and_brought_only_once_when_refused(play: Playground) -> None:
    play.service.answers = [400]
    answer = play.http.post("/twin/webhook", content=b"\xff not json")
    assert answer.json()["status"] == 400
    assert play.http.get("/health").json()["waiting"] == 0


def test_a_blocked_business_never_sees_delivered(play: Playground) -> None:
    play.faults(status_delay=0.01)
    play.say(PHONE)
    play.change(PHONE, "block")
    wamid = wamid_of(play.send(PHONE))
    eventually(lambda: play.service.statuses(wamid) == ["sent"])
    time.sleep(0.2)
    assert play.service.statuses(wamid) == ["sent"]
    answer = play.http.post("/twin/messages", json={"from": PHONE, "text": "Hi"})
    assert (answer.status_code, "blocked" in answer.text) == (422, True)
    play.change(PHONE, "unblock")
    play.say(PHONE)


def test_marketing_after_stop_is_accepted_and_then_fails(play: Playground) -> None:
    play.say(PHONE)
    play.change(PHONE, "stop")
    offer = {
        "name": "back_in_stock",
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": word} for word in "abc"]}
        ],
    }
    message = {"messaging_product": "whatsapp", "to": PHONE, "type": "template", "template": offer}
    wamid = wamid_of(play.graph(message))
    eventually(lambda: play.service.statuses(wamid) == ["failed"])
    value = play.service.values[-1]
    assert value["statuses"][0]["errors"][0]["code"] == 131050
    assert "contacts" not in value
    preferences = [
        item for value in play.service.values for item in value.get("user_preferences", [])
    ]
    assert [(item["value"], item["wa_id"]) for item in preferences] == [("stop", PHONE)]
    play.change(PHONE, "resume")
    again = wamid_of(play.graph(message))
    eventually(lambda: "delivered" in play.service.statuses(again))


def test_somebody_without_whatsapp_is_undeliverable(play: Playground) -> None:
    play.faults(not_on_whatsapp=[PHONE])
    play.witnessed[PHONE] = utc_now()
    wamid = wamid_of(play.send(PHONE))
    eventually(lambda: play.service.statuses(wamid) == ["failed"])
    assert play.service.values[-1]["statuses"][0]["errors"][0]["code"] == 131026


def test_refusals_can_be_moved_into_statuses(play: Playground) -> None:
    play.faults(by_status=[131047])
    wamid = wamid_of(play.send(PHONE))
    eventually(lambda: play.service.statuses(wamid) == ["failed"])


def test_a_changed_number_keeps_the_person_and_is_told(play: Playground) -> None:
    before = play.say(PHONE)["user_id"]
    after = play.change(PHONE, "change_number", new_phone=f"+{OTHER}")
    assert (after["phone"], after["user_id"] == before) == (OTHER, False)
    eventually(lambda: len(play.service.values) == 3)
    system = play.service.messages()[1]
    assert (system["from"], system["system"]["wa_id"]) == (PHONE, OTHER)
    update = play.service.values[2]["user_id_update"][0]
    assert update["user_id"] == {"previous": before, "current": after["user_id"]}
    assert play.send(OTHER).status_code == 200


def test_a_username_user_comes_without_a_number(play: Playground) -> None:
    play.change(PHONE, "hide_number")
    user_id = play.say(PHONE, name="Mara K")["user_id"]
    value = play.service.values[0]
    assert value["contacts"] == [
        {"profile": {"name": "Mara K", "username": "marak"}, "user_id": user_id}
    ]
    assert "from" not in value["messages"][0]


def test_what_was_offered_can_be_tapped_by_its_title_and_nothing_else(play: Playground) -> None:
    play.say(PHONE)
    reply = {"type": "reply", "reply": {"id": "b1", "title": "Yes, please"}}
    message = {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Sure?"},
            "action": {"buttons": [reply]},
        },
    }
    wamid = wamid_of(play.graph({"messaging_product": "whatsapp", "to": PHONE, **message}))
    play.say(PHONE, tap="yes, please")
    tapped = play.service.messages()[-1]
    assert tapped["interactive"]["button_reply"] == {"id": "b1", "title": "Yes, please"}
    assert tapped["context"]["id"] == wamid
    assert play.http.post("/twin/messages", json={"from": PHONE, "tap": "No"}).status_code == 422


def test_every_kind_of_message_can_be_sent(play: Playground) -> None:
    kinds = ["image", "audio", "video", "sticker", "document", "location", "contacts", "reaction"]
    for kind in kinds:
        play.say(PHONE, "Look", type=kind, context_wamid="wamid.1")
    assert [message["type"] for message in play.service.messages()] == kinds
    for message in play.service.messages()[:5]:
        url = message[message["type"]]["url"]
        assert len(play.http.get(url, headers=play.bearer).content) > 20


def test_the_control_api_is_deaf_to_web_pages_and_other_machines(play: Playground) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert play.http.get("/twin/log", headers=foreign).status_code == 403
    assert play.http.get("/twin/log", headers={"Host": "evil.example"}).status_code == 403


def test_a_torn_last_line_is_cut_off_and_the_log_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = Log(path)
    log.append("read", utc_now(), wamid="wamid.1")
    log.close()
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at":"20')
    assert [entry["seq"] for entry in read_log(path)] == [1]
    again = Log(path)
    assert [entry["seq"] for entry in again.replay()] == [1]
    again.append("read", utc_now(), wamid="wamid.2")
    again.close()
    assert [entry["wamid"] for entry in read_log(path)] == ["wamid.1", "wamid.2"]


def test_a_killed_twin_remembers_and_delivers_what_was_waiting(tmp_path: Path) -> None:
    env = {"RAPPORT_DATA_DIR": str(tmp_path), "RAPPORT_PORT_BASE": str(free_ports(2))}
    settings = settings_module.load(env)
    http = httpx.Client(base_url=settings.twin_url, timeout=60)
    printed = tmp_path / "printed"
    command = [sys.executable, "-m", "rapport.simulator"]
    first = subprocess.Popen(command, env=env, stdout=printed.open("ab"), stderr=subprocess.STDOUT)
    eventually(lambda: answers(http))
    assert http.post(f"/twin/phones/{PHONE}", json={"action": "dance"}).status_code == 422
    said = http.post("/twin/messages", json={"from": PHONE, "text": "Hello?"}).json()
    kill(first.pid)
    first.wait()
    assert PHONE not in printed.read_text()
    service = Service(settings)
    served = Served(service.app, settings.port)
    second = subprocess.Popen([sys.executable, "-m", "rapport.simulator"], env=env)
    try:
        eventually(lambda: [message["id"] for message in service.messages()] == [said["wamid"]])
        answer = http.post(
            f"/v25.0/{settings.phone_number_id}/messages",
            json={"messaging_product": "whatsapp", "to": PHONE, "text": {"body": "Hello!"}},
            headers={"Authorization": f"Bearer {settings.access_token}"},
        )
        assert answer.status_code == 200
    finally:
        second.terminate()
        assert second.wait(30) == 0
        served.stop()


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/health").is_success
    except httpx.TransportError:
        return False


def test_an_open_phone_page_does_not_keep_the_twin_from_ending(tmp_path: Path) -> None:
    env = {"RAPPORT_DATA_DIR": str(tmp_path), "RAPPORT_PORT_BASE": str(free_ports(2))}
    settings = settings_module.load(env)
    http = httpx.Client(base_url=settings.twin_url, timeout=60)
    twin = subprocess.Popen([sys.executable, "-m", "rapport.simulator"], env=env)
    eventually(lambda: answers(http))
    with http.stream("GET", "/phone/news") as news:
        next(news.iter_lines())
        twin.terminate()
        assert twin.wait(30) == 0


def test_anything_that_was_posted_by_hand_leaves_the_phone_page_whole(play: Playground) -> None:
    for odd in (
        {"type": "text"},
        {"type": "text", "text": None},
        {"type": "reaction"},
        {"type": 7},
    ):
        message = {"from": PHONE, "id": f"wamid.{odd}", "timestamp": "soon", **odd}
        value = {"messages": [message, None, 3], "contacts": [None]}
        body = {"entry": [{"changes": [{"value": value}, {}, 1]}, None]}
        play.http.post("/twin/webhook", json=body)
    play.say(PHONE, "Still here")
    rows = play.http.get("/phone/chats").json()["chats"]
    key = next(row["key"] for row in rows if row.get("last") == "Still here")
    bubbles = play.http.get(f"/phone/chats/{key}").json()["bubbles"]
    assert bubbles[-1]["text"] == "Still here"
