"""Which language to speak: asked for by name, or said when it is none of ours."""

from __future__ import annotations

from dataclasses import replace

from actions.skill import Button, Context, Question, Reply, Skill
from rapport.conversation import tongue
from rapport.customers import naming
from rapport.dialogue import phrases
from rapport.understanding import language

OWN_NAMES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "pt": "Português",
    "hi": "हिन्दी",
    "id": "Bahasa Indonesia",
}


class SwitchLanguage(Skill):
    """From now on in the language asked for, kept as the customer's own."""

    intent = "switch_language"

    def answer(self, context: Context) -> Reply:
        """A word in the new language; without a name, which ones there are."""
        named = context.heard.all("language")
        wanted = meant(context, named)
        if wanted is None:
            is_unspoken = language.OTHER in named or (context.heard.is_foreign and not named)
            return unspoken(context) if is_unspoken else ask_which(context, "language.which")
        if context.profile.is_on_file:
            customer_id = context.profile.customer_id
            tongue.keep(context.turn.session, customer_id, language.asked(wanted))
        return Reply(phrases.say("language.switched", wanted))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A language named in answer to "which one"."""
        if context.heard.is_exact or not context.heard.all("language"):
            return None
        return self.answer(replace(context, question=None))


def meant(context: Context, named: list[str]) -> str | None:
    """The language to change to, None when none of ours is named: "no sorry, in German" names one.

    "Not English please, Spanish" names two: the one that was not spoken so far. "I don't speak
    English" names only what is not wanted: the language it is said in.
    """
    before = context.heard.language_before
    ours = [name for name in named if name in language.SPOKEN]
    if len(ours) == 1 and len(named) == 1 and not context.heard.is_exact:
        negations = context.words("words.negations")
        said = naming.unrefused(context.heard.text, negations, context.words("words.but"))
        is_refused = negations & set(naming.words(said)) and ours[0] != context.language
        return context.language if is_refused else ours[0]
    return next((name for name in ours if name != before), ours[0] if ours else None)


def unspoken(context: Context) -> Reply:
    """Which ones there are: in the customer's own language, and in English to words in none of ours."""
    reply = ask_which(context, "language.unsupported")
    if not context.heard.is_foreign:
        return reply
    english = phrases.say("language.unsupported")
    return reply if reply.text == english else replace(reply, text=f"{english}\n{reply.text}")


def ask_which(context: Context, key: str) -> Reply:
    """Each language under its own name."""
    rows: tuple[Button, ...] = tuple(
        {"title": OWN_NAMES[code], "payload": f'/switch_language{{"language": "{code}"}}'}
        for code in language.SPOKEN
    )
    return Reply(context.say(key), rows, Question("switch_language", "which"))
