"""What we know about somebody, told and handed out; and forgotten when they wish it."""

from __future__ import annotations

from actions.skill import Context, Question, Reply, Skill, skills
from rapport.consent import ledger
from rapport.customers import erasure, export, personal
from rapport.settings import load
from rapport.vocabulary import ConsentState

KINDS = ("orders", "bill", "wishlist_item", "support_case", "inbox")
"""Tables that are told by number, in this order."""


class PrivacyWhatYouKnow(Skill):
    """Counts and kinds in words, then everything by a link; the link only for the right person."""

    intent = "privacy_what_you_know"

    def answer(self, context: Context) -> Reply:
        """A stranger hears what little there is; a customer proves to be the right one first."""
        if not context.profile.is_known:
            return Reply(summary(context), (delete_button(context),))
        if not context.profile.is_verified:
            return skills()["step_up"].answer(context)
        running = context.turn
        token = export.link(
            running.session,
            context.profile.customer_id,
            origin=f"wamid:{running.wamid}",
            now=running.now,
        )
        link = context.say("know.link", url=f"{load().public_url}/export/{token}")
        return Reply(f"{summary(context)}\n\n{link}", (delete_button(context),))


class PrivacyDelete(Skill):
    """What goes and what has to stay is said first; a button confirms; then it is really done."""

    intent = "privacy_delete"

    def answer(self, context: Context) -> Reply:
        """Ask once more, for it cannot be undone; a customer proves to be the right one first."""
        if context.profile.is_known and not context.profile.is_verified:
            return skills()["step_up"].answer(context)
        if not context.profile.is_on_file:
            return Reply(context.say("delete.nothing"))
        wish = context.heard.entities.get("wanted") if context.heard.is_exact else None
        before = context.question_before
        if wish == "erase" and before is not None and before.skill == self.intent:
            return forget(context)
        return confirm(context)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Only the button deletes; a typed yes is asked to tap it, a no leaves everything."""
        heard = context.heard
        if heard.is_exact and heard.intent == self.intent and heard.entities.get("wanted"):
            return forget(context)
        if heard.intent == "deny":
            return Reply(context.say("delete.kept"))
        if heard.intent == "affirm" and not heard.is_exact:
            return Reply(context.say("delete.tap"), buttons(context), question)
        return None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Shall it be deleted, once more."""
        return Reply(context.say("delete.again"), buttons(context), question)


def summary(context: Context) -> str:
    """ "We know your name and phone number, 3 orders …, messages since 3 May; you agreed to offers"."""
    session, profile = context.turn.session, context.profile
    found = personal.counts(session, profile.customer_id, *KINDS)
    first = personal.first_message_at(session, profile.customer_id) or context.turn.now
    since = context.calendar.day(first)
    kinds = [context.say(f"know.{n}", count=found[n], since=since) for n in KINDS if found[n]]
    who = context.say("know.customer" if profile.is_known else "know.stranger")
    told = [who, context.say("know.counts", kinds=", ".join(kinds))] if kinds else [who]
    states = ledger.states(session, profile.customer_id, context.turn.now)
    agreed = [context.say(f"topic.{t}") for t, state in states.items() if state is ConsentState.IN]
    if agreed:
        told.append(context.say("know.agreed", topics=", ".join(agreed)))
    return " ".join(told)


def confirm(context: Context) -> Reply:
    """What goes, what stays, and the two buttons."""
    question = Question("privacy_delete", "sure")
    return Reply(context.say("delete.sure"), buttons(context), question)


def buttons(context: Context) -> tuple[dict[str, str], ...]:
    """Delete, or keep."""
    return (
        context.button("button.delete_all", '/privacy_delete{"wanted": "erase"}'),
        context.button("button.keep_all", "/deny"),
    )


def forget(context: Context) -> Reply:
    """The wish is on record; it is carried out when the farewell has left."""
    running = context.turn
    erasure.ask(
        running.session,
        context.profile.customer_id,
        origin=f"wamid:{running.wamid}",
        now=running.now,
    )
    return Reply(context.say("delete.done"))


def delete_button(context: Context) -> dict[str, str]:
    """The way to be forgotten."""
    return context.button("button.delete_data", "/privacy_delete")
