"""None for a while, or messages again: a pause with its end, and what brings them back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from actions.consent import EVERYTHING, METHOD, OptIn, lift, listed, sign_up, states
from actions.doubt import undo
from actions.skill import Button, Context, Question, Reply, Skill, skills
from rapport import wording
from rapport.consent import ledger, withdrawal
from rapport.understanding import rhythm
from rapport.vocabulary import TOPICS, ConsentState

LENGTHS = {"button.one_week": 7, "button.one_month": 30, "button.open_end": 0}
"""What can be tapped, in days; 0 has no end."""
HEARD = (ConsentState.IN, ConsentState.PAUSED)


class PauseMessages(Skill):
    """None for a time that was named; without one they are held, and the time is asked for."""

    intent = "pause_messages"

    def answer(self, context: Context) -> Reply:
        """Until when is said back."""
        if not context.heard.is_exact and rhythm.is_rate(context.heard.text, context.language):
            return skills()["fewer_messages"].answer(context)
        topics = to_pause(context)
        if not topics:
            return Reply(context.say("pause.nothing"))
        days = context.heard.entities.get("days") if context.heard.is_exact else None
        if days is not None:
            return pause(context, topics, end_of(context, int(days)))
        end = named_end(context)
        return pause(context, topics, end) if end else ask_how_long(context, topics)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A time that is typed, also in place of the one given before; a no gives the messages back."""
        heard, topics = context.heard, list(question.about["topics"])
        if heard.is_exact:
            return None
        end = named_end(context)
        is_other = heard.is_another_wish(self.intent) and not context.opens_with("words.negations")
        if end is not None and not is_other:
            return pause(context, topics, end)
        if heard.intent == "deny" and question.asks == "how_long":
            self.leave(context, question)
            return Reply(context.say("pause.undone", topics=listed(context, topics)))
        return None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """How long, once more; a pause that has its end needs none."""
        topics = list(question.about["topics"])
        if question.asks != "how_long":
            return None
        return Reply(context.say("pause.again"), lengths(context, topics), question)

    def leave(self, context: Context, question: Question) -> Reply | None:
        """Held ahead of an answer that does not come: as before."""
        if question.asks == "how_long":
            lift(context, question.about["wamid"])
        return None


class ResumeMessages(OptIn):
    """Messages again: those on pause, or the ones that are named or chosen."""

    intent = "resume_messages"

    def answer(self, context: Context) -> Reply:
        """What is on pause comes back; what was stopped has to be named, since a stop is a stop."""
        undone = context.heard.entities.get("undo")
        if undone and context.heard.is_exact:
            return undo(context, undone)
        paused = [topic for topic, state in states(context).items() if state is ConsentState.PAUSED]
        if context.heard.all("topic") or not paused:
            return super().answer(context)
        return sign_up(context, paused, context.say("opt_in.done", topics=listed(context, paused)))


def to_pause(context: Context) -> list[str]:
    """The topics that were named, else what is advertising, as far as it comes at all."""
    said = {topic for value in context.heard.all("topic") for topic in value.split("+")}
    named = TOPICS if said & EVERYTHING else said & set(TOPICS)
    before = states(context)
    return [t for t in before if t in (named or withdrawal.MARKETING) and before[t] in HEARD]


def named_end(context: Context) -> datetime | None:
    """The end of the time that the customer names, in their own zone."""
    zone = wording.zone_of(context.profile.timezone) or ZoneInfo("UTC")
    return rhythm.until(context.heard.text, context.language, context.turn.now, zone)


def end_of(context: Context, days: int) -> datetime | None:
    """The moment so many days from now, None for 0."""
    return context.turn.now + timedelta(days=days) if days else None


def ask_how_long(context: Context, topics: list[str]) -> Reply:
    """Held at once, undone by a no."""
    hold(context, topics, None, ledger.DOUBT)
    about = {"topics": topics, "wamid": context.turn.wamid}
    text = context.say("pause.ask", topics=listed(context, topics))
    return Reply(text, lengths(context, topics), Question("pause_messages", "how_long", about))


def lengths(context: Context, topics: list[str]) -> tuple[Button, ...]:
    """A week, a month, no end."""
    named = "+".join(topics)
    return tuple(
        context.button(key, f"/pause_messages{json.dumps({'days': str(days), 'topic': named})}")
        for key, days in LENGTHS.items()
    )


def pause(context: Context, topics: list[str], end: datetime | None) -> Reply:
    """Recorded with its end; another time may be said in its place."""
    hold(context, topics, end, METHOD)
    question = Question("pause_messages", "another", {"topics": topics})
    if end is None:
        return Reply(context.say("pause.open", topics=listed(context, topics)), question=question)
    day = context.calendar.on(end)
    text = context.say("pause.done", topics=listed(context, topics), day=day)
    return Reply(text, question=question)


def hold(context: Context, topics: list[str], end: datetime | None, method: str) -> None:
    """A pause of each topic in the ledger."""
    for topic in topics:
        ledger.record(
            context.turn.session,
            customer_id=context.profile.customer_id,
            topic=topic,
            state=ConsentState.PAUSED,
            method=method,
            origin=f"wamid:{context.turn.wamid}",
            evidence=context.turn.wamid,
            at=context.turn.said_at,
            now=context.turn.now,
            until=end,
        )
