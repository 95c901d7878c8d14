"""What we know is told to everybody about themselves, handed out to the right person, and deleted on a tap."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from rapport.customers import export
from rapport.db.consent import Erasure, ExportLink
from tests.model import Chat
from tests.skills.conftest import NOW, World


def token_in(text: str) -> str:
    return re.search(r"/export/(\S+)", text)[1]


def wishes(world: World) -> list[Any]:
    return world.rows(Erasure)


def test_a_summary_in_words_and_everything_by_a_link(world: World) -> None:
    world.order("A1", "lamp")
    world.order("A2", "jacket")
    world.tell("consent.granted", topic="offers", method="checkout", days=-10)
    chat = world.chat()
    said = chat.say("what data do you have on me")
    assert "orders (2)" in said and "You agreed to: offers." in said
    with world.sessions.begin() as session:
        told = json.loads(export.redeem(session, token_in(said.text), NOW) or b"")
        assert {row["order_id"] for row in told["orders"]} == {"A1", "A2"}
        assert told["customer"][0]["name"] == "Mara Klein"


def test_the_token_is_nowhere_but_in_the_message(world: World) -> None:
    token = token_in(world.chat().say("what data do you have on me").text)
    (link,) = world.rows(ExportLink)
    assert token not in str(vars(link))


def test_another_customers_rows_are_not_in_it(world: World) -> None:
    world.customer("C-2", name="Ben Otto")
    world.order("B9", "lamp", subject="C-2")
    token = token_in(world.chat().say("what data do you have on me").text)
    with world.sessions.begin() as session:
        told = (export.redeem(session, token, NOW) or b"").decode()
    assert "B9" not in told and "Ben Otto" not in told


def test_somebody_unverified_gets_a_question_and_no_link(world: World) -> None:
    world.customer("C-3", name="Kim", verified=False)
    world.order("K1", "lamp", subject="C-3", address="14 Harbour Row, Bristol BS1 4QD")
    chat = world.chat("C-3")
    assert "/export/" not in chat.say("what data do you have on me")
    assert world.rows(ExportLink) == []
    assert "/export/" in chat.say("BS1 4QD")


def test_a_stranger_hears_what_little_there_is(world: World) -> None:
    said = world.stranger().say("what data do you have on me")
    assert "the number you write from" in said and "/export/" not in said
    assert world.rows(ExportLink) == []


def test_deleting_says_what_goes_and_what_stays_and_waits_for_the_button(world: World) -> None:
    chat = world.chat()
    said = chat.say("delete all my data")
    assert "orders, bills, messages" in said and "Only one thing stays" in said
    assert "tap the button" in chat.say("yes")
    assert wishes(world) == []
    assert "within the next few minutes" in chat.tap("Yes, delete it")
    (wish,) = wishes(world)
    assert (wish.customer_id, wish.done_at) == (chat.customer_id, None)


@pytest.mark.parametrize("text", ["no", "no, keep it"])
def test_a_no_deletes_nothing(world: World, text: str) -> None:
    chat = world.chat()
    chat.say("delete all my data")
    assert "nothing is deleted" in chat.say(text)
    assert wishes(world) == []


def test_an_old_button_asks_again(world: World) -> None:
    chat = world.chat()
    chat.say("delete all my data")
    button = next(b for b in chat.last.buttons if b["title"] == "Yes, delete it")
    chat.say("no")
    assert "Only one thing stays" in chat.send(button["payload"], button["title"])
    assert wishes(world) == []


def test_a_customer_proves_who_they_are_before_anything_is_deleted(world: World) -> None:
    world.customer("C-4", name="Kim", verified=False)
    world.order("K2", "lamp", subject="C-4", address="14 Harbour Row, Bristol BS1 4QD")
    chat = world.chat("C-4")
    assert "postcode" in chat.say("delete all my data")
    assert "Only one thing stays" in chat.say("BS1 4QD")
    chat.tap("Yes, delete it")
    assert len(wishes(world)) == 1


def test_a_stranger_may_be_forgotten_too(world: World) -> None:
    chat = world.stranger()
    chat.say("delete all my data")
    chat.tap("Yes, delete it")
    assert len(wishes(world)) == 1


def test_asking_twice_is_one_wish(world: World) -> None:
    chat: Chat = world.chat()
    for _ in range(2):
        chat.say("delete all my data")
        chat.tap("Yes, delete it")
    with world.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Erasure)) == 1
