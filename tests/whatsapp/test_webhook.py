"""A webhook of Meta's becomes typed events, whatever is in it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

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
from tests.whatsapp.payloads import AT, PAYLOADS, body_of, only, text_message, with_messages

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
