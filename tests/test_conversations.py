"""Whole conversations, each through the signed webhook, a trained model and the twin."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.service import Service
from tests.stage.acting import Performance, Stage
from tests.stage.script import Conversation, conversations

SIDE_BY_SIDE = 6
SKILLS = (
    "abuse",
    "ask_human",
    "ask_price",
    "back_in_stock",
    "bill_question",
    "cancel_order",
    "change_address",
    "change_plan",
    "complaint",
    "credit_increase",
    "credit_limit",
    "data_usage",
    "fewer_messages",
    "goodbye",
    "greet",
    "help",
    "is_bot",
    "my_subscriptions",
    "nlu_fallback",
    "offer_accept",
    "offer_decline",
    "offer_later",
    "offer_more_info",
    "opt_in",
    "opt_out",
    "order_problem",
    "order_status",
    "out_of_scope",
    "pause_messages",
    "plan_options",
    "praise",
    "price_match",
    "privacy_delete",
    "privacy_what_you_know",
    "product_question",
    "resume_messages",
    "return_refund",
    "self_harm",
    "small_talk",
    "switch_language",
    "thank",
    "why_this_message",
    "wishlist_add",
    "wishlist_remove",
    "wishlist_show",
)
"""Intents of what the assistant can do."""
SCENES = (
    "bursts",
    "doubt",
    "follow_ups",
    "interruptions",
    "media",
    "no_such_name",
    "parts_of_orders",
    "step_up",
    "the_other_one",
    "two_wishes",
    "typed_choices",
    "unknown_customer",
)
"""What cuts across the skills, a file each."""

ALL = conversations()
Performances = dict[str, "Future[Performance]"]


@pytest.fixture(scope="module")
def performances(service: Service, request: pytest.FixtureRequest) -> Iterator[Performances]:
    """The conversations that are asked for, played side by side on one service."""
    played = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    asked_for = [p["conversation"] for p in played if "conversation" in p]
    stage = Stage(service)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        yield {asked.id: threads.submit(stage.play, asked) for asked in asked_for}
    stage.engine.dispose()


@pytest.mark.parametrize("conversation", ALL, ids=[conversation.id for conversation in ALL])
def test_conversation(conversation: Conversation, performances: Performances) -> None:
    performance = performances[conversation.id].result()
    if performance.faults:
        pytest.fail(str(performance), pytrace=False)


@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_is_heard_in_a_conversation(skill: str) -> None:
    steps = [step for conversation in ALL for step in conversation.chat]
    assert skill in {step.expects.intent for step in steps}


@pytest.mark.parametrize("scene", SCENES)
def test_what_cuts_across_the_skills_has_a_file(scene: str) -> None:
    assert scene in {conversation.path.stem for conversation in ALL}
