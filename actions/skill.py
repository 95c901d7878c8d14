"""What all skills share: what was heard, what is said, and the question that is still open."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import correction, in_doubt, spoken
from actions.context import Button, Context, Heard, Question, Reply, heard
from rapport.conversation import choices, tongue
from rapport.customers import history
from rapport.dialogue import turn

__all__ = [
    "Button",
    "Context",
    "Heard",
    "Question",
    "Reply",
    "Skill",
    "perform",
    "reminder",
    "skills",
]

ROWS = 10
"""As many rows as WhatsApp's list holds."""


class Skill(Action, ABC):
    """One intent, one answer. Before it answers, the question that is open gets its chance."""

    intent: ClassVar[str]
    needs_history: ClassVar[bool] = False
    needs_proof: ClassVar[bool] = False
    ends_topic: ClassVar[bool] = False
    """After this answer nobody is asked again what was open before it."""

    def name(self) -> str:
        """The action's name in the domain."""
        return f"action_{self.intent}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Any]:
        """Answer the newest message in one message of ours."""
        with turn.of(tracker.sender_id) as running:
            context = context_of(running, tracker)
            reply = respond(self, context)
            is_new = reply.question is not None and reply.question != context.question
            running.has_opened = running.has_opened or is_new
            running.is_asking = running.is_asking or (is_new and is_seen(context, reply))
        dispatcher.utter_message(text=reply.text, buttons=list(reply.buttons) or None)
        return events_of(context, reply)

    @abstractmethod
    def answer(self, context: Context) -> Reply:
        """The reply to a message of this skill's intent."""

    def resume(self, context: Context, question: Question) -> Reply | None:
        """The reply to an answer to this skill's own question, None when it is not one."""
        return None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """This skill's own question once more, in a sentence, with its buttons.

        None for one that is not worth coming back to after something else was answered.
        """
        return None

    def beside(self, context: Context, reply: Reply) -> Reply:
        """This skill's word beside another one's answer."""
        return reply

    def leave(self, context: Context, question: Question) -> Reply | None:
        """Undo what was done ahead of an answer that will not come ("never mind"), and what is said of it."""
        return None


def respond(skill: Skill, context: Context) -> Reply:
    """An open question first, then the skill that was understood, within what this person may know.

    A question that something else came between is asked once more, then let go.
    """
    question = context.question
    if question is not None and _is_dropped(context):
        in_doubt.settled(context, question)
        left = skills()[question.skill].leave(context, question)
        return left or Reply(context.say("never_mind"))
    settled = settle(skill, context)
    if settled is not None:
        in_doubt.settled(context, question)
        return one_by_one(context, settled)
    skill, context = _in_doubt(skill, context)
    reply = perform(skill, replace(recalled(context), question=None, question_before=question))
    if in_doubt.is_either(context):
        return skills()["doubt"].beside(context, reply)
    if question is None or skill.ends_topic:
        return reply
    if reply.question is None:
        return come_back(context, reply)
    return postponed(skill, context, question) if context.turn.is_asking else reply


def settle(skill: Skill, context: Context) -> Reply | None:
    """The reply to what answers, corrects or replaces the open question; None for anything else."""
    question = context.question
    again = None if context.heard.is_stop else correction.corrected(context)
    if again is not None:
        return perform(skills()[again.heard.intent], again)
    resumed = _resumed(context)
    if resumed is not None or question is None or in_doubt.is_to_be_asked(context):
        return resumed
    if question.skill == skill.intent:
        return perform(skill, replace(recalled(context), question=None, question_before=question))
    return None


def postponed(skill: Skill, context: Context, question: Question) -> Reply:
    """Nothing for now: one question at a time, the one that was asked first in this turn."""
    wish = {**context.heard.as_wish(), "skill": skill.intent}
    return Reply("", question=replace(question, later=[*question.later, wish]))


def is_seen(context: Context, reply: Reply) -> bool:
    """Whether the customer sees that something is asked; a photo is welcome without that, and nothing waits for it."""
    question = reply.question
    if question is None or reply.buttons:
        return question is not None
    return skills()[question.skill].remind(context, question) is not None


def one_by_one(context: Context, reply: Reply) -> Reply:
    """The reply to an answer, and what waited for it; with a further question it waits on."""
    question = context.question
    if question is None or not (later := question.later):
        return reply
    if reply.question is not None:
        return replace(reply, question=replace(reply.question, later=later))
    heard = context.heard.of_wish(later[0])
    following = perform(
        skills()[later[0]["skill"]],
        replace(context, heard=heard, question=None, question_before=None),
    )
    both = replace(
        following,
        text=paragraphs(reply, following),
        buttons=following.buttons or reply.buttons,
        subject=following.subject or reply.subject,
    )
    return one_by_one(replace(context, question=replace(question, later=later[1:])), both)


def paragraphs(*replies: Reply) -> str:
    """Their texts below each other."""
    return "\n\n".join(reply.text for reply in replies if reply.text)


def _resumed(context: Context) -> Reply | None:
    """The answer to the open question. A stop is none; what a question explains was no wish for silence."""
    question, heard = context.question, context.heard
    if question is None or heard.is_stop:
        return None
    if heard.is_doubtful and question.skill == "nlu_fallback":
        return None
    reply = skills()[question.skill].resume(context, question)
    if reply is None:
        return None
    if heard.is_doubtful and question.skill != "doubt":
        in_doubt.explain(context, context.turn.wamid)
    return renewed(replace(reply, skill=reply.skill or question.skill))


def _is_dropped(context: Context) -> bool:
    """Whether "never mind" ends the open question."""
    heard = context.heard
    is_typed = not heard.is_stop and not heard.is_exact
    return is_typed and context.says_no_more_than("words.never_mind")


def _in_doubt(skill: Skill, context: Context) -> tuple[Skill, Context]:
    """Who answers: the question how much is meant, once; a likely stop after that is taken for one."""
    heard = context.heard
    if in_doubt.is_to_be_asked(context):
        return skills()["doubt"], context
    if heard.is_doubtful and heard.wish == "opt_out":
        return skills()["opt_out"], replace(context, heard=replace(heard, is_doubtful=False))
    return skill, context


def renewed(reply: Reply) -> Reply:
    """The reply to an answer: what it asks counts as asked for the first time."""
    question = reply.question
    return replace(reply, question=replace(question, interrupted=0)) if question else reply


def come_back(context: Context, reply: Reply) -> Reply:
    """An answer that came between, and the question it came between.

    One asked a moment ago, in this same turn, stands as it is; so does one that a message still to
    come in this turn may answer. "No, where is my order" has answered it.
    """
    question = context.question
    if question is not None and (context.turn.has_opened or context.turn.to_come):
        return replace(reply, question=question)
    again = None if context.opens_with("words.negations") else reminder(context)
    if question is None or again is None:
        return reply
    onward = tuple(b for b in reply.buttons if b["payload"] not in choices.CONTEXTUAL)
    return replace(
        reply,
        text=paragraphs(reply, again),
        buttons=(again.buttons + onward)[:ROWS],
        question=replace(question, interrupted=question.interrupted + 1),
    )


def reminder(context: Context) -> Reply | None:
    """What the open question's skill says to come back to it; not a second time in a row.

    In the language spoken by now, which the answer before may have changed.
    """
    question = context.question or context.question_before
    if question is None or question.interrupted:
        return None
    profile = context.profile
    spoken = tongue.of(context.turn.session, profile.customer_id)
    now = replace(context, profile=replace(profile, language=spoken))
    return skills()[question.skill].remind(now, question)


def recalled(context: Context) -> Context:
    """A tapped reading is about the words that were not understood before it."""
    question, heard = context.question, context.heard
    if question is None or question.skill != "nlu_fallback" or not heard.is_exact:
        return context
    return replace(context, heard=replace(heard, text=question.about.get("said", heard.text)))


def perform(skill: Skill, context: Context) -> Reply:
    """The skill's answer, or what has to come first: being a customer, proving to be the right one."""
    if (skill.needs_history or skill.needs_proof) and not context.profile.is_known:
        return stranger(context)
    if skill.needs_proof and not context.profile.is_verified:
        return skills()["step_up"].answer(context)
    reply = skill.answer(context)
    return replace(reply, skill=reply.skill or skill.intent)


def stranger(context: Context) -> Reply:
    """What somebody without a history hears when asking for one."""
    return Reply(
        context.say("stranger.no_history"), (context.button("button.person", "/ask_human"),)
    )


def context_of(running: turn.Turn, tracker: Tracker) -> Context:
    """What is known when a message arrives."""
    slot = tracker.get_slot("open_question")
    return Context(
        turn=running,
        profile=history.profile(running.session, running.customer_id, running.now),
        heard=heard(tracker.latest_message),
        question=Question(**slot) if slot else None,
        subject=tracker.get_slot("subject") or {},
    )


def events_of(context: Context, reply: Reply) -> list[Any]:
    """What the tracker has to remember of a reply."""
    question = reply.question.as_slot() if reply.question else None
    events = [SlotSet("open_question", question)]
    subject = spoken.after(context, reply)
    return [*events, SlotSet("subject", subject)] if subject is not None else events


@functools.lru_cache(maxsize=1)
def skills() -> dict[str, Skill]:
    """Every skill by its intent."""
    return {kind.intent: kind() for kind in _kinds(Skill)}


def _kinds(parent: type[Skill]) -> list[type[Skill]]:
    found = []
    for kind in parent.__subclasses__():
        found += [kind] if "intent" in vars(kind) else []
        found += _kinds(kind)
    return found
