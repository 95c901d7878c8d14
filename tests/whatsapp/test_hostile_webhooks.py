"""Whatever a webhook holds, it is read or refused: nothing fails, nothing hides its neighbours, nothing takes long."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.whatsapp import webhook
from rapport.whatsapp.webhook import Unrecognised
from tests.whatsapp.payloads import AT, PAYLOADS, only, text_message, with_messages


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


def test_a_thousand_updates_of_a_full_webhook_are_read_in_a_blink() -> None:
    many = [text_message(id=f"wamid.{i}", text={"body": "é" * 900}) for i in range(1000)]
    body = with_messages(*many)
    started = time.process_time()
    assert len(webhook.parse(body)) == 1000
    assert time.process_time() - started < 4


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
    started = time.process_time()
    assert len(webhook.parse(body)) == 1
    assert time.process_time() - started < 4


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
