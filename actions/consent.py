"""Which messages the customer wants: yes, no and what it is at the moment, through the consent ledger."""

from __future__ import annotations

from dataclasses import replace

from actions.context import NAME_WORDS, Button
from actions.skill import Context, Question, Reply, Skill
from rapport.consent import ledger, withdrawal
from rapport.customers import naming
from rapport.vocabulary import ANY_TOPIC, TOPICS, ConsentState

EVERYTHING = frozenset({ANY_TOPIC, "all"})
METHOD = "whatsapp"
ASKING = "words.questions"
LIKELY = 0.5
"""Confidence below which nobody is signed up without a yes."""
OFFERED = ("order_updates", "account_alerts", "wishlist", "offers")


class OptIn(Skill):
    """A topic that is named is switched on; otherwise: which one."""

    intent = "opt_in"

    def answer(self, context: Context) -> Reply:
        """Record a wish for messages, proof attached."""
        topics = named(context)
        if not topics and context.heard.is_exact and EVERYTHING & set(context.heard.all("topic")):
            topics = list(OFFERED)
        if not topics or not context.profile.is_on_file:
            return ask_topic(context)
        if context.is_correction:
            return instead(context, topics)
        if is_unsure(context):
            return ask_again(context, topics)
        before = states(context)
        new = [topic for topic in topics if before[topic] is not ConsentState.IN]
        if new:
            return sign_up(context, new, context.say("opt_in.done", topics=listed(context, new)))
        if is_to_stop(context, topics):
            return stop(context, tuple(topics))
        return Reply(context.say("opt_in.already", topics=listed(context, topics)))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A typed topic answers "which ones"; a plain yes or no the question whether it was meant."""
        if question.asks == "signed":
            return self.leave(context, question) if context.heard.intent == "deny" else None
        is_yes_or_no = question.asks in {"sure", "back"}
        if is_yes_or_no and context.heard.intent == "affirm":
            meant = replace(context.heard, found=(("topic", "+".join(question.about["topics"])),))
            return self.answer(replace(context, heard=replace(meant, confidence=1.0)))
        if is_yes_or_no or context.heard.intent == "deny":
            return Reply(context.say("opt_in.declined")) if context.heard.intent == "deny" else None
        if context.heard.is_exact or not context.heard.all("topic"):
            return None
        if context.heard.intent in {"opt_out", "my_subscriptions", "why_this_message"}:
            return None
        return self.answer(context)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The list once more, or what shall come again; whether something was meant is not asked twice."""
        if question.asks == "back":
            return ask_back(context, question.about["topics"])
        return ask_topic(context) if question.asks == "which_topic" else None

    def leave(self, context: Context, question: Question) -> Reply | None:
        """ "No, leave it" right after signing up ends what was just agreed to."""
        if question.asks != "signed":
            return None
        return stop(context, tuple(question.about["topics"]))


class OptOut(Skill):
    """Done at once, confirmed once, never argued with."""

    intent = "opt_out"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Withdraw what was named; without a name, all that is advertising."""
        if not context.profile.is_on_file:
            return Reply(context.say("opt_out.everything"))
        if is_contested(context):
            return ask_again(context, named(context) or ["offers"])
        undone = context.heard.entities.get("undo")
        if undone and context.heard.is_exact:
            lift(context, undone)
        return stop(context, reach(context))


def states(context: Context) -> dict[str, ConsentState]:
    """Every topic's state at this moment."""
    return ledger.states(context.turn.session, context.profile.customer_id, context.turn.now)


def ask_topic(context: Context) -> Reply:
    """Which messages, as a list."""
    rows = tuple(
        {
            "title": context.say(f"topic.{topic}.title"),
            "description": context.say(f"topic.{topic}.what"),
            "payload": f'/opt_in{{"topic": "{topic}"}}',
        }
        for topic in OFFERED
    )
    return Reply(context.say("opt_in.which"), rows, Question("opt_in", "which_topic"))


def is_unsure(context: Context) -> bool:
    """A no in a typed sentence, a question, a mere likelihood: signing somebody up on it would be guessing."""
    heard = context.heard
    opening = set(naming.words(heard.text)[:1])
    is_asking = any(mark in heard.text for mark in "?？؟") or opening & context.words(ASKING)
    is_guess = bool(is_asking) or (heard.confidence < LIKELY and not context.is_correction)
    return not heard.is_exact and (is_guess or context.says_any("words.negations"))


def is_contested(context: Context) -> bool:
    """ "Please don't stop the offers" is no withdrawal, however much it sounds like one."""
    heard = context.heard
    is_sure = heard.is_exact or heard.is_doubtful or context.is_correction
    return not is_sure and heard.wish != "opt_out"


def ask_again(context: Context, topics: list[str]) -> Reply:
    """Yes or no, in so many words."""
    question = Question("opt_in", "sure", {"topics": topics[:1]})
    text = context.say("opt_in.sure", topics=listed(context, topics[:1]))
    return Reply(text, yes_or_no(context, topics[:1]), question)


def ask_back(context: Context, topics: list[str]) -> Reply:
    """Whether what was stopped by mistake shall come again: only a yes brings it back."""
    question = Question("opt_in", "back", {"topics": topics})
    text = context.say("opt_out.back", topics=listed(context, topics))
    return Reply(text, yes_or_no(context, topics), question)


def yes_or_no(context: Context, topics: list[str]) -> tuple[Button, ...]:
    """Sign up, or stop."""
    reach = f'{{"topic": "{"+".join(topics)}"}}'
    return (
        context.button("button.sign_up", f"/opt_in{reach}"),
        context.button("button.stop_them", f"/opt_out{reach}"),
    )


def named(context: Context) -> list[str]:
    """The topics that were said or chosen."""
    said = [topic for value in context.heard.all("topic") for topic in value.split("+")]
    return [topic for topic in said if topic in TOPICS]


def sign_up(context: Context, topics: list[str], text: str) -> Reply:
    """A yes to each topic, recorded with the words that confirm it."""
    for topic in topics:
        agree(context, topic, text)
    question = Question("opt_in", "signed", {"topics": topics})
    return Reply(text, question=question, subject={"topics": topics})


def instead(context: Context, topics: list[str]) -> Reply:
    """ "No, order updates": what was agreed to a moment ago ends, and those are agreed to."""
    wrong = [topic for topic in context.subject["topics"] if topic not in topics]
    withdraw(context, tuple(wrong))
    if is_unsure(context):
        return ask_again(context, topics)
    names = {"topics": listed(context, topics), "before": listed(context, wrong)}
    return sign_up(context, topics, context.say("opt_in.instead", **names))


def is_to_stop(context: Context, topics: list[str]) -> bool:
    """Whether a bare name answers "tell me which to stop"."""
    is_bare = not context.heard.is_exact and len(naming.words(context.heard.text)) <= NAME_WORDS
    return is_bare and set(topics) <= set(context.subject.get("listed", ()))


def stop(context: Context, topics: tuple[str, ...]) -> Reply:
    """Withdraw and confirm; what a correction says was not meant is asked about."""
    before, earlier = states(context), context.subject if context.is_correction else {}
    ended = list(TOPICS) if ANY_TOPIC in topics else list(topics)
    came = [*earlier.get("came", []), *came_before(context)]
    withdraw(context, topics)
    subject = {"topics": ended, "came": [topic for topic in ended if topic in came]}
    back = [topic for topic in earlier.get("came", []) if topic not in ended]
    if not back:
        return Reply(confirmation(context, topics, before), subject=subject, skill="opt_out")
    done, asked = (
        context.say("opt_out.done", topics=listed(context, ended)),
        ask_back(context, back),
    )
    return replace(asked, text=f"{done} {asked.text}", subject=subject, skill="opt_out")


def came_before(context: Context) -> list[str]:
    """The topics agreed to until this message, whose stop may be on record by the time it is answered."""
    last = {
        topic: entry.state
        for entry in ledger.history(context.turn.session, context.profile.customer_id)
        if entry.origin != f"wamid:{context.turn.wamid}"
        for topic in (TOPICS if entry.topic == ANY_TOPIC else (entry.topic,))
    }
    return [topic for topic, state in last.items() if state is ConsentState.IN]


def withdraw(context: Context, topics: tuple[str, ...]) -> None:
    """A no to each topic, in the customer's own words."""
    withdrawal.withdraw(
        context.turn.session,
        customer_id=context.profile.customer_id,
        topics=topics,
        method=METHOD,
        origin=f"wamid:{context.turn.wamid}",
        evidence=context.turn.wamid,
        at=context.turn.said_at,
        now=context.turn.now,
    )


def lift(context: Context, wamid: str) -> None:
    """Take back what that message had narrowed in doubt."""
    ledger.void(
        context.turn.session,
        customer_id=context.profile.customer_id,
        voids=f"wamid:{wamid}",
        method=METHOD,
        origin=f"wamid:{context.turn.wamid}",
        at=context.turn.said_at,
        now=context.turn.now,
    )


def reach(context: Context) -> tuple[str, ...]:
    """The topics a withdrawal covers: what the stop guard found, or what was chosen; else what is advertising."""
    if context.heard.wish == "opt_out":
        return context.heard.wished_topics or withdrawal.MARKETING
    if EVERYTHING & set(context.heard.all("topic")) and not named(context):
        return withdrawal.EVERYTHING
    return tuple(named(context)) or withdrawal.MARKETING


def confirmation(context: Context, topics: tuple[str, ...], before: dict[str, ConsentState]) -> str:
    """One sentence that it is done, and what still comes if anything does."""
    if ANY_TOPIC in topics:
        return context.say("opt_out.everything")
    left = [t for t, state in before.items() if state is ConsentState.IN and t not in topics]
    done = context.say("opt_out.done", topics=listed(context, list(topics)))
    if not left:
        return done
    return f"{done} {context.say('opt_out.left', topics=_sentence(listed(context, left)))}"


def listed(context: Context, topics: list[str]) -> str:
    """ "order updates and offers"."""
    names = [context.say(f"topic.{topic}") for topic in topics]
    if len(names) == 1:
        return names[0]
    return context.say("words.two", first=", ".join(names[:-1]), last=names[-1])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def agree(context: Context, topic: str, shown: str) -> None:
    """Record a yes to a topic, with the words that confirmed it."""
    ledger.record(
        context.turn.session,
        customer_id=context.profile.customer_id,
        topic=topic,
        state=ConsentState.IN,
        method=METHOD,
        origin=f"wamid:{context.turn.wamid}",
        at=context.turn.said_at,
        now=context.turn.now,
        wording=shown,
        evidence=context.turn.wamid,
    )
