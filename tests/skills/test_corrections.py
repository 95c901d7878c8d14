"""A customer who meant another order or product says so, and gets the same answer for that one."""

from __future__ import annotations

import pytest

from rapport.customers import naming
from rapport.db.customers import Case
from tests.model import Chat
from tests.skills.conftest import World, at

NOT, BUT = {"not", "no"}, {"but"}


@pytest.fixture
def chat(world: World) -> Chat:
    """A customer with a lamp, a stove and a jacket underway."""
    world.product("stove", "Camping stove")
    world.order("A7041", "lamp", promised_at=at(2))
    world.order("A7042", "stove", promised_at=at(3))
    return world.chat()


@pytest.mark.parametrize(
    "text",
    [
        "no, I meant A7042",
        "not that, the stove",
        "the other one",
        "no the stove",
        "sorry, wrong one, A7042",
        "not the lamp but the stove",
    ],
)
def test_the_other_order(chat: Chat, text: str) -> None:
    assert "A7041" in chat.say("where is A7041")
    said = chat.say(text)
    assert "A7042" in said
    assert "A7041" not in said


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "nein, die andere"),
        ("es", "no, la otra"),
        ("pt", "não, o outro"),
        ("hi", "नहीं, दूसरा वाला"),
        ("hi", "nahi, dusra wala"),
        ("id", "bukan, yang lain"),
    ],
)
def test_the_other_order_in_six_languages(world: World, language: str, text: str) -> None:
    world.customer("C-2", language=language)
    world.order("A7041", "lamp", promised_at=at(2), subject="C-2")
    world.order("A7042", "jacket", promised_at=at(3), subject="C-2")
    chat = world.chat("C-2")
    chat.hear("A7041?", "order_status")
    assert "A7042" in chat.say(text)


def test_there_is_no_other_one_among_many(chat: Chat, world: World) -> None:
    world.order("A7043", "jacket", promised_at=at(3))
    chat.say("where is A7041")
    assert "A7041" not in chat.say("no, A7043")


def test_a_case_for_the_wrong_order_says_so(chat: Chat, world: World) -> None:
    chat.say("my lamp arrived broken")
    said = chat.say("no, I meant the stove")
    assert "A7042" in said
    wrong, right = sorted(world.rows(Case), key=lambda case: case.order_id)
    assert (wrong.order_id, right.order_id) == ("A7041", "A7042")
    assert "The customer means order A7042 instead." in wrong.summary
    assert right.summary == "my lamp arrived broken"


def test_a_wrong_guess_is_put_right_before_a_case_is_opened(world: World) -> None:
    world.product("stove", "Camping stove")
    world.order("A7041", "lamp")
    world.order("A7042", "stove")
    world.tell("order.delivered", order_id="A7041", days=-1)
    chat = world.chat()
    assert "Is it order A7041" in chat.hear("it came with a crack", "order_problem")
    assert "A7042" in chat.say("no, the stove")
    (case,) = world.rows(Case)
    assert (case.order_id, case.summary) == ("A7042", "it came with a crack")


def test_another_product(world: World) -> None:
    chat = world.chat()
    assert "39.90" in chat.say("how much is the trail lamp")
    assert "89.00" in chat.say("no, I meant the rain jacket")


def test_somebody_elses_order_is_not_found_by_correcting(chat: Chat) -> None:
    chat.say("where is A7041")
    assert "can't find order A9999" in chat.say("no, I meant A9999")


def test_a_wish_of_its_own_is_no_correction(chat: Chat) -> None:
    chat.say("where is A7041")
    assert "39.90" in chat.say("no wait, how much is the camping stove")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not the lamp, the stove", "the stove"),
        ("the stove, not the lamp", "the stove,"),
        ("not the lamp but the stove", "the stove"),
        ("no, I meant A7042", "I meant A7042"),
        ("not the lamp", "not the lamp"),
        ("the stove", "the stove"),
    ],
)
def test_what_is_refused_is_left_out(text: str, expected: str) -> None:
    assert naming.unrefused(text, NOT, BUT) == expected
