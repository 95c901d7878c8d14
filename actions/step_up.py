"""Account figures are told to the right person only: one question, three attempts, then a colleague."""

from __future__ import annotations

from dataclasses import replace

from actions.skill import Context, Question, Reply, Skill, perform, skills
from rapport.customers import proof
from rapport.customers.proof import Verdict


class StepUp(Skill):
    """Asked in place of an answer; the answer follows at once when it goes well."""

    intent = "step_up"

    def answer(self, context: Context) -> Reply:
        """The question, or why there is none."""
        asked = proof.challenge(context.turn.session, context.profile.customer_id, context.turn.now)
        if asked.is_locked:
            return refused(context, "step_up.locked")
        if not asked.answers:
            return refused(context, "step_up.nothing_on_file")
        return Reply(
            context.say("step_up.ask", proof=wanted(context, asked)), question=pending(context)
        )

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Judge an answer; "no" ends it, anything else that is no answer goes its own way."""
        if context.heard.is_exact and context.heard.intent != "deny":
            return None
        if context.heard.intent == "deny" and not proof.looks_like_an_answer(context.heard.text):
            return Reply(context.say("step_up.declined"), question=question)
        if not is_attempt(context):
            return None
        verdict = proof.attempt(
            context.turn.session, context.profile.customer_id, context.heard.text, context.turn.now
        )
        if verdict is Verdict.RIGHT:
            return go_on(context, question)
        if verdict is Verdict.LOCKED:
            return refused(context, "step_up.locked")
        return again(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The same question, unless there is nothing left to ask."""
        asked = proof.challenge(context.turn.session, context.profile.customer_id, context.turn.now)
        if asked.is_locked or not asked.answers:
            return None
        return Reply(context.say("step_up.again", proof=wanted(context, asked)))


def is_attempt(context: Context) -> bool:
    """A text with a number or address in it, or one that means nothing else."""
    if proof.looks_like_an_answer(context.heard.text):
        return True
    return context.heard.intent in {"nlu_fallback", "out_of_scope"}


def pending(context: Context) -> Question:
    """What was asked before the proof came between."""
    heard = context.heard
    return Question(
        "step_up",
        "proof",
        {
            "skill": heard.intent,
            "text": heard.text,
            "found": [list(entity) for entity in heard.found],
        },
    )


def go_on(context: Context, question: Question) -> Reply:
    """Answer what was asked at first."""
    heard = replace(
        context.heard,
        text=question.about["text"],
        intent=question.about["skill"],
        found=tuple((name, value) for name, value in question.about["found"]),
    )
    trusted = replace(context.profile, is_verified=True)
    context = replace(context, heard=heard, profile=trusted, question=None)
    reply = perform(skills()[heard.intent], context)
    return replace(reply, text=f"{context.say('step_up.thanks')} {reply.text}")


def again(context: Context, question: Question) -> Reply:
    """Wrong: say so and how many attempts are left."""
    asked = proof.challenge(context.turn.session, context.profile.customer_id, context.turn.now)
    key = "step_up.wrong_last" if asked.left == 1 else "step_up.wrong"
    return Reply(context.say(key, left=asked.left, proof=wanted(context, asked)), question=question)


def wanted(context: Context, asked: proof.Challenge) -> str:
    """ "the postcode of your last delivery or your last order number"."""
    names = [context.say(f"step_up.{kind.value}") for kind in asked.answers]
    return f" {context.say('step_up.or')} ".join(names)


def refused(context: Context, key: str) -> Reply:
    """No figures; a person can help."""
    return Reply(context.say(key), (context.button("button.person", "/ask_human"),))
