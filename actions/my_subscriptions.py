"""What this customer gets from us, since when and how they agreed."""

from __future__ import annotations

from datetime import datetime

from actions.consent import listed, states
from actions.skill import Context, Reply, Skill
from rapport.consent import cadence, ledger
from rapport.vocabulary import ANY_TOPIC, ConsentState

PERIODS = (1, 7, 14, 30, 91, 365)
"""Days that have a name of their own."""


class MySubscriptions(Skill):
    """Every topic that comes or is on pause, and how often."""

    intent = "my_subscriptions"

    def answer(self, context: Context) -> Reply:
        """The topics that are on, each with its proof."""
        on = [topic for topic, state in states(context).items() if state is ConsentState.IN]
        paused = [t for t, state in states(context).items() if state is ConsentState.PAUSED]
        buttons, subject = (context.button("button.add_topic", "/opt_in"),), {"listed": on}
        if not on and not paused:
            return Reply(context.say("subscriptions.none"), buttons)
        sentences = []
        if on:
            each = "; ".join(with_proof(context, topic) for topic in on)
            sentences.append(context.say("subscriptions.on", topics=each))
        if paused:
            sentences.append(on_pause(context, paused))
        wish = cadence.of(context.turn.session, context.profile.customer_id)
        if wish is not None:
            sentences.append(context.say("subscriptions.rate", rate=rate(context, *wish)))
        text = " ".join([*sentences, context.say("subscriptions.change")])
        return Reply(text, buttons, subject=subject)


def on_pause(context: Context, topics: list[str]) -> str:
    """ "On pause: offers, until 1 December."."""
    end = ledger.paused_until(context.turn.session, context.profile.customer_id, context.turn.now)
    names = listed(context, topics)
    if end is None:
        return context.say("subscriptions.paused", topics=names)
    day = context.calendar.on(end)
    return context.say("subscriptions.paused_until", topics=names, day=day)


def rate(context: Context, messages: int, days: int) -> str:
    """ "one message a week", "2 messages every 10 days"."""
    period = context.say(f"period.{days}" if days in PERIODS else "period.other", days=days)
    return context.say("rate.one" if messages == 1 else "rate.more", count=messages, period=period)


def with_proof(context: Context, topic: str) -> str:
    """ "offers, since 3 May (checkout)"."""
    entry = proof_of(context, topic, context.turn.now)
    name = context.say(f"topic.{topic}")
    if entry is None:
        return name
    since = context.calendar.day(entry.at)
    how = method_of(context, entry)
    return context.say("subscriptions.proof", topic=name, since=since, how=how).strip()


def proof_of(context: Context, topic: str, at: datetime) -> ledger.ConsentEntry | None:
    """The line of the ledger by which this topic was agreed to at that moment."""
    given = [
        entry
        for entry in ledger.history(context.turn.session, context.profile.customer_id)
        if entry.topic in {topic, ANY_TOPIC} and entry.state is ConsentState.IN and entry.at <= at
    ]
    return given[-1] if given else None


def method_of(context: Context, entry: ledger.ConsentEntry) -> str:
    """ "(at checkout)", nothing for a way that has no name."""
    is_named = entry.method in {"web_form", "checkout", "paper", "phone", "whatsapp", "keyword"}
    return context.say(f"method.{entry.method}") if is_named else ""
