"""Which messages the customer wants: yes, no and what it is at the moment, through the consent ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from actions.skill import Context, Question, Reply, Skill
from rapport.consent import cadence, ledger, withdrawal
from rapport.customers import naming
from rapport.vocabulary import ANY_TOPIC, TOPICS, ConsentState

EVERYTHING = frozenset({ANY_TOPIC, "all"})
METHOD = "whatsapp"
ASKING = "words.questions"
PERIODS = (1, 7, 14, 30, 91, 365)
"""Days that have a name of their own."""
LIKELY = 0.5
"""Confidence below which nobody is signed up without a yes."""
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
        if is_unsure(context):
            return ask_again(context, topics)
        before = states(context)
        new = [topic for topic in topics if before[topic] is not ConsentState.IN]
        if not new:
            return Reply(context.say("opt_in.already", topics=listed(context, topics)))
        text = context.say("opt_in.done", topics=listed(context, new))
        for topic in new:
            agree(context, topic, text)
        return Reply(text)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A typed topic answers "which ones"; a plain yes or no the question whether it was meant."""
        if question.asks == "sure" and context.heard.intent == "affirm":
            meant = replace(context.heard, found=(("topic", question.about["topic"]),))
            return self.answer(replace(context, heard=replace(meant, confidence=1.0)))
        if question.asks == "sure" or context.heard.intent == "deny":
            return Reply(context.say("opt_in.declined")) if context.heard.intent == "deny" else None
        if context.heard.is_exact or not context.heard.all("topic"):
            return None
        if context.heard.intent in {"opt_out", "my_subscriptions", "why_this_message"}:
            return None
        return self.answer(context)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The list once more; whether something was meant is not asked twice."""
        return ask_topic(context) if question.asks == "which_topic" else None


class OptOut(Skill):
    """Done at once, confirmed once, never argued with."""

    intent = "opt_out"
    ends_topic = True

    def answer(self, context: Context) -> Reply:
        """Withdraw what was named; without a name, all that is advertising."""
        if not context.profile.is_on_file:
            return Reply(context.say("opt_out.everything"))
        if is_contested(context):
            named = [topic for topic in context.heard.all("topic") if topic in TOPICS]
            return ask_again(context, named or ["offers"])
        undone = context.heard.entities.get("undo")
        if undone and context.heard.is_exact:
            lift(context, undone)
        before = states(context)
        topics = reach(context)
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
            sentences.append(on_pause(context, paused))
        wish = cadence.of(context.turn.session, context.profile.customer_id)
        if wish is not None:
            sentences.append(context.say("subscriptions.rate", rate=rate(context, *wish)))
        return Reply(" ".join([*sentences, context.say("subscriptions.change")]), buttons)


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
    is_guess = bool(is_asking) or heard.confidence < LIKELY
    return not heard.is_exact and (is_guess or context.says_any("words.negations"))


def is_contested(context: Context) -> bool:
    """ "Please don't stop the offers" is no withdrawal, however much it sounds like one."""
    heard = context.heard
    return not heard.is_exact and heard.wish != "opt_out" and not heard.is_doubtful


def ask_again(context: Context, topics: list[str]) -> Reply:
    """Yes or no, in so many words."""
    buttons = (
        context.button("button.sign_up", f'/opt_in{{"topic": "{topics[0]}"}}'),
        context.button("button.stop_them", f'/opt_out{{"topic": "{topics[0]}"}}'),
    )
    question = Question("opt_in", "sure", {"topic": topics[0]})
    text = context.say("opt_in.sure", topics=listed(context, topics[:1]))
    return Reply(text, buttons, question)


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
    named = [topic for value in context.heard.all("topic") for topic in value.split("+")]
    topics = tuple(topic for topic in named if topic in TOPICS)
    if EVERYTHING & set(named) and not topics:
        return withdrawal.EVERYTHING
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
