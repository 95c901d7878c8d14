"""What does it cost: today's price, what this customer paid before, and "tell me when it is cheaper"."""

from __future__ import annotations

from actions import tell_me
from actions.products import LISTED, ProductSkill, ask_which, meant, subject_of
from actions.skill import Context, Question, Reply, perform, skills
from actions.wishlist_show import means_wishlist, wishlist
from rapport.customers import catalogue, history_account, history_orders, naming
from rapport.customers.catalogue import ProductFacts
from rapport.customers.wishes import CHEAPER


class AskPrice(ProductSkill):
    """The price today, and what was paid before."""

    intent = "ask_price"

    def answer(self, context: Context) -> Reply:
        """Price of the product meant, or which one is."""
        if tell_me.is_tapped(context):
            return tell_me.tapped(context, CHEAPER)
        if means_wishlist(context):
            return wishlist(context)
        several = catalogue.named(context.turn.session, context.heard.text)
        if len(several) > 1 and "product_id" not in context.heard.entities:
            return Reply("\n".join(price(context, product) for product in several[:LISTED]))
        found = meant(context)
        if len(found) == 1:
            return self._told(context, found[0])
        if not found and (names_plan(context) or context.says_any("words.plan")):
            return perform(skills()["plan_options"], context)
        return ask_which(context, found, self.intent)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to be told."""
        if question.asks == tell_me.ASKS:
            return tell_me.resumed(context, question, CHEAPER)
        return super().resume(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to be told, once more."""
        if question.asks == tell_me.ASKS:
            return tell_me.reminded(context, question, CHEAPER)
        return super().remind(context, question)

    def _told(self, context: Context, product: ProductFacts) -> Reply:
        text, subject = price(context, product), subject_of(product)
        if product.price is None or not wants_to_be_told(context):
            return Reply(text, subject=subject)
        return tell_me.asked(context, product, CHEAPER, text)


def wants_to_be_told(context: Context) -> bool:
    """ "Tell me when it gets cheaper", and not "tell me the price"."""
    return context.says_any("words.tell_me") and context.says_any("words.price_falls")


def price(context: Context, product: ProductFacts) -> str:
    """What it costs today, what this customer paid last, and whether it can be had."""
    if product.price is None:
        return context.say("price.unknown", product=product.name)
    sentences = [context.say("price.is", product=product.name, price=context.money(product.price))]
    paid = paid_before(context, product)
    sentences += [paid] if paid else []
    if product.stock == 0:
        sentences.append(context.say("price.sold_out"))
    return " ".join(sentences)


def paid_before(context: Context, product: ProductFacts) -> str | None:
    """What the customer's newest order of it cost, when that was another price."""
    if not context.profile.is_known:
        return None
    for order in history_orders.orders(context.turn.session, context.profile.customer_id):
        for item in order.items:
            is_other = item.unit_price not in {None, product.price}
            if item.product_id == product.product_id and item.unit_price and is_other:
                paid = context.money(item.unit_price)
                return context.say("price.paid", price=paid, order_id=order.order_id)
    return None


def names_plan(context: Context) -> bool:
    """Whether the text names a plan of the catalogue instead of a product."""
    names = {plan.plan_id: [plan.name] for plan in history_account.tariffs(context.turn.session)}
    return bool(naming.meant(context.heard.text, names))
