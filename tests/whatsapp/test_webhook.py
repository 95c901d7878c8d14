"""A webhook of Meta's becomes typed events, whatever is in it."""

from __future__ import annotations

import copy
import json
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.vocabulary import MessageStatus
from rapport.whatsapp import webhook
from rapport.whatsapp.webhook import (
    IdentityChanged,
    MediaRef,
    MessageReceived,
    NoticeReceived,
    PreferenceStated,
    Sender,
    StatusReported,
    Tap,
    Unrecognised,
)
from tests.conftest import SHARED

PAYLOADS = Path(__file__).resolve().parents[1] / "webhooks"
AT = datetime.fromtimestamp(1790000000, timezone.utc)
LATER = datetime.fromtimestamp(1790000100, timezone.utc)
NUMBER = "200000000000001"
ANNA = Sender(
    phone="15550100001",
    bsuid="US.1000000000000001",
    wa_id="15550100001",
    profile_name="Anna Example",
)
NIA = Sender(bsuid="IN.2000000000000002", profile_name="Nia", username="nia.example")
SHA = "b2theSBub3QgYSByZWFsIGhhc2g="


def media(mime_type: str, **more: Any) -> MediaRef:
    return MediaRef("400000000000001", mime_type, SHA, **more)


def message(word: str, text: str = "", **more: Any) -> tuple[type, dict[str, Any]]:
    common = {"type": word, "text": text, "sender": ANNA, "sent_at": AT, "problem": None}
    return MessageReceived, {"phone_number_id": NUMBER, **common, **more}


def status(word: MessageStatus, **more: Any) -> tuple[type, dict[str, Any]]:
    return StatusReported, {"wamid": "wamid.ours1", "status": word, "at": LATER, **more}


def notice(field: str, kind: str) -> tuple[type, dict[str, Any]]:
    return NoticeReceived, {"field": field, "kind": kind}


def moved(old: Sender, new: Sender, wamid: str | None) -> tuple[type, dict[str, Any]]:
    return IdentityChanged, {"old": old, "new": new, "wamid": wamid, "at": AT}


def odd(kind: str, reason: str) -> tuple[type, dict[str, Any]]:
    return Unrecognised, {"kind": kind, "reason": reason}


def stated(sender: Sender, value: str) -> tuple[type, dict[str, Any]]:
    told = {"category": "marketing_messages", "value": value, "at": AT}
    return PreferenceStated, {"sender": sender, "phone_number_id": NUMBER, **told}


TAPPED_UPON = "wamid.ours1"
ANNA_BEFORE, ANNA_AFTER = Sender(phone="15550100001"), Sender(phone="15550100011")
EXPECTED: dict[str, list[tuple[type, dict[str, Any]]]] = {
    "text": [message("text", "Where is my order A7041? 🙂", wamid="wamid.text1")],
    "image": [
        message(
            "image", "Arrived like this", media=media("image/jpeg", caption="Arrived like this")
        )
    ],
    "video": [message("video", media=media("video/mp4"))],
    "document": [
        message(
            "document",
            "My bill",
            media=media("application/pdf", filename="bill.pdf", caption="My bill"),
        )
    ],
    "voice": [message("audio", media=media("audio/ogg; codecs=opus", is_voice=True))],
    "audio": [message("audio", media=media("audio/mpeg"))],
    "sticker": [message("sticker", media=media("image/webp"))],
    "location": [message("location", location=(52.5, -13.25, "Corner Shop", "1 Example Street"))],
    "contacts": [message("contacts")],
    "button_reply": [
        message(
            "interactive",
            "Yes, please",
            tap=Tap("button", "b:1", "Yes, please"),
            context_wamid=TAPPED_UPON,
        )
    ],
    "list_reply": [
        message(
            "interactive",
            "A7041 · Trail lamp",
            tap=Tap("list", "r:2", "A7041 · Trail lamp"),
            context_wamid=TAPPED_UPON,
        )
    ],
    "flow_reply": [message("interactive", "Sent", tap=Tap("flow", "flow", "Sent"))],
    "interactive_without_content": [
        message("interactive", problem="interactive without its content", tap=None)
    ],
    "template_button": [
        message(
            "button",
            "Stop promotions",
            tap=Tap("template_button", "stop-offers", "Stop promotions"),
        )
    ],
    "reaction": [message("reaction", context_wamid=TAPPED_UPON)],
    "reaction_removed": [message("reaction", context_wamid=TAPPED_UPON)],
    "order": [message("order", "Gift wrap these")],
    "request_welcome": [message("request_welcome")],
    "unsupported": [message("unsupported")],
    "unavailable": [message("unsupported")],
    "edit": [message("edit", "order A7042, sorry", context_wamid="wamid.before")],
    "revoke": [message("revoke", context_wamid="wamid.before")],
    "unknown_type": [message("hologram", problem="message of unknown type hologram")],
    "type_missing": [message("location", location=(1.5, 2.5, None, None))],
    "referral": [message("text", "Is the lamp still on offer?")],
    "forwarded": [message("text", "Look at this", context_wamid=None)],
    "product_enquiry": [message("text", "Is it in stock?", context_wamid="wamid.enquiry")],
    "group": [message("text", "hello all", group_id="Z3JvdXA6bWFkZS11cA==")],
    "username_user": [message("text", "hi from a username", sender=NIA)],
    "username_user_known_by_contact_alone": [message("text", "hi from a username", sender=NIA)],
    "changed_number": [moved(ANNA_BEFORE, ANNA_AFTER, "wamid.system1")],
    "changed_number_older": [moved(ANNA_BEFORE, ANNA_AFTER, "wamid.system1")],
    "changed_user_id": [
        moved(
            Sender(bsuid="IN.2000000000000002"),
            Sender(bsuid="IN.2000000000000099"),
            "wamid.system2",
        )
    ],
    "changed_security_code": [message("system")],
    "user_id_update": [
        moved(
            Sender(bsuid="US.1000000000000001"),
            Sender(phone="15550100011", bsuid="US.1000000000000077", wa_id="15550100011"),
            None,
        )
    ],
    "status_sent": [
        status(
            MessageStatus.SENT,
            recipient=ANNA,
            callback_data="out:7",
            pricing={
                "billable": True,
                "pricing_model": "PMP",
                "type": "regular",
                "category": "marketing",
            },
        )
    ],
    "status_delivered": [status(MessageStatus.DELIVERED, pricing=None, callback_data=None)],
    "status_read": [status(MessageStatus.READ)],
    "status_played": [status(MessageStatus.PLAYED)],
    "status_failed": [status(MessageStatus.FAILED, error_codes=(131049,))],
    "status_new_word": [status(MessageStatus.UNKNOWN, raw_status="archived")],
    "status_group": [status(MessageStatus.DELIVERED, recipient=Sender(phone="15550100001"))],
    "value_error": [notice("messages", "errors")],
    "preference_stop": [stated(ANNA, "stop")],
    "preference_resume": [stated(NIA, "resume")],
    "account_alerts": [notice("account_alerts", "OBA_APPROVED")],
    "account_restriction": [notice("account_update", "ACCOUNT_RESTRICTION")],
    "account_review": [notice("account_review_update", "APPROVED")],
    "capability": [notice("business_capability_update", "")],
    "phone_quality": [notice("phone_number_quality_update", "THROUGHPUT_UPGRADE")],
    "phone_name": [notice("phone_number_name_update", "REJECTED")],
    "security": [notice("security", "PIN_CHANGED")],
    "template_status": [notice("message_template_status_update", "PAUSED")],
    "template_quality_under_another_field": [notice("message_template_quality_update", "YELLOW")],
    "template_category": [notice("template_category_update", "UTILITY")],
    "username": [notice("business_username_updates", "")],
    "echo": [notice("smb_message_echoes", "")],
    "group_lifecycle": [notice("group_lifecycle_update", "")],
    "field_in_the_wrong_place": [notice("account_review_update", "PENDING")],
    "field_missing": [message("text", "no field")],
    "unknown_field": [odd("weather_update", "unknown field")],
    "batch": [
        message("text", "first"),
        odd("message", "message without an id"),
        odd("message", "message is not an object"),
        message(
            "text",
            "from Bo",
            sender=Sender(phone="15550100002", wa_id="15550100002", profile_name="Bo Example"),
            sent_at=datetime.fromtimestamp(1790000001, timezone.utc),
        ),
        status(MessageStatus.READ),
        odd("messages", "change without a value"),
        stated(ANNA, "stop"),
        odd("", "entry is not an object"),
    ],
}


def body_of(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def with_messages(*messages: Any) -> bytes:
    """A webhook with `messages` from Anna."""
    payload = json.loads(body_of("text"))
    payload["entry"][0]["changes"][0]["value"]["messages"] = list(messages)
    return json.dumps(payload).encode()


def text_message(**more: Any) -> dict[str, Any]:
    common = {"from": "15550100001", "id": "wamid.t", "timestamp": "1790000000", "type": "text"}
    return {**common, "text": {"body": "hello"}, **more}


def only(body: bytes) -> Any:
    (event,) = webhook.parse(body)
    return event


def test_every_payload_file_has_its_expectation() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_webhook_is_read_whole(name: str) -> None:
    events = webhook.parse(body_of(name))
    assert [type(event) for event in events] == [kind for kind, _ in EXPECTED[name]]
    for event, (_, wanted) in zip(events, EXPECTED[name], strict=True):
        assert {key: getattr(event, key) for key in wanted} == wanted


ESCAPED = rb'{"object":"whatsapp_business_account","entry":[{"t":"caf\u00e9 \ud83d\ude00 a\/b"}]}'
UNESCAPED = '{"object":"whatsapp_business_account","entry":[{"t":"café 😀 a/b"}]}'.encode()
SIGNATURES = [
    (
        b'{"object":"whatsapp_business_account","entry":[]}',
        "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    ),
    (ESCAPED, "97e5ad1124e77710fda8908c4c4ace00ae4b8c2ecc0fe38da443de2f4dea739d"),
    (UNESCAPED, "c10f394d65807247d3b494cd381def0e342591ab5b8684f04dbbd8810120699a"),
]


@pytest.mark.parametrize(("body", "digest"), SIGNATURES)
def test_a_signature_is_that_of_the_raw_bytes(body: bytes, digest: str) -> None:
    assert webhook.is_signed(body, f"sha256={digest}", "test_app_secret")
    assert not webhook.is_signed(body + b" ", f"sha256={digest}", "test_app_secret")
    assert not webhook.is_signed(body, f"sha256={digest}", "another secret")


@pytest.mark.parametrize(
    "header", [None, "", "sha256=", "sha1=abc", SIGNATURES[0][1], "sha256=é", "sha256=\udcff"]
)
def test_no_good_signature_is_no_signature(header: str | None) -> None:
    assert not webhook.is_signed(SIGNATURES[0][0], header, "test_app_secret")


def test_without_a_secret_nothing_is_signed() -> None:
    import hashlib
    import hmac

    digest = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert not webhook.is_signed(b"{}", f"sha256={digest}", "")


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"\xff\xfe\x00", b"hello", b"{", b"[]", b"7", b"null", b'"text"', b"{}"],
        *[b'{"object":"page","entry":[]}', b'{"object":"whatsapp_business_account"}'],
        b'{"object":"whatsapp_business_account","entry":"x"}',
        pytest.param(b"[" * 200_000, id="deep and broken"),
        pytest.param(
            b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="too deep to be read"
        ),
    ],
)
def test_what_is_no_webhook_is_refused_with_one_error(body: bytes) -> None:
    with pytest.raises(webhook.NotAWebhook):
        webhook.parse(body)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("line one\r\nline two\ttab", "line one\nline two\ttab", id="line ends"),
        pytest.param("a\x00b\x07c\x9fd", "abcd", id="control characters"),
        pytest.param("pay \u202e001\u202c now\u2066!\u2069", "pay 001 now!", id="bidirectional"),
        pytest.param("st\u200bop\ufeff", "stop", id="zero width"),
        pytest.param("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f", id="joined emoji"),
        pytest.param("क्\u200dष रोकें", "क्\u200dष रोकें", id="Hindi marks and joiner"),
        pytest.param("half \ud83d emoji", "half \ufffd emoji", id="lone surrogate"),
        pytest.param("  spaced  ", "spaced", id="outer spaces"),
        pytest.param("/order_status", "/order_status", id="a slash is plain text"),
        pytest.param("\u202e\u200b\x01", "", id="nothing visible"),
        pytest.param("x" * 60_000, "x" * 4096, id="60,000 characters"),
    ],
)
def test_a_text_is_kept_as_far_as_it_can_be_seen(sent: str, kept: str) -> None:
    assert only(with_messages(text_message(text={"body": sent}))).text == kept


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rb"nul \u0000 here", id="escaped NUL"),
        pytest.param(b"raw \x00 nul", id="raw NUL"),
        pytest.param(rb"lone \ud800 half", id="lone high surrogate"),
        pytest.param(rb"lone \udfff half", id="lone low surrogate"),
        pytest.param(rb"twice \ud83d\ud83d\ude00", id="high surrogate before a pair"),
        pytest.param(b"\xed\xa0\x80 utf-8", id="surrogate in UTF-8"),
    ],
)
def test_what_a_database_refuses_never_passes_even_in_the_raw_message(body: bytes) -> None:
    raw = json.dumps(text_message(text={"body": "BODY", "KEY": "BODY"}))
    payload = with_messages("MESSAGE").replace(b'"MESSAGE"', raw.encode())
    event = only(payload.replace(b"BODY", body).replace(b"KEY", body))
    kept = json.dumps(event.raw, ensure_ascii=False)
    assert "\\u0000" not in kept
    kept.encode("utf-8")
    event.text.encode("utf-8")


def test_an_escaped_backslash_before_u0000_is_what_the_person_typed() -> None:
    assert only(with_messages(text_message(text={"body": "\\u0000 \\ud800"}))).text == (
        "\\u0000 \\ud800"
    )


@pytest.mark.parametrize(
    "stamp", ["0", "-5", "1", 10**15, "99999999999999", "soon", "", None, True, [], {}, 1e300]
)
def test_an_absurd_timestamp_is_no_timestamp(stamp: Any) -> None:
    assert only(with_messages(text_message(timestamp=stamp))).sent_at is None


@pytest.mark.parametrize("stamp", ["1790000000", 1790000000, 1790000000.0])
def test_a_timestamp_may_be_a_string_or_a_number(stamp: Any) -> None:
    assert only(with_messages(text_message(timestamp=stamp))).sent_at == AT


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (text_message(text=None), "text without its content"),
        (text_message(text={"body": 7}), "text without a body"),
        (text_message(type="image"), "image without its content"),
        (text_message(type="image", image={}), "media without an id"),
        (text_message(type="location", location={"latitude": 91}), "location without coordinates"),
        (
            text_message(type="interactive", interactive={"type": "new_reply"}),
            "interactive of unknown type new_reply",
        ),
        (text_message(type="button", button={}), "button without its content"),
        ({"from": "1555010", "id": "wamid.n"}, "message without a type"),
    ],
)
def test_a_message_we_cannot_read_is_still_a_message(broken: Any, problem: str) -> None:
    event = only(with_messages(broken))
    assert (event.text, event.problem) == ("", problem)
    assert event.sender.phone == broken["from"]


@pytest.mark.parametrize(
    "broken",
    [
        *[None, 7, "text", [], {}, {"id": "wamid.x"}, {"from": "15550100001"}],
        text_message(id=""),
        text_message(id=["x"]),
        text_message(**{"from": "PHONE_NUMBER"}),
        text_message(type="system", system={"type": "user_changed_number"}),
        text_message(nested=json.loads("[" * 60 + "]" * 60)),
    ],
)
def test_a_broken_message_never_hides_its_neighbours(broken: Any) -> None:
    body = json.loads(with_messages(text_message(id="a"), broken, text_message(id="b")))
    del body["entry"][0]["changes"][0]["value"]["contacts"]
    first, middle, last = webhook.parse(json.dumps(body).encode())
    assert (first.wamid, last.wamid) == ("a", "b")
    assert isinstance(middle, Unrecognised)
    assert middle.reason


def test_a_stranger_is_never_given_the_name_of_the_only_contact() -> None:
    event = only(with_messages(text_message(**{"from": "15550100777"})))
    assert event.sender == Sender(phone="15550100777")


def test_the_same_person_is_found_though_meta_changed_a_digit_of_the_number() -> None:
    payload = json.loads(with_messages(text_message(**{"from": "525512345678"})))
    contact = {"wa_id": "5215512345678", "user_id": "MX.1", "profile": {"name": "Lupita"}}
    payload["entry"][0]["changes"][0]["value"]["contacts"] = [contact]
    sender = only(json.dumps(payload).encode()).sender
    assert (sender.phone, sender.wa_id, sender.bsuid) == ("525512345678", "5215512345678", "MX.1")


def test_a_notice_keeps_its_fingerprint_over_deliveries_and_no_other_has_it() -> None:
    def fingerprint(name: str) -> str:
        return only(body_of(name)).fingerprint

    assert fingerprint("template_status") == fingerprint("template_status")
    assert len({fingerprint(n) for n in ("template_status", "template_category", "security")}) == 3


def test_a_thousand_updates_of_a_full_webhook_are_read_in_a_blink() -> None:
    many = [text_message(id=f"wamid.{i}", text={"body": "é" * 900}) for i in range(1000)]
    body = with_messages(*many)
    started = time.perf_counter()
    assert len(webhook.parse(body)) == 1000
    assert time.perf_counter() - started < 4


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"9" * 1_000_000, id="a number of a million digits"),
        pytest.param(b'"' + b"\\u0000" * 100_000 + b'"', id="NUL after NUL"),
        pytest.param(b'"' + b"\\\\" * 300_000 + b'"', id="backslashes"),
        pytest.param(b'"' + b"\\u202e" * 100_000 + b'"', id="controls"),
        pytest.param(b'"' + b" " * 1_000_000 + b'"', id="spaces"),
        pytest.param(b"[" + b"[]," * 100_000 + b"[]]", id="many lists"),
        pytest.param(b"[" * 500 + b"]" * 500, id="deep lists"),
    ],
)
@pytest.mark.parametrize("key", ["id", "from", "timestamp", "type", "text", "from_user_id", "x"])
def test_hostile_sizes_cost_linear_time(key: str, hostile: bytes) -> None:
    body = with_messages(text_message(**{key: "HOSTILE"})).replace(b'"HOSTILE"', hostile)
    started = time.perf_counter()
    assert len(webhook.parse(body)) == 1
    assert time.perf_counter() - started < 4


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def paths_in(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    found = []
    for key, child in pairs:
        found.append((*path, key))
        if isinstance(child, (dict, list)):
            found += paths_in(child, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn, payload: Any) -> Any:
    """`payload` with up to three of its parts taken out, replaced or doubled."""
    payload = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        paths = paths_in(payload)
        if not paths:
            break
        *way, last = draw(st.sampled_from(paths))
        holder = payload
        for key in way:
            holder = holder[key]
        deed = draw(st.sampled_from(["drop", "replace", "wrap"]))
        if deed == "drop":
            del holder[last]
        else:
            holder[last] = draw(VALUES) if deed == "replace" else [holder[last]] * 2
    return payload


SAMPLES = {path.stem: json.loads(path.read_bytes()) for path in sorted(PAYLOADS.glob("*.json"))}
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(st.sampled_from(sorted(SAMPLES)).flatmap(lambda name: mutated(SAMPLES[name])))
def test_a_mutated_webhook_is_read_or_refused_and_never_fails(payload: Any) -> None:
    try:
        events = webhook.parse(json.dumps(payload).encode())
    except webhook.NotAWebhook:
        return
    for event in events:
        kept = getattr(event, "raw", None) or getattr(event, "value", None) or {}
        json.dumps(kept, allow_nan=False, ensure_ascii=False).encode("utf-8")
        assert "\x00" not in repr(event)


MESSAGES = [
    message
    for payload in SAMPLES.values()
    for change in payload["entry"][0].get("changes", [])
    for message in change.get("value", {}).get("messages", [])
    if isinstance(message, dict)
]


@RELAXED
@given(st.sampled_from(MESSAGES).flatmap(mutated) | VALUES)
def test_neighbours_of_a_mutated_message_stay_as_they_were(broken: Any) -> None:
    good = text_message(id="wamid.first"), text_message(id="wamid.last")
    alone = webhook.parse(with_messages(*good))
    events = webhook.parse(with_messages(good[0], broken, good[1]))
    assert [events[0], events[-1]] == alone
    assert len(events) == 3


@RELAXED
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        webhook.parse(body)
    except webhook.NotAWebhook:
        return
    assert json.loads(body)["entry"] is not None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public payloads lie beside the checkout")
def test_every_public_payload_is_read_or_refused() -> None:
    read = 0
    for path in sorted((SHARED / "fixtures").rglob("*.json")):
        try:
            events = webhook.parse(path.read_bytes())
        except webhook.NotAWebhook:
            continue
        read += len(events)
        if "unknown_field_xyz" not in path.read_text():
            assert not [event for event in events if isinstance(event, Unrecognised)], path.name
    assert read > 60
