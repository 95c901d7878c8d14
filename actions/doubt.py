"""Perhaps somebody wants to be left alone: kept safe at once, asked once, undone exactly by the answer."""

from __future__ import annotations

import json
from dataclasses import replace

from actions.consent import lift, listed, states
from actions.skill import ROWS, Context, Question, Reply, Skill, skills
from rapport.consent import ledger, withdrawal
from rapport.vocabulary import TOPICS, ConsentState


class Doubt(Skill):
    """In place of what was understood, when a message may be a wish to be left alone."""

    intent = "doubt"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Nothing that is advertising from now on, and the question how much is meant."""
        topics, before = doubted(context), states(context)
        narrowed = context.heard.wished_topics or topics
        if context.profile.is_on_file:
            narrow(context, narrowed)
        text = context.say("doubt.ask", topics=listed(context, list(topics)))
        if any(before[topic] is ConsentState.IN for topic in topics):
            text = f"{context.say('doubt.held', topics=listed(context, list(topics)))} {text}"
        about = {"topics": list(narrowed), "wamid": context.turn.wamid}
        return Reply(text, buttons(context, topics), Question(self.intent, "which", about))

    def beside(self, context: Context, reply: Reply) -> Reply:
        """An order is asked about; that messages may be meant is one tap away, no advertising until then."""
        topics, before = withdrawal.MARKETING, states(context)
        narrow(context, topics)
        text = f"{reply.text} {context.say('doubt.or_messages')}"
        if any(before[topic] is ConsentState.IN for topic in topics):
            text = f"{text} {context.say('doubt.held', topics=listed(context, list(topics)))}"
        stop = {"title": context.say("reading.opt_out"), "payload": stop_payload(context)}
        question = reply.question
        if question is not None:
            question = replace(question, about={**question.about, "doubt": context.turn.wamid})
        return replace(
            reply, text=text, buttons=(*reply.buttons[: ROWS - 1], stop), question=question
        )

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Yes and saying it again mean what was asked about; no undoes it."""
        heard = context.heard
        if heard.is_exact:
            return None
        if heard.intent == "affirm" or heard.wish == "opt_out":
            meant = heard.wished_topics or tuple(question.about["topics"])
            settled = replace(heard, wish="opt_out", is_doubtful=False, wished_topics=meant)
            return skills()["opt_out"].answer(replace(context, heard=settled))
        if heard.intent == "deny":
            return undo(context, question.about["wamid"])
        return None

    def leave(self, context: Context, question: Question) -> Reply | None:
        """ "No, leave it" undoes it too; "leave it" alone may mean the messages, and what is held stays so."""
        if context.begins_with_no:
            return undo(context, question.about["wamid"])
        held = listed(context, question.about["topics"])
        return Reply(f"{context.say('never_mind')} {context.say('doubt.held', topics=held)}")


def doubted(context: Context) -> tuple[str, ...]:
    """The topics that are perhaps to end, all of them apart."""
    wished = tuple(topic for topic in context.heard.wished_topics if topic in TOPICS)
    return wished or withdrawal.MARKETING


def narrow(context: Context, topics: tuple[str, ...]) -> None:
    """A stop that was likely is taken for one until the answer; anything less is a pause."""
    is_likely = context.heard.wish == "opt_out"
    turn, state = context.turn, ConsentState.OUT if is_likely else ConsentState.PAUSED
    for topic in topics:
        ledger.record(
            turn.session,
            customer_id=context.profile.customer_id,
            topic=topic,
            state=state,
            method=ledger.DOUBT,
            origin=f"wamid:{turn.wamid}",
            evidence=turn.wamid,
            at=turn.said_at,
            now=turn.now,
        )


def buttons(context: Context, topics: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """All, only these, nothing."""
    only = "button.only_offers" if set(topics) <= set(withdrawal.MARKETING) else "button.only_these"
    before = {"undo": context.turn.wamid}
    return (
        context.button("button.all_messages", '/opt_out{"topic": "*"}'),
        context.button(only, f"/opt_out{json.dumps({'topic': '+'.join(topics), **before})}"),
        context.button("button.nothing", f"/resume_messages{json.dumps(before)}"),
    )


def stop_payload(context: Context) -> str:
    """A stop of advertising, in place of what was held in doubt."""
    return f"/opt_out{json.dumps({'undo': context.turn.wamid})}"


def undo(context: Context, wamid: str) -> Reply:
    """Everything as it was before that message, with the proof of then."""
    lift(context, wamid)
    return Reply(context.say("doubt.undone"))
