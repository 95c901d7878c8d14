"""Stock, prices, wish list: the catalogue's word, found by whatever the customer calls it."""

from __future__ import annotations

import pytest

from rapport.db.consent import ConsentEntry
from rapport.db.customers import Case, Interest, WishlistItem
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
    assert "There is no “tent” in our catalogue" in chat.say("how much is the tent")


def test_two_that_fit_are_asked_about(world: World) -> None:
    world.product("lamp2", "Desk lamp")
    chat = world.chat()
    said = chat.say("how much is the lamp")
    assert [button["title"] for button in said.buttons] == ["Desk lamp", "Trail lamp"]
    assert "Desk lamp: €39.90" in chat.say("desk")


def test_being_told_is_a_wish_an_agreement_and_its_proof(world: World) -> None:
    chat = world.chat()
    asked = chat.say("do you have the boots")
    assert "sold out" in asked and not world.rows(Interest)
    assert "Noted" in chat.tap("Yes, tell me")
    (interest,) = world.rows(Interest)
    assert (interest.kind, interest.product_id) == ("back_in_stock", "boots")
    (given,) = world.rows(ConsentEntry)
    assert (given.topic, given.state, given.wording) == ("wishlist", "in", asked.text)
    assert given.evidence and given.evidence in interest.origin


def test_it_is_taken_back_with_the_agreement_given_for_it(world: World) -> None:
    chat = world.chat()
    chat.say("ping me when the hiking boots are back")
    chat.tap("Yes, tell me")
    assert "Taken back" in chat.tap("Take that back")
    assert not world.rows(Interest)
    assert [entry.state for entry in world.rows(ConsentEntry)] == ["in", "out"]


def test_an_agreement_from_before_stays_and_needs_no_question(world: World) -> None:
    world.tell("consent.granted", topic="wishlist", method="checkout", wording="News.")
    chat = world.chat()
    assert "Noted" in chat.say("ping me when the hiking boots are back")
    chat.tap("Take that back")
    assert not world.rows(Interest) and len(world.rows(ConsentEntry)) == 1


def test_being_told_of_a_lower_price(world: World) -> None:
    chat = world.chat()
    assert "when the price falls" in chat.say("tell me when the rain jacket gets cheaper")
    assert "Noted" in chat.say("yes please")
    (interest,) = world.rows(Interest)
    assert (interest.kind, interest.product_id) == ("cheaper", "jacket")


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


def test_asking_for_the_price_is_no_wish_to_be_told(world: World) -> None:
    assert not world.chat().say("can you tell me the price of the trail lamp please").buttons


@pytest.fixture
def wishes(world: World) -> World:
    for days, product in ((-3, "boots"), (-2, "jacket"), (-1, "lamp")):
        world.tell("wishlist.added", product_id=product, days=days)
    return world


def listed(world: World) -> set[str]:
    return {wish.product_id for wish in world.rows(WishlistItem) if wish.is_listed}


def test_several_things_go_on_the_list_at_once(world: World) -> None:
    said = world.chat().say("put the trail lamp and the rain jacket on my wish list")
    assert "On your wish list now: Rain jacket, Trail lamp." in said
    assert listed(world) == {"lamp", "jacket"}


def test_news_of_the_list_are_agreed_to_by_a_yes_alone(world: World) -> None:
    chat = world.chat()
    shown = chat.say("add the trail lamp to my wish list")
    assert not world.rows(ConsentEntry)
    assert "Noted" in chat.say("yes please")
    (given,) = world.rows(ConsentEntry)
    assert (given.topic, given.state, given.wording) == ("wishlist", "in", shown.text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("take the boots off my wish list", {"jacket", "lamp"}),
        ("remove the trail lamp and the rain jacket from my wish list", {"boots"}),
        ("remove the second one from my wishlist", {"boots", "lamp"}),
        ("take the last one off my wish list", {"jacket", "lamp"}),
        ("remove the kayak from my wish list", {"boots", "jacket", "lamp"}),
    ],
)
def test_things_come_off_by_name_and_by_place(wishes: World, text: str, left: set[str]) -> None:
    wishes.chat().say(text)
    assert listed(wishes) == left


def test_the_whole_list_goes_after_a_yes(wishes: World) -> None:
    chat = wishes.chat()
    assert "Shall I take all 3 off" in chat.say("clear my wish list")
    assert len(listed(wishes)) == 3
    assert "empty" in chat.tap("Yes, empty it")
    assert not listed(wishes)


def test_what_came_off_is_put_back_by_a_tap(wishes: World) -> None:
    chat = wishes.chat()
    chat.say("take the boots off my wish list")
    chat.tap("Put it back")
    assert len(listed(wishes)) == 3


def test_no_the_other_one_swaps_them(wishes: World) -> None:
    chat = wishes.chat()
    chat.say("take the boots off my wish list")
    assert "Off your wish list: Rain jacket" in chat.say("no, the rain jacket")
    assert listed(wishes) == {"boots", "lamp"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is the rain jacket waterproof?", "waterproof: yes, 20,000 mm"),
        ("which colours does the rain jacket come in", "colours: red, grey"),
        ("how long is the guarantee on the rain jacket", "warranty: 3 years"),
        ("what colour is the rain jacket", "colours: red, grey"),
        ("tell me more about the rain jackt", "warranty: 3 years"),
        ("does the rain jacket have a hood", "catalogue doesn't say that"),
    ],
)
def test_a_fact_comes_from_the_catalogue(world: World, text: str, expected: str) -> None:
    facts = {"waterproof": "yes, 20,000 mm", "colours": ["red", "grey"], "warranty": "3 years"}
    world.product("jacket", "Rain jacket", "89.00", facts=facts, days=-1)
    assert expected in world.chat().say(text)


def test_a_fact_of_a_product_nobody_sells_is_not_another_products(world: World) -> None:
    world.product("lamp", "Trail lamp", facts={"waterproof": "yes, IPX7"}, days=-1)
    chat = world.chat()
    assert "IPX7" in chat.say("is the trail lamp waterproof")
    assert "There is no “kayak”" in chat.say("is the kayak waterproof")
    assert "doesn't say" in chat.say("and how heavy is it")


def test_a_bare_name_is_no_complaint(world: World) -> None:
    for text in ("The kettle", "the trail lamp"):
        assert "sorry" not in world.chat().say(text).text.lower()
    assert not world.rows(Case)
