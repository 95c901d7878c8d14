"""Why did you write to me: which message, which consent, which news; when it was none of ours, that."""

from __future__ import annotations

import re
from collections.abc import Collection

from actions.consent import listed, named
from actions.my_subscriptions import method_of, proof_of
from actions.skill import Context, Reply, Skill
from rapport.conversation import proactive
from rapport.conversation.proactive import Sent
from rapport.dialogue import phrases
from rapport.vocabulary import TOPICS

NO_METHOD = re.compile(r"\s+([.।])")
"""What is left of a sentence whose way of agreeing has no name."""


class WhyThisMessage(Skill):
    """Topic, when and how it was agreed to, the news, and how it ends."""

    intent = "why_this_message"

    def answer(self, context: Context) -> Reply:
        """The message that is quoted, else the last one that we sent by ourselves, about what is named."""
        topics = named(context)
        sent = meant(context, topics) if topics else None
        if sent is None and context.is_correction:
            return Reply(context.say("why.none_about", topic=listed(context, topics)))
        sent = sent or meant(context, TOPICS)
        if sent is None:
            more = context.button("button.my_messages", "/my_subscriptions")
            return Reply(context.say("why.answered_only"), (more,))
        stop = context.button("button.stop_these", f'/opt_out{{"topic": "{sent.topic}"}}')
        told = (which(context, sent), consent(context, sent), prompted(context, sent))
        return Reply(" ".join(filter(None, told)), (stop,), subject={"topics": [sent.topic]})


def meant(context: Context, topics: Collection[str]) -> Sent | None:
    """The message of ours that is asked about, among those about these topics."""
    running, customer_id = context.turn, context.profile.customer_id
    return proactive.meant(running.session, customer_id, running.wamid, running.now, topics)


def which(context: Context, sent: Sent) -> str:
    """ "That was a message about offers, sent yesterday."."""
    topic = context.say(f"topic.{sent.topic}")
    return context.say("why.which", topic=topic, day=context.calendar.on(sent.at))


def consent(context: Context, sent: Sent) -> str:
    """When and how the customer agreed, off the ledger; plainly when there is nothing on file."""
    entry = proof_of(context, sent.topic, sent.at)
    topic = context.say(f"topic.{sent.topic}")
    if entry is None:
        return context.say("why.no_consent", topic=topic)
    how = method_of(context, entry)
    day = context.calendar.on(entry.at)
    told = context.say("why.consent", topic=topic, day=day, how=how)
    return NO_METHOD.sub(r"\1", told)


def prompted(context: Context, sent: Sent) -> str:
    """The business's news that it rests on."""
    key = f"because.{sent.news}"
    if sent.news is None or key not in phrases.phrases("en"):
        return ""
    day = context.calendar.on(sent.news_at or sent.at)
    about = sent.about or context.say(f"topic.{sent.topic}")
    return context.say(key, about=about, day=day)
