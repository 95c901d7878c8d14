"""Yes and no to messages: recorded with proof, confirmed once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rapport.consent import ledger
from rapport.db.consent import Consent
from rapport.vocabulary import ConsentState
from tests.model import Chat
from tests.skills.conftest import NOW, World

IN, OUT, UNKNOWN = ConsentState.IN, ConsentState.OUT, ConsentState.UNKNOWN
PAUSED = ConsentState.PAUSED


def states(chat: Chat) -> dict[str, ConsentState]:
    with chat.sessions() as session:
        return ledger.states(session, chat.customer_id, NOW)


def proof(world: World, chat: Chat) -> set[tuple[str, str, int]]:
    """Each topic with its state and the line of the ledger that it rests on."""
    mine = [row for row in world.rows(Consent) if row.customer_id == chat.customer_id]
    return {(row.topic, row.state, row.entry_id) for row in mine}


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


def test_messages_again_after_a_stop_are_chosen_anew(world: World) -> None:
    agree(world, "offers")
    chat = world.chat()
    chat.say("please stop sending me messages")
    chat.now += timedelta(minutes=1)  # of two statements of one instant the stop would win
    assert "Which messages" in chat.say("you can write to me again")
    assert states(chat)["offers"] is OUT
    chat.tap("Offers")
    assert states(chat)["offers"] is IN


def test_what_is_on_pause_comes_back(world: World) -> None:
    agree(world, "offers")
    chat = world.chat()
    with world.sessions.begin() as session:
        ledger.record(
            session,
            customer_id=chat.customer_id,
            topic="offers",
            state=ConsentState.PAUSED,
            method="whatsapp",
            origin="test:pause",
            at=NOW,
            now=NOW,
        )
    chat.now = NOW.replace(hour=12)
    assert "You'll get offers" in chat.say("resume messages")
    assert states(chat)["offers"] is IN


@pytest.mark.parametrize("text", ["dont sign me up for offers", "do not send me any deals"])
def test_a_sentence_with_a_no_in_it_never_signs_anybody_up(world: World, text: str) -> None:
    chat = world.chat()
    chat.hear(text, "opt_in", topic="offers")
    assert states(chat)["offers"] is UNKNOWN
    assert [button["title"] for button in chat.last.buttons] == ["Yes, sign me up", "No, stop them"]
    chat.tap("No, stop them")
    assert states(chat)["offers"] is OUT


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("please don't stop the offers", IN),
        ("dont unsubscribe me", IN),
        ("if you dont stop i'll report you", OUT),
        ("why dont you stop texting me", OUT),
    ],
)
def test_what_only_sounds_like_a_stop_is_none(world: World, text: str, state: ConsentState) -> None:
    agree(world, "offers")
    chat = world.chat()
    chat.say(text)
    assert states(chat)["offers"] is state


NARROWED = [("im done", PAUSED), ("not interested", PAUSED), ("🚫", OUT)]


@pytest.mark.parametrize(("text", "meanwhile"), NARROWED)
def test_a_doubtful_message_is_kept_safe_and_asked_about_once(
    world: World, text: str, meanwhile: ConsentState
) -> None:
    agree(world, "offers", "order_updates")
    chat = world.chat()
    said = chat.say(text)
    assert [b["title"] for b in said.buttons] == ["All messages", "Only offers", "Nothing"]
    assert (states(chat)["offers"], states(chat)["order_updates"]) == (meanwhile, IN)
    assert not chat.say("where is my order").buttons
    assert "All messages" not in [button["title"] for button in chat.say("not interested").buttons]
    assert states(chat)["offers"] is not IN


def test_a_second_likely_stop_is_taken_for_one(world: World) -> None:
    agree(world, "offers", "order_updates")
    chat = world.chat()
    chat.say("not interested")
    said = chat.say("stop everything, including offers")
    assert said.text.startswith("Done. You won't get ")
    assert {states(chat)["offers"], states(chat)["order_updates"]} == {OUT}


def test_cancel_it_is_about_the_order_that_is_spoken_of(world: World) -> None:
    agree(world, "offers")
    world.order("A7041", "lamp")
    chat = world.chat()
    chat.say("where is my order")
    assert "Shall I ask for it to be cancelled" in chat.say("cancel it")
    assert states(chat)["offers"] is IN


@pytest.mark.parametrize(("text", "meanwhile"), NARROWED)
def test_nothing_restores_exactly_what_was_agreed_to(
    world: World, text: str, meanwhile: ConsentState
) -> None:
    agree(world, "offers")
    chat = world.chat()
    before = proof(world, chat)
    chat.say(text)
    assert proof(world, chat) != before
    assert "stays as it was" in chat.tap("Nothing")
    assert proof(world, chat) == before


@pytest.mark.parametrize(
    ("answer", "gone", "kept"),
    [
        ("All messages", {"offers", "wishlist", "order_updates"}, set()),
        ("Only offers", {"offers", "wishlist"}, {"order_updates"}),
    ],
)
def test_the_answer_to_the_doubt_settles_it(
    world: World, answer: str, gone: set[str], kept: set[str]
) -> None:
    agree(world, "offers", "wishlist", "order_updates")
    chat = world.chat()
    chat.say("not interested")
    chat.now += timedelta(minutes=1)
    assert chat.tap(answer).text.startswith("Done. You won't get ")
    now = states(chat)
    assert {topic for topic in gone if now[topic] is not OUT} == set()
    assert {topic for topic in kept if now[topic] is not IN} == set()


@pytest.mark.parametrize(("text", "state"), [("yes", OUT), ("stop", OUT), ("no", IN)])
def test_a_typed_answer_settles_the_doubt_too(world: World, text: str, state: ConsentState) -> None:
    agree(world, "offers")
    chat = world.chat()
    chat.say("not interested")
    chat.now += timedelta(minutes=1)
    chat.say(text)
    assert states(chat)["offers"] is state


def test_what_the_open_question_explains_narrows_nothing(world: World) -> None:
    agree(world, "offers")
    chat = world.chat()
    assert chat.say("are the hiking boots back in stock").buttons
    assert "All messages" not in [button["title"] for button in chat.say("not me").buttons]
    assert states(chat)["offers"] is IN


@pytest.mark.parametrize("text", ["when do your offers start?", "when do the offers start"])
def test_start_inside_a_question_signs_nobody_up(world: World, text: str) -> None:
    chat = world.chat()
    chat.say(text)
    assert set(states(chat).values()) == {UNKNOWN}


@pytest.mark.parametrize("text", ["only order updates", "no offers, only order updates please"])
def test_answers_go_on_when_only_one_topic_is_wanted(world: World, text: str) -> None:
    agree(world, "offers", "order_updates", "account_alerts")
    chat = world.chat()
    chat.say(text)
    now = states(chat)
    assert (now["order_updates"], now["support"]) == (IN, UNKNOWN)
    assert now["offers"] is not IN


def test_everything_with_an_only_beside_it_is_everything(world: World) -> None:
    agree(world, "offers", "wishlist", "order_updates")
    chat = world.chat()
    chat.say("i only want you to stop everything")
    assert set(states(chat).values()) == {OUT}


def test_a_no_among_the_topics_signs_nobody_up(world: World) -> None:
    chat = world.chat()
    said = chat.hear("no offers", "opt_in", topic="offers")
    assert [button["title"] for button in said.buttons] == ["Yes, sign me up", "No, stop them"]
    assert states(chat)["offers"] is UNKNOWN


def test_a_no_that_is_left_in_a_correction_signs_nobody_up(world: World) -> None:
    chat = world.chat()
    chat.say("sign me up for offers")
    chat.now += timedelta(minutes=1)
    said = chat.hear("no not order updates", "nlu_fallback", topic="order_updates")
    assert "Would you like to get order updates" in said
    assert (states(chat)["offers"], states(chat)["order_updates"]) == (OUT, UNKNOWN)


def test_what_was_stopped_by_mistake_comes_back_by_a_yes_alone(world: World) -> None:
    agree(world, "offers", "order_updates")
    chat = world.chat()
    chat.say("STOP ALL")
    chat.now += timedelta(minutes=1)
    assert "Would you like to get order updates again" in chat.say("sorry, i meant the offers")
    assert OUT is states(chat)["order_updates"]
    chat.now += timedelta(minutes=1)
    chat.say("yes")
    kept = {topic for topic, state in states(chat).items() if state is IN}
    assert kept == {"order_updates"}


def test_keeping_what_was_just_stopped_is_no_narrower_stop(world: World) -> None:
    agree(world, "offers", "wishlist")
    chat = world.chat()
    chat.say("STOP")
    chat.now += timedelta(minutes=1)
    said = chat.say("no wait, keep the offers please")
    assert "Would you like to get offers" in said


def test_a_bare_name_after_what_comes_ends_it(world: World) -> None:
    agree(world, "offers", "wishlist")
    chat = world.chat()
    chat.say("what messages do I get")
    chat.now += timedelta(minutes=1)
    chat.say("the offers")
    assert (states(chat)["offers"], states(chat)["wishlist"]) == (OUT, IN)
