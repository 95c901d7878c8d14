"""What the twin takes for a message and what it refuses, as Meta would."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pywa_async import WhatsApp, errors
from pywa_async.types import Button, SectionRow
from pywa_async.types.callback import Section, SectionList

from rapport.clock import utc_now
from tests.conftest import SHARED
from tests.simulator.conftest import Playground, eventually

PHONE = "12025550101"
BUTTON = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
ROW = {"id": "a7041", "title": "A7041", "description": "Trail lamp"}
PARAMETERS = [{"type": "text", "text": word} for word in ("Mara", "A7041", "Friday")]


def text(body: Any = "Hello", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body, **more}}


def interactive(kind: str, action: Any, **more: Any) -> dict[str, Any]:
    body = {"type": kind, "body": {"text": "Which one?"}, "action": action}
    return {"type": "interactive", "interactive": {**body, **more}}


def buttons(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return interactive("button", {"buttons": list(found)}, **more)


def button(id_: str, title: str) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": id_, "title": title}}


def rows(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    action = {"button": "Choose", "sections": [{"title": "Orders", "rows": list(found)}]}
    return interactive("list", action, **more)


def many_rows(count: int) -> list[dict[str, Any]]:
    return [{"id": f"row {number}", "title": f"Row {number}"} for number in range(count)]


def link(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, kind: {"link": "https://shop.example/a", **more}}


def template(name: str = "order_delayed", language: str = "en_US", *components: Any) -> Any:
    sent = {"name": name, "language": {"code": language}, "components": list(components)}
    return {"type": "template", "template": sent}


def body(parameters: list[Any]) -> dict[str, Any]:
    return {"type": "body", "parameters": parameters}


def quick_reply(index: str, payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters}


CTA = {"name": "cta_url", "parameters": {"display_text": "Track", "url": "https://shop.example"}}

ACCEPTABLE = {
    "text": text(),
    "text without a type": {"text": {"body": "Hello"}},
    "longest text": text("ä" * 4096),
    "preview": text("https://shop.example", preview_url=True),
    "three buttons": buttons(*(button(str(n), f"Button {n}") for n in range(3))),
    "longest button": buttons(button("i" * 256, "t" * 20), body={"text": "b" * 1024}),
    "header and footer": buttons(
        BUTTON, header={"type": "text", "text": "h" * 60}, footer={"text": "f" * 60}
    ),
    "picture above buttons": buttons(
        BUTTON, header={"type": "image", "image": {"link": "https://shop.example/a.png"}}
    ),
    "ten rows": rows(*many_rows(10)),
    "longest row": rows({"id": "i" * 200, "title": "t" * 24, "description": "d" * 72}),
    "longest list body": rows(ROW, body={"text": "b" * 4096}),
    "link button": interactive("cta_url", CTA),
    "location request": interactive("location_request_message", {"name": "send_location"}),
    "image": link("image", caption="c" * 1024),
    "document": link("document", caption="Bill", filename="bill.pdf"),
    "audio": link("audio"),
    "video": link("video"),
    "sticker": link("sticker"),
    "reaction": {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}},
    "reaction taken back": {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": ""}},
    "location": {"type": "location", "location": {"latitude": 52.5, "longitude": "13.4"}},
    "contacts": {"type": "contacts", "contacts": [{"name": {"formatted_name": "Alex"}}]},
    "template": template("order_delayed", "en_US", body(PARAMETERS), quick_reply("0", "KEEP")),
    "named template": template(
        "appointment_reminder",
        "en_US",
        body(
            [
                {"type": "text", "parameter_name": name, "text": "x"}
                for name in ("first_name", "day", "time")
            ]
        ),
    ),
    "reply": {**text(), "context": {"message_id": "wamid.1"}},
    "callback data": {**text(), "biz_opaque_callback_data": "x" * 512},
    "user id beside a phone": {**text(), "recipient": "US.123"},
}


@pytest.mark.parametrize("message", ACCEPTABLE.values(), ids=ACCEPTABLE.keys())
def test_what_meta_takes_is_accepted(
    shared: Playground, phone: str, message: dict[str, Any]
) -> None:
    shared.say(phone)
    answer = shared.graph({"messaging_product": "whatsapp", "to": phone, **message})
    assert answer.status_code == 200, answer.text
    assert shared.log("accepted")[-1]["type"] == message.get("type", "text")


REFUSABLE = {
    "no product": ({**text(), "messaging_product": ""}, 100, "messaging_product"),
    "no recipient": ({**text(), "to": ""}, 100, "to"),
    "not a phone": ({**text(), "to": "Mara"}, 131009, "'to'"),
    "not a user id": ({**text(), "to": "", "recipient": "123"}, 131009, "recipient"),
    "to a group": ({**text(), "recipient_type": "group"}, 131009, "recipient_type"),
    "to ourselves": ({**text(), "to": "15550783881"}, 131021, "same"),
    "unknown type": ({"type": "telegram"}, 100, "type"),
    "no object": ({"type": "text"}, 131008, "text"),
    "no body": (text(""), 131008, "text['body']"),
    "long text": (text("x" * 4097), 100, "text['body']"),
    "unknown key": (text(colour="red"), 100, "colour"),
    "four buttons": (
        buttons(*(button(str(n), f"Button {n}") for n in range(4))),
        131009,
        "interactive['action']['buttons']",
    ),
    "no buttons": (buttons(), 131008, "interactive['action']['buttons']"),
    "long title": (buttons(button("a", "t" * 21)), 131009, "['title']"),
    "empty title": (buttons(button("a", "")), 131008, "['title']"),
    "blank title": (buttons(button("a", "  ")), 131009, "['title']"),
    "long button id": (buttons(button("i" * 257, "A")), 131009, "['id']"),
    "same button id": (buttons(button("a", "A"), button("a", "B")), 131009, "['id']"),
    "same title": (buttons(button("a", "A"), button("b", "A")), 131009, "['title']"),
    "long body": (buttons(BUTTON, body={"text": "b" * 1025}), 131009, "interactive['body']"),
    "long header": (
        buttons(BUTTON, header={"type": "text", "text": "h" * 61}),
        131009,
        "interactive['header']['text']",
    ),
    "long footer": (buttons(BUTTON, footer={"text": "f" * 61}), 131009, "['footer']"),
    "eleven rows": (rows(*many_rows(11)), 131009, "['rows']"),
    "eleven rows in two sections": (
        interactive(
            "list",
            {
                "button": "Choose",
                "sections": [
                    {"title": "One", "rows": many_rows(6)},
                    {"title": "Two", "rows": [{"id": str(n), "title": "T"} for n in range(5)]},
                ],
            },
        ),
        131009,
        "['rows']",
    ),
    "long row title": (rows({**ROW, "title": "t" * 25}), 131009, "['title']"),
    "long description": (rows({**ROW, "description": "d" * 73}), 131009, "['description']"),
    "long row id": (rows({**ROW, "id": "i" * 201}), 131009, "['id']"),
    "same row id": (rows(ROW, ROW), 131009, "['rows']['id']"),
    "long list button": (
        interactive("list", {"button": "b" * 21, "sections": [{"rows": [ROW]}]}),
        131009,
        "['button']",
    ),
    "picture above a list": (
        rows(ROW, header={"type": "image", "image": {"link": "https://shop.example/a.png"}}),
        131009,
        "['header']",
    ),
    "link that is none": (
        interactive(
            "cta_url",
            {**CTA, "parameters": {"display_text": "Track", "url": "javascript:alert(1)"}},
        ),
        100,
        "['url']",
    ),
    "unknown interactive": (interactive("carousel", {}), 131009, "interactive['type']"),
    "long caption": (link("image", caption="c" * 1025), 100, "image['caption']"),
    "caption on audio": (link("audio", caption="c"), 100, "caption"),
    "id and link": (link("image", id="1"), 100, "image"),
    "unknown media": ({"type": "image", "image": {"id": "1"}}, 100, "image['id']"),
    "off the map": (
        {"type": "location", "location": {"latitude": 91, "longitude": 0}},
        131009,
        "latitude",
    ),
    "nameless contact": ({"type": "contacts", "contacts": [{"name": {}}]}, 131008, "name"),
    "long callback data": (
        {**text(), "biz_opaque_callback_data": "x" * 513},
        100,
        "biz_opaque_callback_data",
    ),
    "unknown template": (template("no_such"), 132001, "no_such"),
    "unknown language": (template("order_delayed", "fr"), 132001, "does not exist in fr"),
    "paused template": (template("summer_sale"), 132015, "summer_sale"),
    "too few parameters": (
        template("order_delayed", "en_US", body(PARAMETERS[:2])),
        132000,
        "number of localizable_params (2) does not match the expected number of params (3)",
    ),
    "parameter with a new line": (
        template(
            "order_delayed", "en_US", body([*PARAMETERS[:2], {"type": "text", "text": "a\nb"}])
        ),
        132018,
        "new-line",
    ),
    "text for a picture": (
        template(
            "weekend_offer",
            "en_US",
            {"type": "header", "parameters": PARAMETERS[:1]},
            body(PARAMETERS),
        ),
        132012,
        "expected IMAGE",
    ),
    "button without its link": (
        template("order_shipped", "en_US", body(PARAMETERS)),
        131008,
        "Button at index 0",
    ),
    "not an object": ("hello", 100, "JSON object"),
}


@pytest.mark.parametrize(("message", "code", "named"), REFUSABLE.values(), ids=REFUSABLE.keys())
def test_what_meta_refuses_is_refused_with_its_code_and_the_parameter(
    shared: Playground, phone: str, message: Any, code: int, named: str
) -> None:
    shared.say(phone)
    already = len(shared.log("accepted"))
    whole = {"messaging_product": "whatsapp", "to": phone}
    payload = {**whole, **message} if isinstance(message, dict) else message
    answer = shared.graph(payload)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404 if code == 132001 else 400, code)
    assert error["message"].startswith(f"(#{code}) ")
    assert error["type"] == "OAuthException"
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert named in error["error_data"]["details"]
    assert error["fbtrace_id"]
    assert shared.log("refused")[-1]["code"] == code
    assert len(shared.log("accepted")) == already


def test_free_form_outside_the_window_is_refused_and_a_template_is_not(play: Playground) -> None:
    assert play.send(PHONE).json()["error"]["code"] == 131047
    answer = play.graph(
        {
            "messaging_product": "whatsapp",
            "to": PHONE,
            **template("order_delayed", "en_US", body(PARAMETERS)),
        }
    )
    assert answer.json()["messages"][0]["message_status"] == "accepted"


def test_the_window_closes_24_hours_after_the_customers_message(play: Playground) -> None:
    play.say(PHONE)
    play.skipped = timedelta(hours=24) - timedelta(seconds=30)
    assert play.send(PHONE).status_code == 200
    play.skipped = timedelta(hours=24, seconds=1)
    assert play.send(PHONE).json()["error"]["code"] == 131047


def test_an_old_message_opens_no_window(play: Playground) -> None:
    play.say(PHONE, timestamp=int((utc_now() - timedelta(hours=25)).timestamp()))
    assert play.send(PHONE).json()["error"]["code"] == 131047


def test_a_message_that_came_another_way_opens_the_window_by_its_witness(play: Playground) -> None:
    play.witnessed[PHONE] = utc_now() - timedelta(hours=1)
    assert play.send(PHONE).status_code == 200


def test_a_username_user_is_answered_by_user_id(play: Playground) -> None:
    user_id = "US.13491208655302741918"
    play.say(user_id)
    answer = play.graph({"messaging_product": "whatsapp", "recipient": user_id, **text()})
    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    message = play.service.messages()[0]
    assert (message.get("from"), message["from_user_id"]) == (None, user_id)


def test_a_brazilian_and_a_mexican_number_have_two_spellings(play: Playground) -> None:
    play.say("5511987654321")
    play.say("5215512345678")
    assert play.send("551187654321").status_code == 200
    assert play.send("+52 55 1234 5678").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 401, 104), ({"Authorization": "Bearer wrong"}, 401, 190)],
    ids=["no token", "wrong token"],
)
def test_without_the_access_token_nothing_goes(
    play: Playground, headers: dict[str, str], status: int, code: int
) -> None:
    number, account = play.settings.phone_number_id, play.settings.business_account_id
    for method, path in (
        ("POST", f"/v25.0/{number}/messages"),
        ("POST", f"/v25.0/{number}/media"),
        ("GET", f"/v25.0/{number}"),
        ("GET", f"/v25.0/{account}/subscribed_apps"),
        ("GET", "/whatsapp_business/attachments/?mid=1"),
    ):
        answer = play.http.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_another_number_does_not_exist(play: Playground) -> None:
    error = play.graph(text(), number="999").json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 33)
    assert "999" in error["message"]


def test_reading_and_typing_are_noted(play: Playground) -> None:
    wamid = play.say(PHONE)["wamid"]
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    answer = play.graph({**receipt, "typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    assert [play.log(kind)[0]["wamid"] for kind in ("read", "typing")] == [wamid, wamid]
    assert play.graph({**receipt, "message_id": ""}).json()["error"]["code"] == 131008


def test_more_than_the_throughput_is_refused(play: Playground) -> None:
    play.faults(throughput=3, pair_rate=False)
    play.say(PHONE)
    codes = [play.send(PHONE).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert play.log("refused")[0]["code"] == 130429


def test_the_46th_message_of_a_burst_to_one_customer_is_refused(play: Playground) -> None:
    play.faults(throughput=1000)
    play.say(PHONE)
    assert [play.send(PHONE).status_code for _ in range(45)] == [200] * 45
    assert play.send(PHONE).json()["error"]["code"] == 131056


def test_templates_reach_only_as_many_new_people_as_the_limit_allows(play: Playground) -> None:
    play.faults(messaging_limit=2, by_status=[])
    play.say("12025550109")
    sent = template("order_delayed", "en_US", body(PARAMETERS))
    phones = ["12025550101", "12025550102", "12025550101", "12025550109", "12025550103"]
    answers = [play.graph({"messaging_product": "whatsapp", "to": to, **sent}) for to in phones]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 400]
    assert answers[-1].json()["error"]["code"] == 131048
    play.skipped = timedelta(hours=25)
    assert play.graph({"messaging_product": "whatsapp", "to": phones[-1], **sent}).is_success


@pytest.mark.parametrize(("status", "code"), [(500, 131000), (503, 131016)])
def test_it_fails_as_often_as_it_is_told(play: Playground, status: int, code: int) -> None:
    play.say(PHONE)
    play.faults(fail_next=2, fail_status=status)
    answers = [play.send(PHONE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["error"]["code"] == code
    assert len(play.log("accepted")) == 1


def test_it_can_accept_and_then_keep_silent(play: Playground) -> None:
    play.say(PHONE)
    play.faults(hang_next=1, hang_seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        play.http.post(
            f"/v25.0/{play.settings.phone_number_id}/messages",
            json={"messaging_product": "whatsapp", "to": PHONE, **text()},
            headers=play.bearer,
            timeout=1.0,
        )
    eventually(lambda: len(play.log("accepted")) == 1)


def test_it_can_refuse_connections_and_codes_on_request(play: Playground) -> None:
    play.say(PHONE)
    play.faults(refuse_connections=True)
    with pytest.raises(httpx.RemoteProtocolError):
        play.send(PHONE)
    play.faults(refuse_connections=False, refuse_next=1, refuse_code=131031)
    assert play.send(PHONE).json()["error"]["code"] == 131031
    assert play.send(PHONE).status_code == 200


@pytest.mark.parametrize("wish", [{"typo": 1}, {"fail_next": -1}, {"reads": "never"}, []])
def test_a_fault_it_does_not_know_is_refused_by_name(play: Playground, wish: Any) -> None:
    answer = play.http.put("/twin/faults", json=wish)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_media_go_up_and_come_down_with_the_token_alone(play: Playground) -> None:
    number = play.settings.phone_number_id
    answer = play.http.post(
        f"/v25.0/{number}/media",
        data={"messaging_product": "whatsapp", "type": "image/png"},
        files={"file": ("a.png", b"picture", "image/png")},
        headers=play.bearer,
    )
    media_id = answer.json()["id"]
    described = play.http.get(f"/v25.0/{media_id}", headers=play.bearer).json()
    assert (described["mime_type"], described["file_size"]) == ("image/png", 7)
    assert play.http.get(described["url"]).status_code == 401
    assert play.http.get(described["url"], headers=play.bearer).content == b"picture"
    spoiled = described["url"][:-1] + "x"
    assert play.http.get(spoiled, headers=play.bearer).status_code == 404
    play.say(PHONE)
    sent = {
        "messaging_product": "whatsapp",
        "to": PHONE,
        "type": "image",
        "image": {"id": media_id},
    }
    assert play.graph(sent).status_code == 200
    assert play.http.delete(f"/v25.0/{media_id}", headers=play.bearer).json() == {"success": True}
    assert play.graph(sent).json()["error"]["code"] == 100


def test_the_number_and_the_account_can_be_read(play: Playground) -> None:
    number, account = play.settings.phone_number_id, play.settings.business_account_id

    def read(path: str) -> Any:
        return play.http.get(f"/v25.0/{path}", headers=play.bearer).json()

    assert set(read(number)) == {"id", "verified_name", "display_phone_number", "quality_rating"}
    wanted = "status,whatsapp_business_manager_messaging_limit,health_status"
    assert read(f"{number}?fields={wanted}")["status"] == "CONNECTED"
    assert "(nonsense)" in read(f"{number}?fields=nonsense")["error"]["error_data"]["details"]
    assert read(f"{account}/subscribed_apps")["data"]
    assert {item["status"] for item in read(f"{account}/message_templates")["data"]} == {
        "APPROVED",
        "PAUSED",
    }
    own = read(f"debug_token?input_token={play.settings.access_token}")["data"]
    assert own["is_valid"] and "whatsapp_business_messaging" in own["scopes"]
    assert not read("debug_token?input_token=other")["data"]["is_valid"]


def test_a_real_client_reads_its_acceptances_and_refusals(play: Playground) -> None:
    play.say(PHONE)

    async def talk() -> None:
        http = httpx.AsyncClient()
        client = WhatsApp(
            phone_id=play.settings.phone_number_id,
            token=play.settings.access_token,
            api_version=25.0,
            session=http,
        )
        http.base_url = httpx.URL(f"{play.settings.twin_url}/v25.0")
        sent = await client.send_message(to=PHONE, text="Hello", tracker="outbox 7")
        assert sent.id.startswith("wamid.")
        await client.send_message(
            to=PHONE, text="Sure?", buttons=[Button("Yes", "yes"), Button("No", "no")]
        )
        section = Section("Orders", [SectionRow("A7041", "a7041", "Trail lamp")])
        await client.send_message(to=PHONE, text="Which?", buttons=SectionList("Choose", [section]))
        with pytest.raises(errors.ReEngagementMessage):
            await client.send_message(to="12025550199", text="Hello")

    asyncio.run(talk())
    accepted = play.log("accepted")
    assert accepted[0]["payload"]["biz_opaque_callback_data"] == "outbox 7"
    assert [entry["type"] for entry in accepted] == ["text", "interactive", "interactive"]


OUTSIDE_OUR_TRADE = (
    "catalog",
    "product",
    "flow",
    "order_",
    "template",
    "issue",
    "shipping",
    "sample",
    "reply_to_list",
)
REQUESTS = [
    path
    for path in sorted((SHARED / "fixtures/facebook-openapi/send_requests").glob("*.json"))
    if not any(word in path.name for word in OUTSIDE_OUR_TRADE) and "by_id" not in path.name
]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_metas_own_examples_are_accepted(shared: Playground, phone: str, path: Path) -> None:
    shared.say(phone)
    payload = json.loads(path.read_text())
    for holder in payload.values():
        if isinstance(holder, dict) and "link" in holder:
            holder["link"] = "https://shop.example/file"
    if "to" in payload:
        payload["to"] = phone
    answer = shared.graph(payload)
    assert answer.status_code == 200, answer.text
