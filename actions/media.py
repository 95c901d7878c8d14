"""Voice, photos, stickers, places: what can be done with them here, and what cannot."""

from __future__ import annotations

from actions.skill import Context, Reply, Skill
from rapport.customers import cases

CASE_FILES = {"sent_image", "sent_video", "sent_document"}


class Media(Skill):
    """A sensible answer to a message without words."""

    intent = "media"

    def answer(self, context: Context) -> Reply:
        """A file goes with the case that is open; the rest is told plainly."""
        kind = context.heard.intent
        if kind in CASE_FILES and context.heard.is_exact:
            case_id = cases.open_one(
                context.turn.session, context.profile.customer_id, context.turn.now, topic="order%"
            )
            if case_id is not None:
                cases.add(context.turn.session, case_id, f"{kind[5:]} {context.turn.wamid}")
                return Reply(context.say("problem.photo_added", case_id=case_id))
        if kind in CASE_FILES:
            buttons = (
                context.button("reading.order_problem", "/order_problem"),
                context.button("button.person", "/ask_human"),
            )
            return Reply(context.say(f"media.{kind}"), buttons)
        if kind == "sent_audio":
            return Reply(
                context.say("media.sent_audio"), (context.button("button.person", "/ask_human"),)
            )
        return Reply(context.say(f"media.{kind}"))
