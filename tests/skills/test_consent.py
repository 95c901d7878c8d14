"""Yes and no to messages: recorded with proof, confirmed once."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.consent import ledger
from rapport.vocabulary import ConsentState
from tests.model import Chat
from tests.skills.conftest import NOW, World

IN, OUT, UNKNOWN = ConsentState.IN, ConsentState.OUT, ConsentState.UNKNOWN


def states(chat: Chat) -> dict[str, ConsentState]:
    with chat.sessions() as session:
        return ledger.states(session, chat.customer_id, NOW)


def agree(world: World, *topics: str) -> None:
    for topic in topics:
        world.tell("consent.granted", topic=topic, method="checkout", days=-100)


def test_a_named_topic_is_switched_on_with_proof(world: World) -> None:
    chat = world.chat()
    said = chat.say("sign me up for offers")
    assert said.text.startswith("Done. You'll get offers here")
    assert states(chat) == {**dict.fromkeys(states(chat), UNKNOWN), "offers": IN}
    with world.sessions() as session:
        (entry,) = ledger.history(session, chat.customer_id)
    assert (entry.method, entry.wording) == ("whatsapp", said.text)
    assert entry.evidence


def test_without_a_topic_the_customer_chooses(world: World) -> None:
    chat = world.chat()
    said = chat.say("sign me up")
    assert len(said.buttons) == 4
    assert set(states(chat).values()) == {UNKNOWN}
    chat.tap("Account alerts")
    assert states(chat)["account_alerts"] is IN


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("please stop sending me messages", {"offers", "wishlist"}, {"order_updates"}),
        ("no more offers", {"offers"}, {"order_updates", "wishlist"}),
        ("stop the ads", {"offers"}, {"order_updates"}),
        ("dont send me order updates", {"order_updates"}, {"offers"}),
        ("unsubscribe me from everything", {"offers", "order_updates", "wishlist"}, set()),
        ("stop all messages except order updates", {"offers", "wishlist"}, {"order_updates"}),
    ],
)
def test_a_withdrawal_reaches_what_was_named(
    world: World, text: str, gone: set[str], kept: set[str]
) -> None:
    agree(world, "offers", "wishlist", "order_updates")
    chat = world.chat()
    said = chat.say(text)
    assert said.intent == "opt_out"
    assert said.text.startswith("Done. You won't get ")
    now: dict[str, Any] = states(chat)
    assert {topic for topic in gone if now[topic] is not OUT} == set()
    assert {topic for topic in kept if now[topic] is not IN} == set()


def test_the_confirmation_says_what_still_comes(world: World) -> None:
    agree(world, "offers", "order_updates")
    said = world.chat().say("please stop sending me messages")
    assert "Order updates still come; reply STOP ALL to end those too." in said


def test_subscriptions_are_told_with_their_proof(world: World) -> None:
    agree(world, "offers")
    said = world.chat().say("what am i signed up to")
    assert "offers, since Saturday, 15 August (at checkout)" in said
    assert "order updates" not in said


def test_nothing_agreed_to_is_said_plainly(world: World) -> None:
    assert "not signed up to any messages" in world.chat().say("what am i signed up to")
