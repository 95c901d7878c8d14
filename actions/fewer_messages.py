"""Less often: the customer's own cadence, said back."""

from __future__ import annotations

import json

from actions.my_subscriptions import rate
from actions.skill import Button, Context, Question, Reply, Skill
from rapport.consent import cadence
from rapport.understanding import rhythm
from rapport.understanding.rhythm import Cadence

OFFERED = {"button.a_week": 7, "button.a_month": 30, "button.as_before": 0}
"""What can be tapped: at most one message in so many days; 0 leaves it as it is."""


class FewerMessages(Skill):
    """A rhythm that was named is kept; without one it is asked for."""

    intent = "fewer_messages"

    def answer(self, context: Context) -> Reply:
        """At most so many from now on."""
        days = context.heard.entities.get("days") if context.heard.is_exact else None
        if days == "0":
            return Reply(context.say("fewer.left"))
        named = Cadence(1, int(days)) if days else named_cadence(context)
        if named is None:
            return Reply(context.say("fewer.ask"), buttons(context), self._question())
        return keep(context, named)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A rhythm that is typed, also in place of the one given before; a no leaves it."""
        is_near = context.heard.intent in {self.intent, "pause_messages"}
        if context.heard.is_exact or (not is_near and context.heard.is_another_wish(self.intent)):
            return None
        named = named_cadence(context)
        if named is not None:
            return keep(context, named)
        return Reply(context.say("fewer.left")) if context.heard.intent == "deny" else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """How often, once more; what is settled needs no more words."""
        if question.asks != "how_often":
            return None
        return Reply(context.say("fewer.again"), buttons(context), question)

    def _question(self) -> Question:
        return Question(self.intent, "how_often")


def named_cadence(context: Context) -> Cadence | None:
    """The rhythm in the customer's words."""
    return rhythm.cadence(context.heard.text, context.language)


def buttons(context: Context) -> tuple[Button, ...]:
    """One a week, one a month, as before."""
    return tuple(
        context.button(key, f"/fewer_messages{json.dumps({'days': str(days)})}")
        for key, days in OFFERED.items()
    )


def keep(context: Context, wish: Cadence) -> Reply:
    """Stored and said back; another rhythm may be said in its place."""
    if context.profile.is_on_file:
        cadence.keep(
            context.turn.session,
            context.profile.customer_id,
            messages=wish.messages,
            days=wish.days,
            origin=f"wamid:{context.turn.wamid}",
            at=context.turn.said_at,
        )
    text = context.say("fewer.done", rate=rate(context, wish.messages, wish.days))
    return Reply(text, question=Question("fewer_messages", "another"))
