"""A person takes over, and what is not built yet."""

from __future__ import annotations

from actions.skill import Context, Question, Reply, Skill
from rapport.conversation import handover


class AskHuman(Skill):
    """Hands the conversation to a person; the assistant is silent from then on."""

    intent = "ask_human"

    def answer(self, context: Context) -> Reply:
        """Done at once, without asking why."""
        return hand_over(context, "asked")

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Yes or no to "shall a colleague take over?"."""
        if context.heard.intent == "affirm":
            return hand_over(context, question.about.get("reason", "accepted"))
        if context.heard.intent == "deny":
            return Reply(context.say("human.declined"))
        return None


class NotYet(Skill):
    """Something the assistant knows of and cannot do here; a person can."""

    intent = "not_yet"

    def answer(self, context: Context) -> Reply:
        """Honest, with a way on."""
        return offer(context, "not_yet", context.heard.intent)


def offer(context: Context, key: str, reason: str) -> Reply:
    """A sentence and the offer of a person."""
    buttons = (
        context.button("button.person", "/ask_human"),
        context.button("button.no_thanks", "/deny"),
    )
    return Reply(context.say(key), buttons, Question("ask_human", "wanted", {"reason": reason}))


def hand_over(context: Context, reason: str) -> Reply:
    """The conversation is a person's from now on."""
    if context.profile.is_on_file:
        handover.to_human(
            context.turn.session, context.profile.customer_id, reason, context.turn.now
        )
    return Reply(context.say("human.handed_over"))
