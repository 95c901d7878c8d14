"""Whole conversations, each through the signed webhook, a trained model and the twin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.service import Service
from tests.stage.acting import Performance, Stage
from tests.stage.script import KINDS, Conversation, conversations
from tests.workers import part_of

SIDE_BY_SIDE = 6
IN_ALL_KINDS = (
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
    "my_subscriptions",
    "offer_accept",
    "offer_decline",
    "offer_later",
    "offer_more_info",
    "opt_in",
    "opt_out",
    "order_problem",
    "order_status",
    "pause_messages",
    "plan_options",
    "price_match",
    "privacy_delete",
    "privacy_what_you_know",
    "product_question",
    "resume_messages",
    "return_refund",
    "switch_language",
    "why_this_message",
    "wishlist_add",
    "wishlist_remove",
    "wishlist_show",
)
"""Skills in which there is something to correct, to interrupt and to refuse; each has a file."""
SKILLS = (
    *IN_ALL_KINDS,
    "abuse",
    "goodbye",
    "greet",
    "help",
    "is_bot",
    "nlu_fallback",
    "out_of_scope",
    "praise",
    "self_harm",
    "small_talk",
    "thank",
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


@dataclass
class Evening:
    """The conversations that are asked for, played side by side as soon as one of their part is looked at."""

    stage: Stage
    parts: dict[str, list[Conversation]]
    threads: ThreadPoolExecutor
    played: dict[str, Future[Performance]] = field(default_factory=dict)

    def performance(self, part: str, conversation: Conversation) -> Performance:
        for asked in self.parts.pop(part, ()):
            self.played[asked.id] = self.threads.submit(self.stage.play, asked)
        return self.played[conversation.id].result()


@pytest.fixture(scope="module")
def evening(service: Service, request: pytest.FixtureRequest) -> Iterator[Evening]:
    parts = defaultdict(list)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.originalname == "test_conversation":
            parts[part_of(item.nodeid)].append(item.callspec.params["conversation"])
    stage = Stage(service)
    threads = ThreadPoolExecutor(SIDE_BY_SIDE)
    yield Evening(stage, parts, threads)
    threads.shutdown(cancel_futures=True)
    stage.engine.dispose()


@pytest.mark.parametrize("conversation", ALL, ids=[conversation.id for conversation in ALL])
def test_conversation(
    conversation: Conversation, evening: Evening, request: pytest.FixtureRequest
) -> None:
    performance = evening.performance(part_of(request.node.nodeid), conversation)
    if performance.faults:
        pytest.fail(str(performance), pytrace=False)


@pytest.mark.parametrize("skill", SKILLS)
def test_every_skill_is_heard_in_a_conversation(skill: str) -> None:
    steps = [step for conversation in ALL for step in conversation.chat]
    assert skill in {step.expects.intent for step in steps}


@pytest.mark.parametrize("scene", SCENES)
def test_what_cuts_across_the_skills_has_a_file(scene: str) -> None:
    assert scene in {conversation.path.stem for conversation in ALL}


@pytest.mark.parametrize("language", ("en", "de", "es", "pt", "hi", "id"))
@pytest.mark.parametrize("skill", IN_ALL_KINDS)
def test_a_skill_is_shown_going_well_corrected_interrupted_and_refused(
    skill: str, language: str
) -> None:
    own = [it for it in ALL if it.path.stem == skill and it.language == language]
    assert set().union(*(it.shows for it in own)) == set(KINDS)
