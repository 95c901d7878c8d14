"""A fact about a product, as the business's catalogue has it; what it does not say is not made up."""

from __future__ import annotations

from actions.facts import vocabulary
from actions.products import (
    LISTED,
    ProductSkill,
    ask_which,
    meant,
    said_before,
    spoken_of,
    subject_of,
    unknown_words,
)
from actions.skill import Context, Question, Reply, perform, skills
from rapport.customers import catalogue, naming, product_facts
from rapport.customers.catalogue import ProductFacts

ORDINARY = "words.about_any_fact"
SHOWN = 4
"""Facts told when none was asked for by name."""


class ProductQuestion(ProductSkill):
    """The fact asked for; an unknown one is said to be unknown, with what is known and a person."""

    intent = "product_question"

    def answer(self, context: Context) -> Reply:
        """The fact about the product meant, or which product is; whether it is there, if that is asked."""
        if asks_for_stock(context):
            return perform(skills()["back_in_stock"], context)
        several = catalogue.named(context.turn.session, context.heard.text)
        if len(several) > 1 and "product_id" not in context.heard.entities:
            return Reply("\n".join(told(context, product).text for product in several[:LISTED]))
        found = about(context)
        if len(found) == 1:
            return told(context, found[0])
        return ask_which(context, found, self.intent, ORDINARY)


def asks_for_stock(context: Context) -> bool:
    """ "Is the tent in stock", and none of its facts."""
    stems = tuple(naming.words(context.say("words.stock")))
    said = naming.words(context.heard.text)
    rest = " ".join(word for word in said if not word.startswith(stems))
    is_asked = not context.is_correction and len(rest.split()) < len(said)
    return is_asked and not product_facts.kinds(rest, vocabulary())


def about(context: Context) -> list[ProductFacts]:
    """The product meant. Words that are neither product nor kind of fact may be either.

    "Does it have a hood" is about the product spoken of; "is the kayak waterproof" is not.
    """
    found = meant(context, ORDINARY)
    if found:
        return found
    strange = unknown_words(context, ORDINARY)
    facts = product_facts.words_of(vocabulary(), strange)
    product = spoken_of(context)
    if product is None or (facts and set(strange) - facts and not context.says_any("words.it")):
        return []
    return [product]


def told(context: Context, product: ProductFacts) -> Reply:
    """The facts asked for, or that the catalogue does not say."""
    found = product_facts.asked(question_about(context, product), product.facts, vocabulary())
    subject = {**subject_of(product), "said": words_about(context)}
    if found:
        text = context.say("fact.is", product=product.name, facts=listed(found))
        return Reply(text, subject=subject)
    text = context.say("fact.unknown", product=product.name)
    if product.facts:
        text = f"{text} {context.say('fact.known', facts=listed(product.facts))}"
    buttons = (
        context.button("button.person", "/ask_human"),
        context.button("button.no_thanks", "/deny"),
    )
    question = Question("ask_human", "wanted", {"reason": ProductQuestion.intent})
    return Reply(text, buttons, question, subject)


def question_about(context: Context, product: ProductFacts) -> str:
    """The customer's words without the product's name: a rain jacket need not be about rain."""
    names = {word.casefold() for name in (product.name, *product.aliases) for word in name.split()}
    words = words_about(context).split()
    return " ".join(word for word in words if word.casefold().strip("?!.,") not in names)


def words_about(context: Context) -> str:
    """What was asked; "no, the other one" asks the same again."""
    return context.subject.get("said", "") if context.is_correction else said_before(context)


def listed(facts: dict[str, object]) -> str:
    """ "waterproof: yes, IPX7 · weight: 86 g"."""
    pairs = list(facts.items())[:SHOWN]
    return " · ".join(f"{key.replace('_', ' ')}: {product_facts.shown(v)}" for key, v in pairs)
