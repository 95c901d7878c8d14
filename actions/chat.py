"""Hello, thanks, goodbye, what are you: the courtesies around the business of the day."""

from __future__ import annotations

from actions import order_status
from actions.skill import Context, Question, Reply, Skill, perform, reminder, skills


class Greet(Skill):
    """A greeting by name, and what can be asked."""

    intent = "greet"

    def answer(self, context: Context) -> Reply:
        """Hello, in general terms to somebody the business does not know."""
        if not context.profile.is_known:
            return Reply(context.say("greet.stranger"))
        name = context.profile.first_name
        key = "greet.known" if name else "greet.unnamed"
        return Reply(context.say(key, name=name))


class Goodbye(Skill):
    """A short farewell."""

    intent = "goodbye"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Bye."""
        return Reply(context.say("goodbye"))


class Thank(Skill):
    """You're welcome."""

    intent = "thank"

    def answer(self, context: Context) -> Reply:
        """Thanks are taken and nothing is sold."""
        return Reply(context.say("thank"))


class IsBot(Skill):
    """A machine says that it is one."""

    intent = "is_bot"

    def answer(self, context: Context) -> Reply:
        """Yes, and a person can be had."""
        return Reply(context.say("is_bot"), (context.button("button.person", "/ask_human"),))


class SmallTalk(Skill):
    """A friendly word, then back to what can be done."""

    intent = "small_talk"

    def answer(self, context: Context) -> Reply:
        """Small talk within bounds."""
        return Reply(context.say("small_talk"))


class Praise(Skill):
    """Kind words are passed on by being said thank you for."""

    intent = "praise"

    def answer(self, context: Context) -> Reply:
        """Thanks."""
        return Reply(context.say("praise"))


class Affirm(Skill):
    """A yes without a question on the table."""

    intent = "affirm"

    def answer(self, context: Context) -> Reply:
        """Ask what it is about; a yes that answers nothing brings back what is open."""
        if not context.heard.is_exact and order_status.names_own_order(context):
            return perform(skills()["order_status"], context)
        return Reply("" if reminder(context) else context.say("affirm.nothing_open"))


class Deny(Skill):
    """A no without a question on the table, or one that needs no more than thanks."""

    intent = "deny"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Taken, not argued with, unless it is an order number that sounded like a no."""
        if not context.heard.is_exact and order_status.names_own_order(context):
            return perform(skills()["order_status"], context)
        return Reply(context.say("deny"))


class Help(Skill):
    """What can be asked here, as things to tap."""

    intent = "help"

    def answer(self, context: Context) -> Reply:
        """A short list."""
        if not context.profile.is_known:
            return Reply(
                context.say("help.stranger"), (context.button("button.person", "/ask_human"),)
            )
        chosen = context.say("help.offers").split()
        rows = tuple(
            {"title": context.say(f"reading.{intent}"), "payload": f"/{intent}"}
            for intent in chosen
        )
        return Reply(context.say("help.known"), rows, Question("help", "what"))
