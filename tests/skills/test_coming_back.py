"""A question that something else came between: asked once more, then let go; "never mind" ends it."""

from __future__ import annotations

import pytest

from tests.model import Chat
from tests.skills.conftest import NOW, World, at


@pytest.fixture
def asked(world: World) -> Chat:
    """A customer with two orders underway, who was just asked which one."""
    world.product("stove", "Camping stove")
    world.order("A7041", "lamp", promised_at=at(2))
    world.order("A7055", "stove", promised_at=at(3))
    chat = world.chat()
    assert "Which one" in chat.say("where is my order")
    return chat


def test_an_answer_in_between_comes_back_to_the_question(asked: Chat) -> None:
    said = asked.say("how much is the trail lamp")
    assert "39.90" in said
    assert said.text.endswith("Back to your order: which one do you mean?")
    assert [button["title"][:5] for button in said.buttons] == ["A7041", "A7055"]
    assert "A7041" in asked.say("the lamp")


def test_the_second_time_it_is_let_go(asked: Chat) -> None:
    asked.say("how much is the trail lamp")
    assert "Back to your order" not in asked.say("are you a bot")


def test_what_is_not_understood_does_not_lose_the_question(asked: Chat) -> None:
    said = asked.mumble("blorf", "bill_question", "data_usage")
    assert said.text.startswith("I'm not sure I got that.")
    assert "which one do you mean" in said
    assert "A7041" in asked.say("the lamp")


def test_a_yes_that_answers_nothing_brings_the_question_back(asked: Chat) -> None:
    assert asked.hear("yes", "affirm").text == "Back to your order: which one do you mean?"


@pytest.mark.parametrize("text", ["ok bye then", "no", "let me talk to a human"])
def test_what_ends_a_topic_is_not_followed_by_its_question(asked: Chat, text: str) -> None:
    assert "Back to your order" not in asked.say(text)


def test_a_question_comes_back_in_the_language_just_asked_for(asked: Chat) -> None:
    assert "Zurück zu deiner Bestellung" in asked.say("auf deutsch bitte")


def test_a_secret_is_asked_for_again_after_something_else(world: World) -> None:
    world.customer("C-2", verified=False)
    address = "Ring 1, 50667 Köln"
    world.order("A7041", "lamp", promised_at=at(2), address=address, subject="C-2")
    chat = world.chat("C-2")
    assert "postcode" in chat.say("how much data do I have left")
    said = chat.say("where is my order")
    assert said.text.startswith("Your order A7041") or "A7041" in said
    assert "back to your account" in said


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("never mind", True),
        ("oh well, forget it", True),
        ("never mind the lamp, the stove", False),
        ("ach, vergiss es", True),
        ("olvídalo, gracias", True),
        ("deixa pra lá", True),
        ("रहने दो", True),
        ("rehne do yaar", True),
        ("gak jadi deh", True),
        ("leave it at the door", False),
    ],
)
def test_never_mind_closes_the_question(asked: Chat, text: str, is_over: bool) -> None:
    said = asked.hear(text, "deny" if is_over else "nlu_fallback")
    assert (said.text == "All right, I'll leave it.") is is_over


def test_never_mind_opens_nothing_and_a_problem_is_forgotten(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.delivered", order_id="A7041", days=-1)
    chat = world.chat()
    assert "Is it order A7041" in chat.hear("it came with a crack", "order_problem")
    back = chat.say("are you a bot")
    assert "is it order A7041" in back
    assert [button["title"] for button in back.buttons] == [
        "Yes, that one",
        "Another order",
        "Talk to a person",
    ]
    assert chat.say("never mind").text == "All right, I'll leave it."
    assert "Good" in chat.hear("yes", "affirm")
    assert chat.now == NOW
