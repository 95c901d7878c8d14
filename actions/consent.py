"""Which messages the customer wants: yes, no and what it is at the moment, through the consent ledger."""

from __future__ import annotations

import re

from actions.skill import Context, Question, Reply, Skill
from rapport.consent import ledger, withdrawal
from rapport.vocabulary import ANY_TOPIC, MARKETING_TOPICS, TOPICS, ConsentState

EVERYTHING = frozenset({ANY_TOPIC, "all"})
METHOD = "whatsapp"
OFFERED = ("order_updates", "account_alerts", "wishlist", "offers")


class OptIn(Skill):
    """A topic that is named is switched on; otherwise: which one."""

    intent = "opt_in"

    def answer(self, context: Context) -> Reply:
        """Record a wish for messages, proof attached."""
        topics = [topic for topic in context.heard.all("topic") if topic in TOPICS]
        if not topics and context.heard.is_exact and EVERYTHING & set(context.heard.all("topic")):
            topics = list(OFFERED)
        if not topics or not context.profile.is_on_file:
            return ask_topic(context)
        if is_negated(context):
            return OptOut().answer(context) if is_partial(context) else ask_again(context, topics)
        before = states(context)
        new = [topic for topic in topics if before[topic] is not ConsentState.IN]
        if not new:
            return Reply(context.say("opt_in.already", topics=listed(context, topics)))
        text = context.say("opt_in.done", topics=listed(context, new))
        for topic in new:
            _record(context, topic, text)
        return Reply(text)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A typed topic answers "which ones"."""
        if context.heard.is_exact or not context.heard.all("topic"):
            return None
        if context.heard.intent in {"opt_out", "deny", "my_subscriptions"}:
            return None
        return self.answer(context)


class ResumeMessages(OptIn):
    """Messages again: those on pause, or the ones that are named or chosen."""

    intent = "resume_messages"

    def answer(self, context: Context) -> Reply:
        """What is on pause comes back; what was stopped has to be named, since a stop is a stop."""
        paused = [topic for topic, state in states(context).items() if state is ConsentState.PAUSED]
        if context.heard.all("topic") or not paused:
            return super().answer(context)
        text = context.say("opt_in.done", topics=listed(context, paused))
        for topic in paused:
            _record(context, topic, text)
        return Reply(text)


class OptOut(Skill):
    """Done at once, confirmed once, never argued with."""

    intent = "opt_out"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Withdraw what was named; without a name, all that is advertising."""
        if not context.profile.is_on_file:
            return Reply(context.say("opt_out.everything"))
        if asks_to_go_on(context):
            named = [topic for topic in context.heard.all("topic") if topic in TOPICS]
            return ask_again(context, named or ["offers"])
        before = states(context)
        topics = reach(context)
        withdrawal.withdraw(
            context.turn.session,
            customer_id=context.profile.customer_id,
            topics=topics,
            method=METHOD,
            origin=f"wamid:{context.turn.wamid}",
            evidence=context.turn.wamid,
            at=context.turn.now,
            now=context.turn.now,
        )
        return Reply(confirmation(context, topics, before))


class MySubscriptions(Skill):
    """What this customer gets from us, since when and how they agreed."""

    intent = "my_subscriptions"

    def answer(self, context: Context) -> Reply:
        """The topics that are on, each with its proof."""
        on = [topic for topic, state in states(context).items() if state is ConsentState.IN]
        paused = [t for t, state in states(context).items() if state is ConsentState.PAUSED]
        buttons = (context.button("button.add_topic", "/opt_in"),)
        if not on and not paused:
            return Reply(context.say("subscriptions.none"), buttons)
        sentences = []
        if on:
            each = "; ".join(with_proof(context, topic) for topic in on)
            sentences.append(context.say("subscriptions.on", topics=each))
        if paused:
            sentences.append(context.say("subscriptions.paused", topics=listed(context, paused)))
        return Reply(" ".join([*sentences, context.say("subscriptions.change")]), buttons)


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


def is_negated(context: Context) -> bool:
    """A no in a typed sentence: signing somebody up on it would be guessing."""
    return not context.heard.is_exact and context.says_any("words.negations")


def is_partial(context: Context) -> bool:
    """ "No promos, but my order updates": a withdrawal of what is advertising, whatever it sounded like."""
    named = set(context.heard.all("topic"))
    return context.says_any("words.keep") and bool(named & set(MARKETING_TOPICS)) and len(named) > 1


def asks_to_go_on(context: Context) -> bool:
    """ "Please don't stop the offers" is no withdrawal, however much it sounds like one."""
    pattern = context.say("words.do_not_stop")
    return not context.heard.is_exact and bool(re.search(pattern, context.heard.text.lower()))


def ask_again(context: Context, topics: list[str]) -> Reply:
    """Yes or no, in so many words."""
    buttons = (
        context.button("button.sign_up", f'/opt_in{{"topic": "{topics[0]}"}}'),
        context.button("button.stop_them", f'/opt_out{{"topic": "{topics[0]}"}}'),
    )
    return Reply(context.say("opt_in.sure", topics=listed(context, topics[:1])), buttons)


def reach(context: Context) -> tuple[str, ...]:
    """The topics a withdrawal covers: what it names, before "all" that stands beside it.

    "All but order updates" keeps what it names.
    """
    named = context.heard.all("topic")
    topics = tuple(topic for topic in named if topic in TOPICS)
    keeps = not context.heard.is_exact and context.says_any("words.keep")
    if EVERYTHING & set(named):
        if not topics:
            return withdrawal.EVERYTHING
        return tuple(t for t in TOPICS if t not in topics) if keeps else topics
    if keeps:
        return tuple(t for t in topics if t in MARKETING_TOPICS) or withdrawal.MARKETING
    return topics or withdrawal.MARKETING


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


def with_proof(context: Context, topic: str) -> str:
    """ "offers, since 3 May (checkout)"."""
    given = [
        entry
        for entry in ledger.history(context.turn.session, context.profile.customer_id)
        if entry.topic in {topic, ANY_TOPIC} and entry.state is ConsentState.IN
    ]
    name = context.say(f"topic.{topic}")
    if not given:
        return name
    newest = given[-1]
    how = context.say(f"method.{newest.method}") if _is_known_method(newest.method) else ""
    since = context.calendar.day(newest.at)
    return context.say("subscriptions.proof", topic=name, since=since, how=how).strip()


def _is_known_method(method: str) -> bool:
    return method in {"web_form", "checkout", "paper", "phone", "whatsapp", "keyword"}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _record(context: Context, topic: str, shown: str) -> None:
    ledger.record(
        context.turn.session,
        customer_id=context.profile.customer_id,
        topic=topic,
        state=ConsentState.IN,
        method=METHOD,
        origin=f"wamid:{context.turn.wamid}",
        at=context.turn.now,
        now=context.turn.now,
        wording=shown,
        evidence=context.turn.wamid,
    )
