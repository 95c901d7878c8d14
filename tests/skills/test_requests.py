"""Send back, cancel, another address, a price difference: asked before, passed on once, said honestly."""

from __future__ import annotations

import pytest

from rapport.db.customers import Case
from tests.skills.conftest import World, euros

ADDRESS = "Lindenweg 8, 04229 Leipzig"


def case_of(world: World) -> Case:
    (case,) = world.rows(Case)
    return case


def test_a_cancellation_is_confirmed_first_and_passed_on_once(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    assert "Shall I ask for it to be cancelled" in chat.say("cancel my order")
    assert not world.rows(Case)
    assert "passed it on" in chat.tap("Yes, cancel it")
    case = case_of(world)
    assert (case.topic, case.order_id, case.summary) == ("cancel_order", "A7041", "cancel my order")
    assert f"as case {case.case_id}" in chat.say("please cancel order A7041")
    assert len(world.rows(Case)) == 1


def test_an_order_that_left_in_the_meantime_is_not_cancelled(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    chat.say("cancel my order")
    world.tell("order.shipped", order_id="A7041", days=-0.01)
    assert "can't be cancelled any more" in chat.tap("Yes, cancel it")
    assert not world.rows(Case)


def test_what_has_left_may_come_back(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.shipped", order_id="A7041")
    chat = world.chat()
    assert "left us yesterday" in chat.say("cancel my order")
    assert "within 30 days of delivery" in chat.tap("See the return")
    assert "return" in chat.tap("Yes, send it back")
    assert case_of(world).topic == "return"


def test_several_open_orders_are_asked_about(world: World) -> None:
    world.order("A1001", "lamp")
    world.order("A1002", "boots")
    chat = world.chat()
    said = chat.say("i want to cancel an order")
    assert {b["title"] for b in said.buttons} == {"A1001 · Trail lamp", "A1002 · Hiking boots"}
    assert "Order A1002" in chat.say("the boots")
    assert "Order A1001" in chat.say("no, the other one")
    assert "A1001" in chat.say("yes please")
    assert case_of(world).order_id == "A1001"


def test_an_address_is_read_back_before_it_is_passed_on(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    assert "Where should order A7041 go" in chat.say("change my delivery address")
    assert "isn't a complete address" in chat.say("asdf")
    assert ADDRESS in chat.say(ADDRESS)
    assert not world.rows(Case)
    assert "Lindenweg 9" in chat.say("no, Lindenweg 9, 04229 Leipzig")
    assert "passed the new address" in chat.tap("Yes, send it there")
    case = case_of(world)
    assert (case.topic, case.summary) == ("change_address", "Lindenweg 9, 04229 Leipzig")


def test_an_address_in_the_first_message_is_not_asked_for_again(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    assert ADDRESS in chat.say(f"please send it to {ADDRESS}")
    chat.tap("No, leave it")
    assert not world.rows(Case)


def test_after_two_answers_without_an_address_a_person_is_offered(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    chat.say("change my delivery address")
    assert not chat.say("12345").buttons
    assert [b["title"] for b in chat.say("???").buttons] == ["Talk to a person"]


def test_an_order_that_has_left_keeps_its_address(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.shipped", order_id="A7041")
    assert "left us yesterday" in world.chat().say(f"send it to {ADDRESS}")


@pytest.mark.parametrize(
    ("facts", "days", "expected"),
    [
        ({}, -3, "until Sunday, 20 December, 30 days after delivery"),
        ({"return_days": 100}, -60, "100 days after delivery"),
        ({"Rückgabe": "60 Tage"}, -31, "60 days after delivery"),
        ({"returns": "opened items stay"}, -3, "our catalogue says “opened items stay”"),
        ({}, -40, "and that day has passed"),
    ],
)
def test_until_when_something_can_go_back(
    world: World, facts: dict[str, object], days: float, expected: str
) -> None:
    world.product("lamp", "Trail lamp", facts=facts, days=-299)
    world.order("A7041", "lamp", days=days - 3)
    world.tell("order.delivered", order_id="A7041", days=days)
    assert expected in world.chat().say("can i send the lamp back")


def test_one_of_two_items_goes_back(world: World) -> None:
    world.order("A7041", "lamp", "jacket")
    world.tell("order.delivered", order_id="A7041")
    chat = world.chat()
    said = chat.say("i want to return something")
    assert [b["title"] for b in said.buttons] == ["Trail lamp", "Rain jacket", "All of it"]
    assert "(Rain jacket)" in chat.say("the jacket")
    assert "(Trail lamp)" in chat.say("no, the lamp")
    chat.tap("Yes, send it back")
    assert case_of(world).summary == "Trail lamp: i want to return something"


def test_what_has_not_left_is_cancelled_rather_than_sent_back(world: World) -> None:
    world.order("A7041", "lamp")
    chat = world.chat()
    assert "Shall I ask for it to be cancelled" in chat.say("i want to return the lamp")
    chat.tap("Yes, cancel it")
    assert case_of(world).topic == "cancel_order"


def test_where_the_money_is(world: World) -> None:
    world.order("A7041", "lamp")
    world.tell("order.refunded", order_id="A7041", amount=euros("39.90"))
    said = world.chat().say("when do i get my refund")
    assert "was refunded yesterday" in said and "€39.90" in said


def test_a_fallen_price_within_two_weeks_is_passed_on(world: World) -> None:
    world.order("A7041", "lamp")
    world.product("lamp", "Trail lamp", "29.90", days=-1)
    chat = world.chat()
    said = chat.say("the lamp got cheaper since i bought it, can i get the difference")
    assert "you paid €39.90" in said and "today it costs €29.90" in said and "€10.00 less" in said
    assert "passed it on" in chat.tap("Yes, please")
    assert case_of(world).topic == "price_match"
    assert "already" in chat.say("i paid more for the lamp last week")


def test_an_older_purchase_is_told_kindly(world: World) -> None:
    world.order("A7041", "lamp", days=-20)
    world.product("lamp", "Trail lamp", "29.90", days=-1)
    said = world.chat().say("the lamp got cheaper since i bought it, can i get the difference")
    assert "up to 14 days after the order" in said and not world.rows(Case)


def test_a_price_seen_elsewhere_goes_on_in_the_customers_words(world: World) -> None:
    chat = world.chat()
    assert "€39.90 with us today" in chat.say("the trail lamp is cheaper at another shop, 25 euros")
    chat.tap("Yes, please")
    assert "25 euros" in (case_of(world).summary or "")
