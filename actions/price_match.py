"""Paid more than it costs now, or seen for less elsewhere: both figures, and a case for the difference."""

from __future__ import annotations

from dataclasses import replace

from actions import answers, passing_on
from actions.products import (
    ProductSkill,
    ask_which,
    meant,
    said_before,
    subject_of,
    unknown_words,
)
from actions.skill import Button, Context, Question, Reply
from actions.which_order import person
from rapport.customers import catalogue, history_orders, naming, price_match
from rapport.customers.catalogue import ProductFacts
from rapport.customers.price_match import MATCH_DAYS, Purchase

TOPIC = "price_match"
ORDINARY = "words.about_any_match"
DIFFERENCE, ELSEWHERE = "difference", "elsewhere"


class PriceMatch(ProductSkill):
    """From the customer's own order and today's price; what was seen elsewhere goes to a person."""

    intent = "price_match"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """The difference of the purchase meant, or what was seen elsewhere."""
        if is_elsewhere(context):
            return self._elsewhere(context)
        bought = purchases(context, context.heard.entities.get("order_id"))
        found = meant(without_shops(context), ORDINARY)
        mine = [each for each in bought if each.product in found]
        cheaper = [each for each in mine or bought if each.difference.amount > 0]
        if mine and not cheaper:
            return no_difference(context, mine[0])
        if found and not mine:
            return not_bought(context, found)
        if len({each.product.product_id for each in cheaper}) > 1:
            return ask_which(context, [each.product for each in cheaper], self.intent, ORDINARY)
        if not cheaper:
            return nothing(context, bool(unknown_words(context, ORDINARY)))
        return self._offered(context, cheaper[0])

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product, another one, yes or no."""
        if question.asks not in {DIFFERENCE, ELSEWHERE}:
            return super().resume(context, question)
        verdict = answers.verdict(context, self.intent)
        product = catalogue.product(context.turn.session, question.about["product_id"])
        if verdict is None or product is None:
            return None
        if verdict is False:
            another = [p for p in meant(context, ORDINARY) if p != product]
            named = catalogue.find(context.turn.session, context.heard.text)
            return self.answer(context) if named and another else Reply(context.say("request.left"))
        if question.asks == ELSEWHERE:
            return passed_on_elsewhere(context, product, question.about["said"])
        return self._do(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to ask for the difference, once more."""
        if question.asks == DIFFERENCE:
            found = purchase_of(context, question)
            return Reply(again(context, found), yes_no(context)) if found else None
        if question.asks == ELSEWHERE:
            product = catalogue.product(context.turn.session, question.about["product_id"])
            return Reply(here(context, product), yes_no(context)) if product else None
        return super().remind(context, question)

    def _offered(self, context: Context, bought: Purchase) -> Reply:
        subject = subject_of(bought.product)
        if passing_on.is_passed_on(context, TOPIC, thing(bought)):
            return already(context, bought)
        if not bought.is_recent(context.turn.now):
            text = context.say("match.past", days=MATCH_DAYS, figures=figures(context, bought))
            return Reply(text, (person(context),), subject=subject)
        about = {"product_id": bought.product.product_id, "order_id": bought.order.order_id}
        question = Question(self.intent, DIFFERENCE, {**about, "said": said_before(context)})
        return Reply(sum_up(context, bought), yes_no(context), question, subject)

    def _do(self, context: Context, question: Question) -> Reply | None:
        bought = purchase_of(context, question)
        if bought is None or bought.difference.amount <= 0:
            return nothing(context, False)
        note = f"{figures(context, bought)} {question.about['said']}".strip()
        case_id = passing_on.once(context, TOPIC, thing(bought), bought.order.order_id, note)
        if case_id is None:
            return already(context, bought)
        difference = context.money(bought.difference)
        return Reply(context.say("match.passed_on", case_id=case_id, difference=difference))

    def _elsewhere(self, context: Context) -> Reply:
        found = meant(without_shops(context), ORDINARY)
        if len(found) != 1:
            return ask_which(context, found, self.intent, ORDINARY)
        about = {"product_id": found[0].product_id, "said": said_before(context)}
        question = Question(self.intent, ELSEWHERE, about)
        subject = subject_of(found[0])
        return Reply(here(context, found[0]), yes_no(context), question, subject)


def is_elsewhere(context: Context) -> bool:
    """Whether the lower price is another shop's, now or in the words before a product was chosen."""
    words = context.words("words.elsewhere")
    return bool(words & set(naming.words(said_before(context))))


def without_shops(context: Context) -> Context:
    """The message without words for another shop: "otra tienda" is no "tienda de campaña"."""
    shops = context.words("words.elsewhere")
    said = " ".join(word for word in naming.words(context.heard.text) if word not in shops)
    return replace(context, heard=replace(context.heard, text=said))


def purchases(context: Context, order_id: str | None = None) -> list[Purchase]:
    """What this customer bought, in one order or in all, beside today's prices."""
    session = context.turn.session
    orders = history_orders.orders(session, context.profile.customer_id)
    orders = [order for order in orders if order_id in {None, order.order_id}]
    ids = {item.product_id for order in orders for item in order.items}
    known = {p.product_id: p for p in catalogue.products(session, sorted(ids))}
    return price_match.purchases(orders, known)


def purchase_of(context: Context, question: Question) -> Purchase | None:
    """The purchase that a question is about."""
    bought = purchases(context, question.about["order_id"])
    wanted = question.about["product_id"]
    return next((each for each in bought if each.product.product_id == wanted), None)


def figures(context: Context, bought: Purchase) -> str:
    """What was paid when, and what it costs today."""
    return context.say(
        "match.figures",
        product=bought.product.name,
        paid=context.money(bought.paid),
        on=context.calendar.on(bought.order.placed_at or bought.order.status_at),
        order_id=bought.order.order_id,
        price=context.money(bought.price),
    )


def sum_up(context: Context, bought: Purchase) -> str:
    """Both figures, the difference, and shall it be asked for."""
    difference = context.money(bought.difference)
    question = context.say("match.shall_i", difference=difference)
    return f"{figures(context, bought)} {question}"


def again(context: Context, bought: Purchase) -> str:
    """The question once more, in short."""
    values = {"product": bought.product.name, "order_id": bought.order.order_id}
    return context.say("match.again", difference=context.money(bought.difference), **values)


def no_difference(context: Context, bought: Purchase) -> Reply:
    """It does not cost less today than it did."""
    text = f"{figures(context, bought)} {context.say('match.no_difference')}"
    return Reply(text, subject=subject_of(bought.product))


def not_bought(context: Context, found: list[ProductFacts]) -> Reply:
    """No order of theirs has it."""
    text = context.say("match.not_bought", product=found[0].name)
    return Reply(text, (person(context),))


def nothing(context: Context, is_strange: bool) -> Reply:
    """Nothing they bought costs less today; a product we do not know is asked for by name."""
    if is_strange:
        return ask_which(context, [], PriceMatch.intent, ORDINARY)
    return Reply(context.say("match.nothing"), (person(context),))


def here(context: Context, product: ProductFacts) -> str:
    """What it costs here, and shall a person look at what was seen."""
    if product.price is None:
        return context.say("match.elsewhere_no_price", product=product.name)
    price = context.money(product.price)
    return context.say("match.elsewhere", product=product.name, price=price)


def passed_on_elsewhere(context: Context, product: ProductFacts, said: str) -> Reply:
    """A case with what they said."""
    note = f"{product.name}: {said}"
    about = f"{context.profile.customer_id}:{product.product_id}:{context.turn.wamid}"
    case_id = passing_on.once(context, TOPIC, about, None, note)
    case_id = case_id or passing_on.number(TOPIC, about)
    return Reply(context.say("match.elsewhere_passed_on", case_id=case_id))


def already(context: Context, bought: Purchase) -> Reply:
    """The difference was asked for before."""
    case_id = passing_on.number(TOPIC, thing(bought))
    return Reply(context.say("match.already", case_id=case_id, product=bought.product.name))


def thing(bought: Purchase) -> str:
    """What one case is about."""
    return f"{bought.order.order_id}:{bought.product.product_id}"


def yes_no(context: Context) -> tuple[Button, ...]:
    """Ask for it, or leave it."""
    return (
        context.button("button.look_into", "/affirm"),
        context.button("button.leave_it", "/deny"),
    )
