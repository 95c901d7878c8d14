"""Messages again, later or less often."""

from __future__ import annotations

from actions.consent import OptIn, agree, listed, states
from actions.doubt import undo
from actions.skill import Context, Reply
from rapport.vocabulary import ConsentState


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
        text = context.say("opt_in.done", topics=listed(context, paused))
        for topic in paused:
            agree(context, topic, text)
        return Reply(text)
