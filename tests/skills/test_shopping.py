"""Stock, prices, wish list: the catalogue's word, found by whatever the customer calls it."""

from __future__ import annotations

import pytest

from rapport.db.customers import Interest
from tests.skills.conftest import World, euros


@pytest.mark.parametrize(
    "text",
    [
        "how much is the trail lamp",
        "price of the head torch",
        "whats the price of the trial lamp",
        "what does the lamp cost",
    ],
)
def test_a_price_is_found_by_name_alias_and_slip(world: World, text: str) -> None:
    assert "Trail lamp: €39.90 today." in world.chat().say(text)


def test_what_was_paid_before_is_remembered(world: World) -> None:
    world.order("A1", "lamp")
    world.tell(
        "product.price_changed",
        None,
        product_id="lamp",
        old_price=euros("39.90"),
        new_price=euros("29.90"),
    )
    said = world.chat().say("how much is the trail lamp")
    assert said.text == "Trail lamp: €29.90 today. You paid €39.90 in order A1."


def test_it_means_what_was_just_spoken_of(world: World) -> None:
    chat = world.chat()
    chat.say("how much is the rain jacket")
    assert "in stock: Rain jacket, 4 left" in chat.say("is it in stock")


def test_a_product_nobody_sells_is_not_replaced_by_another(world: World) -> None:
    chat = world.chat()
    chat.say("how much is the rain jacket")
    assert "don't find that in our catalogue" in chat.say("how much is the tent")


def test_two_that_fit_are_asked_about(world: World) -> None:
    world.product("lamp2", "Desk lamp")
    chat = world.chat()
    said = chat.say("how much is the lamp")
    assert [button["title"] for button in said.buttons] == ["Desk lamp", "Trail lamp"]
    assert "Desk lamp: €39.90" in chat.say("desk")


def test_sold_out_offers_to_note_it(world: World) -> None:
    chat = world.chat()
    assert "sold out" in chat.say("do you have the boots")
    assert not world.rows(Interest)
    assert "Noted" in chat.tap("Yes, tell me")
    (interest,) = world.rows(Interest)
    assert (interest.kind, interest.product_id) == ("back_in_stock", "boots")


def test_asking_to_be_told_is_enough(world: World) -> None:
    assert "Noted" in world.chat().say("ping me when the hiking boots are back")
    assert len(world.rows(Interest)) == 1


def test_no_is_taken(world: World) -> None:
    chat = world.chat()
    chat.say("are the boots in stock")
    chat.tap("No, thanks")
    assert not world.rows(Interest)


def test_the_wish_list_is_told_with_prices_and_stock(world: World) -> None:
    world.tell("wishlist.added", product_id="boots", days=-3)
    world.tell("wishlist.added", product_id="jacket", days=-2)
    said = world.chat().say("whats on my wishlist")
    assert said.text == "On your wish list:\nRain jacket, €89.00\nHiking boots, €119.00, sold out"


def test_a_stranger_may_ask_for_a_price(world: World) -> None:
    assert "€39.90" in world.stranger().say("how much is the trail lamp")


def test_the_prices_of_two_things_are_told_together(world: World) -> None:
    said = world.chat().say("how much are the trail lamp and the rain jacket")
    assert said.text == "Rain jacket: €89.00 today.\nTrail lamp: €39.90 today."


def test_a_place_in_the_list_is_an_answer(world: World) -> None:
    world.product("lamp2", "Desk lamp")
    chat = world.chat()
    chat.say("how much is the lamp")
    assert "Trail lamp: €39.90" in chat.say("the second one")
