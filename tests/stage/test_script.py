"""A conversation file that cannot be played is refused by file, line and key."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.stage import script, short_form, verdict
from tests.stage.lined import BadScript
from tests.stage.script import Expected

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
GOOD = """
- name: One
  who: customer
  given:
    - order.placed: {order_id: X1, items: [2 flask at 29.00 EUR], promised_at: +1d 18:00}
      at: -3d
  chat:
    - says: yes
      expects: {contains: X1, consent: {offers: in}}
    - sends: image
      caption: 12:30
      expects: {silent: true}
"""


def told(tmp_path: Path, text: str) -> list[script.Conversation]:
    (tmp_path / "told.yml").write_text(text)
    return script.conversations(tmp_path)


def test_a_file_is_read_as_it_is_written(tmp_path):
    (one,) = told(tmp_path, GOOD)
    assert (one.id, one.line, one.who) == ("told: One", 2, {})
    assert [(step.line, step.does, step.what, step.caption) for step in one.chat] == [
        (8, "says", "yes", ""),
        (10, "sends", "image", "12:30"),
    ]
    assert one.chat[0].expects == Expected(contains=("X1",), consent={"offers": "in"})
    assert one.chat[1].expects == Expected(silent=True, messages=0)


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("contains: X1", "contain: X1", "told.yml:9: contain is no key of expects"),
        ("  who:", "  whom:", "told.yml:3: whom is no key of a conversation"),
        ("caption:", "captions:", "told.yml:11: captions is no key of a message"),
        ("who: customer", "shows: sad\n  who: customer", "told.yml:3: shows: one of happy path"),
        ("who: customer", "who: somebody", "told.yml:3: who: one of stranger, customer"),
        ("who: customer", "who: {phone: 1}", "told.yml:3: who: one of stranger, customer"),
        ("name: One", "name: true", "told.yml:2: name: not a text"),
        ("order.placed", "order.lost", "told.yml:4: given: “order.lost” is no business event"),
        ("at: -3d", "at: Monday", "told.yml:4: given: order.placed needs at"),
        ("sends: image", "sends: fax", "told.yml:10: sends: one of image"),
        ("sends: image", "taps: A\n      says: B", "told.yml:10: a message has one of says"),
        ("sends: image\n      ", "", "told.yml:10: a message has one of says"),
        ("offers: in", "offer: in", "told.yml:9: consent: topics are"),
        ("offers: in", "offers: maybe", "told.yml:9: consent: one of in, out"),
        ("silent: true", "silent: yes", "told.yml:12: silent: true or false"),
        ("silent: true", "messages: two", "told.yml:12: messages: not a count"),
        ("silent: true", "matches: '('", "told.yml:12: matches: not a regular expression"),
        ("silent: true", "", "told.yml:12: expects: nothing is expected"),
        ("      expects: {silent: true}\n", "", "told.yml:10: a message needs expects"),
        ("who: customer\n  given", "given", "told.yml:2: a conversation needs who"),
        ("name: One", "name: One\n  name: Two", "told.yml:3: name stands twice"),
        ("chat:", "chat: []\n  more:", "told.yml:7: chat: not a list of messages"),
        ("- says: yes", "- says: [yes", "told.yml:9: "),
        (GOOD, "name: One", "told.yml:1: not a list of conversations"),
        (GOOD, GOOD * 2, "told.yml:14: name told: One is in “told: One” already"),
        ("sends: image", "says: look", "told.yml:10: only what is sent has a caption"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(tmp_path, old, new, complaint):
    assert old in GOOD
    with pytest.raises(BadScript) as refused:
        told(tmp_path, GOOD.replace(old, new, 1))
    assert str(refused.value).startswith(complaint)


def test_two_conversations_cannot_share_an_order(tmp_path):
    other = GOOD.replace("name: One", "name: Two")
    with pytest.raises(BadScript, match="order X1 is in “told: One” already"):
        told(tmp_path, GOOD + other)


def test_each_conversation_has_a_number_of_its_own():
    found = script.conversations()
    assert len({conversation.phone for conversation in found}) == len(found)


@pytest.mark.parametrize(
    "key, short, long",
    [
        ("price", "39.90 EUR", {"amount": "39.90", "currency": "EUR"}),
        ("promised_at", "+1d 18:00", "2026-11-23T18:00:00+00:00"),
        ("due_at", "-2h", "2026-11-22T07:30:00+00:00"),
        ("cycle_start", "-10d", "2026-11-12"),
        ("name", "Plus 10", "Plus 10"),
        ("used_mb", 4100, 4100),
        (
            "items",
            ["2 flask at 29.00 EUR"],
            [
                {
                    "product_id": "flask",
                    "quantity": 2,
                    "unit_price": {"amount": "29.00", "currency": "EUR"},
                }
            ],
        ),
    ],
)
def test_short_forms_stand_for_the_data_contract(key, short, long):
    assert short_form.value_of(key, short, NOW) == long


def heard(text: str = "Hi", titles: tuple[str, ...] = (), **other: object) -> verdict.Heard:
    """What a service might have said, as the twin tells it."""
    replies = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    said = {"type": "text", "text": {"body": text}}
    if titles:
        action = {"buttons": replies}
        said = {
            "type": "interactive",
            "interactive": {"body": {"text": text}, "action": action},
        }
    usual = {
        "replies": ({"payload": said},),
        "intent": "greet",
        "language": "en",
        "state": "handled",
        "consent": {"offers": "unknown"},
        "cases": (),
        "handover": "bot",
    }
    return verdict.Heard(**{**usual, **other})


@pytest.mark.parametrize(
    "expected, found",
    [
        ({"contains": ("bye",)}, heard("Hi")),
        ({"lacks": ("hi",)}, heard("Hi")),
        ({"lacks": ("A7041",)}, heard("Which one?", ("A7041 · Lamp",))),
        ({"matches": (r"\d",)}, heard("Hi")),
        ({"choices": ()}, heard("Hi", ("Yes",))),
        ({"choices": ("Yes", "No")}, heard("Hi", ("Yes",))),
        ({"choices": ("No", "Yes")}, heard("Hi", ("Yes", "No"))),
        ({"messages": 2}, heard()),
        ({"silent": True, "messages": 0}, heard()),
        ({"intent": "thank"}, heard()),
        ({"language": "de"}, heard()),
        ({"consent": {"offers": "in"}}, heard()),
        ({"case_opened": True}, heard()),
        ({"case_opened": False}, heard(cases=("order_damaged",))),
        ({"case_opened": "order_wrong"}, heard(cases=("order_damaged",))),
        ({"handover": "human"}, heard()),
        ({}, heard(state="failed")),
        ({}, heard("Great news!")),
        ({}, heard("Unfortunately not.")),
        ({}, heard("Your order {number}.")),
        ({}, heard("This is URGENT.")),
        ({}, heard("x" * 500)),
    ],
)
def test_every_expectation_can_fail(expected, found):
    assert list(verdict.faults(Expected(**expected), found))


def test_a_good_reply_has_no_faults():
    expected = Expected(
        contains=("which",),
        lacks=("A7055",),
        choices=("A7041", "*"),
        intent="greet",
        language="en",
        consent={"offers": "unknown"},
        case_opened=False,
        handover="bot",
    )
    found = heard("Which one? Case K-ABCDEFGHIJ.", ("A7041 · Lamp", "Something else"))
    assert list(verdict.faults(expected, found)) == []
