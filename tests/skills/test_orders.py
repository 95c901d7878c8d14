"""Where is my order, and something is wrong with it: answered from the customer's own orders."""

from __future__ import annotations

import pytest

from rapport.db.customers import Case
from tests.skills.conftest import World, at, euros

LIMIT = 300


def test_the_only_order_underway_is_told_at_once(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell(
        "order.shipped",
        days=-2,
        order_id="A7041",
        tracking_url="https://track.example/1",
        promised_at=at(1, 17),
    )
    said = world.chat().say("wheres my parcel")
    assert "A7041 (Trail lamp) left us on Saturday, 21 November" in said
    assert "tomorrow by 18:00" in said  # 17:00 UTC on a wall in Berlin
    assert "https://track.example/1" in said
    assert len(said.text) <= LIMIT


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("order.delayed", {"promised_at": at(8), "reason": "a strike"}, "a strike"),
        ("order.delayed", {"promised_at": at(8)}, "Tuesday, 1 December by 11:00"),
        ("order.delivered", {}, "was delivered yesterday"),
        ("order.cancelled", {"reason": "sold out"}, "was cancelled yesterday"),
        ("order.returned", {}, "came back to us yesterday. No refund is booked yet"),
        ("order.refunded", {"amount": euros("39.90")}, "You get €39.90 back"),
    ],
)
def test_every_state_is_told(world: World, kind: str, data: dict[str, str], expected: str) -> None:
    world.order("A7041", "lamp")
    world.tell(kind, order_id="A7041", **data)
    assert expected in world.chat().say("where is my order")


def test_a_date_without_a_zone_is_told_in_utc_and_says_so(world: World) -> None:
    world.tell("customer.upserted", "C-2", phone="+491511111111", verified=True)
    world.order("B1", "lamp", subject="C-2", promised_at=at(1, 17))
    assert "tomorrow by 17:00 UTC" in world.chat("C-2").say("when does it come")


def test_a_broken_promise_is_called_late(world: World) -> None:
    world.order("A7041", "lamp", promised_at=at(-2))
    assert "promised for Saturday, 21 November, so it's late" in world.chat().say("where is it")


def test_without_a_date_on_file_none_is_invented(world: World) -> None:
    world.order("A7041", "lamp")
    assert "no delivery date on file" in world.chat().say("where is my order")


@pytest.fixture
def three_open(world: World) -> World:
    for order_id, product in (("A1", "lamp"), ("A2", "boots"), ("A3", "jacket")):
        world.order(order_id, product)
    return world


def test_three_open_orders_are_asked_about_with_a_list(three_open: World) -> None:
    said = three_open.chat().say("where is my order")
    assert said.text == "Which one do you mean?"
    assert {button["title"] for button in said.buttons} == {
        "A1 · Trail lamp",
        "A2 · Hiking boots",
        "A3 · Rain jacket",
    }
    assert all(button["description"] for button in said.buttons)


@pytest.mark.parametrize("answer", ["the boots", "A2", "a2 please", "hiking bots", "boots one"])
def test_the_question_is_answered_in_any_words(three_open: World, answer: str) -> None:
    chat = three_open.chat()
    chat.say("where is my order")
    assert "A2 (Hiking boots)" in chat.say(answer)


def test_the_question_is_answered_by_a_place_in_the_list(three_open: World) -> None:
    chat = three_open.chat()
    third = chat.say("where is my order").buttons[2]["title"].split()[0]
    assert f"{third} (" in chat.say("the third one")


def test_the_question_is_answered_by_a_tap(three_open: World) -> None:
    chat = three_open.chat()
    chat.say("where is my order")
    assert "A3 (Rain jacket)" in chat.tap("A3 · Rain jacket")


def test_a_product_named_in_the_question_needs_no_second_one(three_open: World) -> None:
    assert "A1 (Trail lamp)" in three_open.chat().say("where is my head torch")


def test_an_open_question_does_not_hold_the_customer(three_open: World) -> None:
    chat = three_open.chat()
    chat.say("where is my order")
    assert chat.say("are you a bot").intent == "is_bot"
    assert "automated assistant" in chat.last.text


def test_an_unknown_number_is_said_and_the_own_ones_are_shown(three_open: World) -> None:
    said = three_open.chat().say("where is order A9999")
    assert "can't find order A9999" in said
    assert len(said.buttons) == 3


def test_another_customers_order_is_as_unknown_as_none(three_open: World) -> None:
    three_open.customer("C-2")
    three_open.order("B77123", "lamp", subject="C-2")
    said = three_open.chat().say("where is order B77123")
    assert "can't find order B77123" in said
    assert "B77123" not in str(said.buttons)
    tapped = three_open.chat().send('/order_status{"order_id": "B77123"}', "B77123")
    assert "can't find order B77123" in tapped


def test_no_order_on_file_is_said(world: World) -> None:
    assert "no order on file" in world.chat().say("where is my order")


def test_a_named_damage_opens_a_case_once(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.delivered", order_id="A7041")
    said = world.chat().say("the lamp arrived broken")
    (case,) = world.rows(Case)
    assert case.case_id in said.text
    assert (case.topic, case.order_id, case.origin) == ("order_damaged", "A7041", "conversation")
    assert "arrived broken" in case.summary
    assert len(said.text) <= LIMIT


def test_a_problem_without_a_name_is_confirmed_first(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.delivered", order_id="A7041")
    chat = world.chat()
    assert "Is it order A7041 (Trail lamp)?" in chat.say("something is missing in the box")
    assert not world.rows(Case)
    assert "opened case" in chat.tap("Yes, that one")
    (case,) = world.rows(Case)
    assert (case.topic, case.summary) == ("order_missing", "something is missing in the box")


def test_not_that_order_leads_to_the_others(world: World) -> None:
    world.order("A1", "lamp")
    world.tell("order.delivered", order_id="A1")
    world.order("A2", "boots")
    chat = world.chat()
    chat.say("i got the wrong item")
    assert [b["title"] for b in chat.tap("Another order").buttons] == ["A2 · Hiking boots"]
    chat.tap("A2 · Hiking boots")
    (case,) = world.rows(Case)
    assert (case.order_id, case.topic) == ("A2", "order_wrong")
    assert case.summary == "i got the wrong item"


def test_a_photo_goes_with_the_case(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    chat.say("the lamp arrived broken")
    (case,) = world.rows(Case)
    assert case.case_id in chat.send("/sent_image").text
    assert "image wamid." in world.rows(Case)[0].summary


def test_a_second_word_about_the_same_order_opens_no_second_case(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    chat.say("the lamp arrived broken")
    assert "still open" in chat.say("the lamp is also missing its cable")
    (case,) = world.rows(Case)
    assert "missing its cable" in case.summary


def test_a_stranger_hears_nothing_of_anybody(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.stranger()
    for text in ("where is my order", "where is order A7041", "the lamp arrived broken"):
        said = chat.say(text)
        assert "can't find this number" in said
        assert "A7041" not in said.text


@pytest.mark.parametrize("answer", ["yes please", "ok do that"])
def test_a_late_order_is_looked_into_on_a_yes(world: World, answer: str) -> None:
    world.order("A7041", "lamp", promised_at=at(-2))
    chat = world.chat()
    assert "Would you like a colleague to look into it?" in chat.say("where is my order")
    assert not world.rows(Case)
    chat.say(answer)
    (case,) = world.rows(Case)
    assert (case.topic, case.order_id) == ("order_late", "A7041")
