"""A person takes over, a complaint is taken down, and what cannot be done here is said."""

from __future__ import annotations

import functools

from actions.skill import Button, Context, Question, Reply, Skill
from rapport import settings
from rapport.conversation import handover
from rapport.customers import cases
from rapport.dialogue import second_look
from rapport.hours import Hours

DECLINED = "declined"
SENT_BACK = frozenset({"returned", "refunded"})


class AskHuman(Skill):
    """Hands the conversation to a person; the assistant is silent from then on."""

    intent = "ask_human"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Done at once, without asking why."""
        return hand_over(context, "asked")

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Yes or no to "shall a colleague take over?", or "actually yes" after a no."""
        is_over = question.asks == DECLINED
        if is_over and not context.says_any("words.after_all"):
            return None
        if context.heard.intent == "affirm":
            return hand_over(context, question.about.get("reason", "accepted"))
        if is_over:
            return None
        if context.heard.intent == "deny":
            declined = Question(self.intent, DECLINED, question.about)
            return Reply(context.say("human.declined"), question=declined)
        if second_look.asks(context.heard.text) and not context.heard.is_another_wish("ask_human"):
            return self.told_when(context, question)
        return None

    def told_when(self, context: Context, question: Question) -> Reply | None:
        """An answer to "when exactly?", where the business has said when people are there."""
        told = when_there(context)
        again = context.say("human.wanted_again")
        return Reply(" ".join([*told, again]), person_or_not(context), question) if told else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Whether a colleague shall take over, once more; not after a no."""
        if question.asks == DECLINED:
            return None
        return Reply(context.say("human.wanted_again"), person_or_not(context))


class Complaint(Skill):
    """Taken down as a case; a person is offered."""

    intent = "complaint"

    def answer(self, context: Context) -> Reply:
        """One case for one upset, however many messages it takes."""
        if not context.profile.is_on_file:
            return offer(context, "complaint.stranger", "complaint")
        turn, customer_id = context.turn, context.profile.customer_id
        case_id = cases.open_one(turn.session, customer_id, turn.now, topic="complaint")
        is_new = case_id is None or case_id == cases.case_id_of(turn.wamid)
        if case_id is None:
            case_id = cases.open_case(
                turn.session,
                customer_id=customer_id,
                topic="complaint",
                summary=context.heard.text,
                order_id=context.subject.get("order_id"),
                origin=turn.wamid,
                now=turn.now,
            )
        else:
            cases.add(turn.session, case_id, context.heard.text)
        key = "complaint.noted" if is_new else "complaint.added"
        return offer(context, key, "complaint", case_id=case_id)


def offer(context: Context, key: str, reason: str, **values: object) -> Reply:
    """A sentence and the offer of a person, with when one is there."""
    question = Question("ask_human", "wanted", {"reason": reason})
    text = " ".join([context.say(key, **values), *when_there(context)])
    return Reply(text, person_or_not(context), question)


def person_or_not(context: Context) -> tuple[Button, ...]:
    """A person, or no thanks."""
    return (
        context.button("button.person", "/ask_human"),
        context.button("button.no_thanks", "/deny"),
    )


def hand_over(context: Context, reason: str) -> Reply:
    """The conversation is a person's from now on."""
    if context.profile.is_on_file:
        handover.to_human(
            context.turn.session, context.profile.customer_id, reason, context.turn.now
        )
    return Reply(" ".join([context.say("human.handed_over"), *when_there(context)]))


def when_there(context: Context) -> list[str]:
    """A sentence about when a person will be there, none where the business has not said so."""
    hours, now = service_hours(), context.turn.now
    if hours is None:
        return []
    until = hours.there_until(now)
    if until is not None:
        return [context.say("human.there_until", time=context.calendar.clock(until))]
    back = hours.there_from(now)
    on, time = context.calendar.on(back), context.calendar.clock(back)
    return [context.say("human.there_from", on=on, time=time)]


@functools.lru_cache(maxsize=1)
def service_hours() -> Hours | None:
    """When people are there, by the settings."""
    return settings.load().service_hours
