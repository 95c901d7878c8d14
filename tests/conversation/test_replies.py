"""A turn's replies become as few WhatsApp messages as Meta's formats allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversation.replies import BotMessage, Button, compose, split

YES_NO = (Button("Yes", "/affirm"), Button("No", "/deny"))


def rows(count: int, title: str = "Order {}") -> tuple[Button, ...]:
    return tuple(
        Button(title.format(n), f'/order_status{{"order_id": "{n}"}}') for n in range(count)
    )


@pytest.mark.parametrize(
    "messages, types",
    [
        pytest.param([], [], id="nothing said, nothing sent"),
        pytest.param([BotMessage("a"), BotMessage("b")], ["text"], id="two texts are one message"),
        pytest.param(
            [BotMessage("a"), BotMessage("b", YES_NO)],
            ["interactive:button"],
            id="a text flows into the buttons after it",
        ),
        pytest.param(
            [BotMessage("a", YES_NO), BotMessage("b")],
            ["interactive:button"],
            id="what is said after a question goes before it",
        ),
        pytest.param(
            [BotMessage("a", YES_NO), BotMessage("b", YES_NO)],
            ["interactive:button", "interactive:button"],
            id="two questions are two messages",
        ),
        pytest.param([BotMessage("which?", rows(4))], ["interactive:list"], id="four are a list"),
        pytest.param(
            [BotMessage("which?", rows(2, "A title of more than twenty {}"))],
            ["interactive:list"],
            id="long titles are a list",
        ),
        pytest.param([BotMessage("which?", rows(11))], ["text"], id="eleven are numbered text"),
        pytest.param(
            [BotMessage("look", image="https://example.com/a.jpg")],
            ["image"],
            id="image and caption",
        ),
        pytest.param(
            [BotMessage("look", YES_NO, image="https://example.com/a.jpg")],
            ["image", "interactive:button"],
            id="an image cannot carry buttons",
        ),
        pytest.param([BotMessage("x. " * 2000)], ["text", "text"], id="a long text is split"),
        pytest.param(
            [BotMessage("x. " * 500, YES_NO)],
            ["text", "interactive:button"],
            id="buttons have a shorter body",
        ),
    ],
)
def test_as_few_messages_as_the_formats_allow(messages, types):
    found = [
        f"{out.type}:{out.payload['type']}" if out.type == "interactive" else out.type
        for out in compose(messages, 7)
    ]
    assert found == types


def test_a_choice_is_named_by_turn_message_and_number_and_tells_nothing_else():
    (message,) = compose([BotMessage("Shall I?", YES_NO)], 12)
    replies = [button["reply"] for button in message.payload["action"]["buttons"]]
    assert replies == [{"id": "12.0.1", "title": "Yes"}, {"id": "12.0.2", "title": "No"}]
    assert [choice["payload"] for choice in message.choices] == ["/affirm", "/deny"]


def test_a_title_too_long_for_a_row_is_told_whole_in_its_description():
    (message,) = compose([BotMessage("Which?", rows(4, "A7041 · Trail lamp with case {}"))], 1)
    row = message.payload["action"]["sections"][0]["rows"][0]
    assert row == {
        "id": "1.0.1",
        "title": "A7041 · Trail lamp with…",
        "description": "A7041 · Trail lamp with case 0",
    }


def test_long_choices_become_numbers_that_can_be_typed():
    (message,) = compose([BotMessage("Which one?", rows(12))], 1)
    assert message.payload["body"].startswith("Which one?\n\n1. Order 0\n2. Order 1\n")
    assert len(message.choices) == 12


def test_a_long_text_is_cut_at_sentence_ends():
    text = "This is a sentence of some length. " * 200
    pieces = split(text, 4096)
    assert all(piece.endswith("length.") for piece in pieces)
    assert " ".join(pieces) == text.strip()


BUTTONS = st.builds(Button, st.text(min_size=1, max_size=60), st.just("/x"), st.text(max_size=120))
MESSAGES = st.lists(
    st.builds(
        BotMessage,
        st.text(" \nab.", max_size=3) | st.text(max_size=6000),
        st.lists(BUTTONS, max_size=14).map(tuple),
    ),
    max_size=4,
)


@given(MESSAGES)
def test_nothing_ever_exceeds_metas_limits(messages):
    for out in compose(messages, 1):
        if out.type == "text":
            assert 0 < len(out.payload["body"]) <= 4096
        else:
            check_interactive(out.payload)


def check_interactive(payload):
    body = payload["body"]["text"]
    if payload["type"] == "button":
        buttons = [button["reply"] for button in payload["action"]["buttons"]]
        assert 1 <= len(buttons) <= 3 and 0 < len(body) <= 1024
        assert all(len(b["title"]) <= 20 for b in buttons)
        assert len({b["title"] for b in buttons}) == len(buttons)
    else:
        listed = payload["action"]["sections"][0]["rows"]
        assert 1 <= len(listed) <= 10 and 0 < len(body) <= 4096
        assert all(len(r["title"]) <= 24 and len(r.get("description", "")) <= 72 for r in listed)


@given(st.text(max_size=9000), st.integers(20, 4096))
def test_splitting_loses_no_word(text, limit):
    assert "".join("".join(split(text, limit)).split()) == "".join(text.split())
    assert all(0 < len(piece) <= limit for piece in split(text, limit))
