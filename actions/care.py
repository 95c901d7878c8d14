"""Somebody in danger is never left with a machine, and an insult gets one calm sentence."""

from __future__ import annotations

from actions import people
from actions.skill import Context, Reply, Skill


class SelfHarm(Skill):
    """A careful word, and a person at once."""

    intent = "self_harm"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Nothing is asked and nothing else is said."""
        people.hand_over(context, "self_harm")
        return Reply(context.say("care.self_harm"))


class Abuse(Skill):
    """One boundary, no quarrel, and a person if wanted."""

    intent = "abuse"

    def answer(self, context: Context) -> Reply:
        """Calm, with a way on."""
        return people.offer(context, "care.abuse", "abuse")
