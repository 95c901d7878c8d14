"""Which product a message is about: tapped, named, on the wish list, or just spoken of."""

from __future__ import annotations

from dataclasses import replace

from actions import answers
from actions.facts import vocabulary
from actions.order_status import ordinal
from actions.skill import Button, Context, Question, Reply, Skill, skills
from rapport.customers import catalogue, naming, product_facts
from rapport.customers.catalogue import ProductFacts

ROWS = 10
LISTED = 5
LIKE = 6
"""Products shown in place of one that does not exist."""
LONGEST, SHORT, PUNCTUATION = 4, 3, "?!.,;:¿¡“”„\"'()।"
"""Words of a name that is read back, letters of a word that may stand in it ("de"), and what stands around it."""
RELATIONS = ("words.cheaper", "words.bigger", "words.most")
"""Keys of the beginnings of words that compare and name nothing."""
WHICH = "which_product"
ORDINARY = "words.about_any_product"


class ProductSkill(Skill):
    """One that needs to know which product; "no, the other one" is answered for the other one."""

    ordinary: tuple[str, ...] = ()
    """Keys of the words that this skill's messages are made of, besides products."""

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product, of those that were offered or any other."""
        return picked(context, question) if question.asks == WHICH else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The list once more."""
        if question.asks != WHICH:
            return None
        offered = in_order(context, question.about["products"])
        rows = tuple(row(context, product, self.intent) for product in offered)
        return Reply(context.say("product.which_of"), rows) if rows else None


def meant(context: Context, *ordinary: str) -> list[ProductFacts]:
    """The product that was tapped, the one named (the wish list's first), else the one just spoken of.

    `ordinary`: keys of words that are no product.
    """
    session = context.turn.session
    tapped = context.heard.all("product_id")
    if tapped:
        return in_order(context, tapped)
    wished = catalogue.wishlist(session, context.profile.customer_id)
    found = catalogue.find(session, context.heard.text)
    own = [product for product in found if product in wished]
    if found:
        return own if len(own) == 1 else found
    if unknown_words(context, *ordinary):
        return []
    product = spoken_of(context)
    if product is not None:
        return [product]
    return wished if len(wished) == 1 else []


def spoken_of(context: Context) -> ProductFacts | None:
    """What "it" means."""
    product_id = context.subject.get("product_id")
    return catalogue.product(context.turn.session, product_id) if product_id else None


def unknown_words(context: Context, *ordinary: str) -> list[str]:
    """Words of the text that can only be a product, if one we do not know."""
    known = {word for key in (ORDINARY, *ordinary) for word in context.words(key)}
    said = naming.words(context.heard.text)
    known |= naming.FILLERS
    relations = {word for key in RELATIONS for word in context.words(key)}
    stems = tuple(word for word in relations if len(word) > 2)
    strange = [word for word in said if len(word) > 2 and word not in known]
    return [word for word in strange if not word.startswith(stems)]


def ask_which(context: Context, found: list[ProductFacts], skill: str, *ordinary: str) -> Reply:
    """Several fit, or none: which product is it. A name that none has is said to be none's."""
    strange = [] if found else unknown_words(context, *ordinary)
    if strange:
        offered, text = (
            catalogue.some(context.turn.session, " ".join(strange), LIKE),
            none_called(context, strange),
        )
    else:
        wished = catalogue.wishlist(context.turn.session, context.profile.customer_id)
        offered = found or wished
        text = context.say("product.which_of" if found else "product.which")
    rows = tuple(row(context, product, skill) for product in offered[:ROWS])
    return Reply(text, rows, question_of(context, offered, skill))


def none_called(context: Context, strange: list[str]) -> str:
    """ "There is no “flux capacitor” in our catalogue": by its name where the words plainly are one."""
    told = [word for word in strange if not product_facts.is_spelt(vocabulary(), word)]
    name = name_of(context, told or strange)
    if name is None:
        return context.say("product.unknown")
    return context.say("product.none_called", name=name)


def name_of(context: Context, strange: list[str]) -> str | None:
    """The strange words as they were written, where they are few, stand together but for a short word, and where
    a name would: first, last, or after an article."""
    written = [word.strip(PUNCTUATION) for word in context.heard.text.split()]
    places = [at for at, word in enumerate(written) if set(naming.words(word)) & set(strange)]
    if not places or places[-1] - places[0] >= LONGEST:
        return None
    name = written[places[0] : places[-1] + 1]
    is_one = all(at + places[0] in places or len(word) <= SHORT for at, word in enumerate(name))
    is_at_edge = places[0] == 0 or places[-1] == len(written) - 1
    article = naming.words(written[places[0] - 1]) if places[0] else []
    is_thing = is_at_edge or bool(context.words("words.articles").intersection(article))
    return " ".join(name) if is_one and is_thing else None


def question_of(context: Context, offered: list[ProductFacts], skill: str) -> Question:
    """Which of these, with the words that it was about."""
    ids = [product.product_id for product in offered[:ROWS]]
    said = context.subject.get("said", "") if context.is_correction else context.heard.text
    return Question(skill, WHICH, {"products": ids, "said": said})


def row(context: Context, product: ProductFacts, skill: str) -> Button:
    """A product to tap."""
    shown = {
        "title": product.name,
        "payload": f'/{skill}{{"product_id": "{product.product_id}"}}',
    }
    if product.price is not None:
        shown["description"] = context.money(product.price)
    return shown


def picked(context: Context, question: Question) -> Reply | None:
    """A typed product name answers "which one"; anything else is no answer."""
    if not answers.may_answer(context, question.skill):
        return None
    named = catalogue.find(context.turn.session, context.heard.text)
    chosen = chosen_of(context, question.about["products"])
    chosen = named[0].product_id if chosen is None and len(named) == 1 else chosen
    if chosen is None and not named:
        is_no = answers.verdict(context, question.skill) is False
        return Reply(context.say("request.left")) if is_no else None
    heard = context.heard
    if chosen is not None:
        found = (("product_id", chosen), *heard.found)
        heard = replace(heard, text=question.about["said"], found=found)
    context = replace(context, heard=heard, question=None, question_before=question)
    return skills()[question.skill].answer(context)


def chosen_of(context: Context, product_ids: list[str]) -> str | None:
    """The one of the offered products that a typed answer singles out, by name, by place, by being the other."""
    offered = in_order(context, product_ids)
    names = {product.product_id: [product.name, *product.aliases] for product in offered}
    chosen = naming.picked(context.heard.text, names)
    place = ordinal(context, len(offered))
    return offered[place].product_id if chosen is None and place is not None else chosen


def in_order(context: Context, product_ids: list[str]) -> list[ProductFacts]:
    """These products as they were offered."""
    found = catalogue.products(context.turn.session, product_ids)
    return sorted(found, key=lambda product: product_ids.index(product.product_id))


def said_before(context: Context) -> str:
    """The words that a tap or a correction is about, else the message's own."""
    before = context.question_before
    adds_nothing = context.heard.is_exact or context.is_correction
    kept = before.about.get("said") if before and adds_nothing else None
    return str(kept or context.heard.text)


def subject_of(product: ProductFacts) -> dict[str, str]:
    """What "it" means after speaking of this product."""
    return {"product_id": product.product_id}
