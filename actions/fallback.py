"""When it was not understood, or is none of our business: two readings first, a person second."""

from __future__ import annotations

from actions import order_status, people
from actions.language import unspoken
from actions.skill import Button, Context, Question, Reply, Skill, perform, reminder, skills
from rapport.dialogue import phrases

READINGS = 2
WORTH_ASKING = 0.03
"""A reading less likely than this would only puzzle."""
PERSON = "/ask_human"


class Fallback(Skill):
    """First miss: the two likeliest readings in the customer's words. Second miss: a person."""

    intent = "nlu_fallback"

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_fallback"

    def answer(self, context: Context) -> Reply:
        """The order that is named, else readings; in a foreign language, which ones are spoken."""
        if context.heard.is_foreign:
            return unspoken(context)
        if order_status.names_own_order(context):
            return perform(skills()["order_status"], context)
        if reminder(context):
            return Reply(context.say("fallback.miss"))
        readings = likeliest(context)
        if not readings:
            return rephrase(context, "fallback.rephrase")
        titles = tuple(reading_button(context, intent) for intent in readings)
        rest = (context.button("button.something_else", "/deny"),)
        about = {"said": context.heard.text}
        return Reply(
            context.say("fallback.readings"), titles + rest, Question(self.intent, "which", about)
        )

    def resume(self, context: Context, question: Question) -> Reply | None:
        """After a miss: "something else", a second miss, or a message that is understood after all."""
        if context.heard.is_foreign:
            return None
        if context.heard.intent == "deny" and question.asks == "which":
            return rephrase(context, "fallback.something_else")
        if order_status.names_own_order(context):
            return None
        if context.heard.intent in {"nlu_fallback", "out_of_scope"}:
            again = context.heard.intent == "out_of_scope"
            return offer_person(context, "out_of_scope.again" if again else "fallback.second")
        return None


class OutOfScope(Skill):
    """What we do not do: said plainly, with a way on."""

    intent = "out_of_scope"

    def answer(self, context: Context) -> Reply:
        """What I can and cannot do; a second time, a person."""
        if order_status.names_own_order(context):
            return perform(skills()["order_status"], context)
        if reminder(context):
            return Reply(context.say("out_of_scope"))
        about = {"said": context.heard.text}
        return Reply(
            context.say("out_of_scope"),
            (context.button("button.help", "/help"), context.button("button.person", PERSON)),
            Question("nlu_fallback", "other", about),
        )


def likeliest(context: Context) -> list[str]:
    """Intents that can be put to the customer as a reading, likeliest first."""
    known = phrases.phrases("en")
    ranked = [
        name
        for name, confidence in context.heard.ranking
        if f"reading.{name}" in known and confidence >= WORTH_ASKING
    ]
    return ranked[:READINGS]


def reading_button(context: Context, intent: str) -> Button:
    """A reading in the customer's words."""
    return {"title": context.say(f"reading.{intent}"), "payload": f"/{intent}"}


def rephrase(context: Context, key: str) -> Reply:
    """Ask for other words."""
    return Reply(
        context.say(key), question=Question("nlu_fallback", "other", {"said": context.heard.text})
    )


def offer_person(context: Context, key: str) -> Reply:
    """A person, if wanted."""
    return people.offer(context, key, "not_understood")
