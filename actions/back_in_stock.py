"""Is it in stock: the number left, or "tell me when there is some again"."""

from __future__ import annotations

from actions import tell_me
from actions.products import ProductSkill, ask_which, meant, subject_of
from actions.skill import Context, Question, Reply
from actions.wishlist_show import means_wishlist, wishlist
from rapport.customers.catalogue import ProductFacts
from rapport.customers.wishes import BACK_IN_STOCK

FEW = 5
"""So many or fewer are counted out."""


class BackInStock(ProductSkill):
    """Yes with the number left, or no with "tell me when"."""

    intent = "back_in_stock"

    def answer(self, context: Context) -> Reply:
        """Stock of the product meant, or which one is."""
        if tell_me.is_tapped(context):
            return tell_me.tapped(context, BACK_IN_STOCK)
        if means_wishlist(context):
            return wishlist(context)
        found = meant(context)
        if len(found) == 1:
            return stock(context, found[0])
        return ask_which(context, found, self.intent)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to be told."""
        if question.asks == tell_me.ASKS:
            return tell_me.resumed(context, question, BACK_IN_STOCK)
        return super().resume(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to be told, once more."""
        if question.asks == tell_me.ASKS:
            return tell_me.reminded(context, question, BACK_IN_STOCK)
        return super().remind(context, question)


def stock(context: Context, product: ProductFacts) -> Reply:
    """In stock or not; when not, being told is one tap away."""
    subject = subject_of(product)
    if product.stock is None:
        return Reply(context.say("stock.unknown", product=product.name), subject=subject)
    if product.stock > 0:
        few = "stock.yes_few" if product.stock <= FEW else "stock.yes"
        text = context.say(few, product=product.name, stock=product.stock)
        return Reply(f"{text}{priced(context, product)}", subject=subject)
    return tell_me.asked(
        context, product, BACK_IN_STOCK, context.say("stock.no", product=product.name)
    )


def priced(context: Context, product: ProductFacts) -> str:
    """ " at €39.90" where there is a price, and the full stop."""
    if product.price is None:
        return "."
    return context.say("stock.at", price=context.money(product.price))
