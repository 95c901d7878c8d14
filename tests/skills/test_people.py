"""Courtesies, persons, and what is not understood or not done here."""

from __future__ import annotations

import pytest

from actions import people
from rapport import hours
from rapport.conversation import handover
from rapport.db.customers import Case
from tests.skills.conftest import NOW, World


def is_with_human(world: World, customer_id: int) -> bool:
    with world.sessions() as session:
        return handover.is_with_human(session, customer_id)


def test_a_customer_is_greeted_by_name(world: World) -> None:
    assert world.chat().say("hi").text == "Hi Mara, what can I do for you?"


def test_a_stranger_is_greeted_and_told_what_to_do(world: World) -> None:
    said = world.stranger().say("hello")
    assert "only help in general" in said
    assert "Mara" not in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thanks a lot", "You're welcome"),
        ("ok bye then", "Bye"),
        ("are you a bot", "automated assistant"),
        ("you guys are great", "Thank you"),
        ("how's your day", "asking"),
        ("yes", "What would you like to know?"),
        ("no", "leave it at that"),
    ],
)
def test_courtesies(world: World, text: str, expected: str) -> None:
    assert expected in world.chat().say(text)


def test_help_offers_what_can_be_done_as_a_list(world: World) -> None:
    chat = world.chat()
    said = chat.say("what can you help me with")
    assert 3 < len(said.buttons) <= 10
    assert all(len(button["title"]) <= 24 for button in said.buttons)
    assert "no order on file" in chat.tap("Where my order is")


def test_a_person_is_had_for_the_asking(world: World) -> None:
    chat = world.chat()
    assert "A colleague takes over" in chat.say("let me talk to a human")
    assert is_with_human(world, chat.customer_id)


def test_a_complaint_is_taken_down_and_a_person_offered(world: World) -> None:
    chat = world.chat()
    said = chat.say("third time this happens, useless")
    (case,) = world.rows(Case)
    assert case.case_id in said.text
    assert not is_with_human(world, chat.customer_id)
    chat.say("yes please")
    assert is_with_human(world, chat.customer_id)


def test_out_of_scope_is_said_and_twice_offers_a_person(world: World) -> None:
    chat = world.chat()
    first = chat.say("who won the match yesterday")
    assert "not something I can do here" in first
    second = chat.say("whats the weather tomorrow")
    assert "Would you like a colleague to take over?" in second
    chat.tap("Talk to a person")
    assert is_with_human(world, chat.customer_id)


def test_a_miss_offers_the_two_likeliest_readings(world: World) -> None:
    chat = world.chat()
    said = chat.mumble("lamp thing", "greet", "ask_price", "back_in_stock", "order_status")
    titles = [button["title"] for button in said.buttons]
    assert titles == ["A price", "Is it in stock?", "Something else"]
    assert "Trail lamp: €39.90" in chat.tap("A price")  # what was said still counts


def test_something_else_asks_again_and_a_second_miss_offers_a_person(world: World) -> None:
    chat = world.chat()
    chat.mumble("lamp thing", "ask_price", "back_in_stock")
    assert "few words" in chat.tap("Something else")
    said = chat.mumble("flurb of my grumple", "ask_price", "back_in_stock")
    assert "Would you like a colleague to take over?" in said
    chat.tap("Talk to a person")
    assert is_with_human(world, chat.customer_id)


def test_a_miss_with_nothing_likely_asks_for_other_words(world: World) -> None:
    said = world.chat().mumble("flurb of my grumple")
    assert "other words" in said
    assert not said.buttons


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("/sent_audio", "can't listen"),
        ("/sent_image", "Thanks for the photo"),
        ("/sent_video", "Thanks for the video"),
        ("/sent_document", "Thanks for the file"),
        ("/sent_sticker", "What can I do for you?"),
        ('/sent_location{"latitude": 52.5, "longitude": 13.4}', "Thanks for the location"),
        ("/sent_contacts", "can't use a contact card"),
        ("/sent_order", "can't take an order"),
    ],
)
def test_a_message_without_words_gets_a_sensible_answer(
    world: World, payload: str, expected: str
) -> None:
    assert expected in world.chat().send(payload)


def test_nobody_is_shouted_at(world: World) -> None:
    chat = world.chat()
    for text in ("hi", "thanks", "where is my order", "help", "stop", "bye", "you are useless"):
        assert "!" not in chat.say(text).text


def test_a_chat_at_another_hour_is_the_same_chat(world: World) -> None:
    chat = world.chat()
    chat.say("you are useless")
    chat.now = NOW.replace(hour=23)
    chat.say("yes")
    assert is_with_human(world, chat.customer_id)


def test_a_person_is_announced_for_when_one_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = hours.read("Mon-Fri 09:00-10:30 Europe/Berlin")
    monkeypatch.setattr(people, "service_hours", lambda: week)
    chat = world.chat()
    chat.hear("you are useless", "complaint")
    said = chat.hear("when exactly?", "nlu_fallback")
    assert "there again tomorrow from 09:00. And would you like a colleague to take over?" in said
    assert not is_with_human(world, chat.customer_id)
    assert "there again tomorrow from 09:00" in chat.hear("ok", "affirm")


def test_no_hours_are_claimed_that_nobody_told(world: World) -> None:
    assert "The team" not in world.chat().say("let me talk to a human")


def test_a_person_in_danger_gets_a_person(world: World) -> None:
    chat = world.chat()
    said = chat.send("/self_harm")
    assert "emergency number" in said
    assert not said.buttons
    assert is_with_human(world, chat.customer_id)


def test_an_insult_gets_one_calm_sentence_and_the_way_to_a_person(world: World) -> None:
    said = world.chat().send("/abuse")
    assert "stay respectful" in said
    assert [button["title"] for button in said.buttons] == ["Talk to a person", "No, thanks"]


def test_a_card_number_is_dots_in_a_case(world: World) -> None:
    world.chat().hear("third time, useless, my card is 4111 1111 1111 1111", "complaint")
    (case,) = world.rows(Case)
    assert "4111 1111" not in case.summary
    assert "••••1111" in case.summary
