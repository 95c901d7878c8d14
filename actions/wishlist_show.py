"""What is on the wish list, with today's prices and stock."""

from __future__ import annotations

from actions.skill import Context, Reply, Skill
from rapport.customers import catalogue
from rapport.customers.catalogue import ProductFacts
from rapport.wording import Money

LISTED = 10


class WishlistShow(Skill):
    """The wish list with today's prices and stock."""

    intent = "wishlist_show"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """What is on it."""
        return wishlist(context)


def means_wishlist(context: Context) -> bool:
    """Whether the wish list as a whole is meant."""
    return "wishlist" in context.heard.all("topic") and context.profile.is_known


def wishlist(context: Context) -> Reply:
    """The wish list in lines."""
    wished = catalogue.wishlist(context.turn.session, context.profile.customer_id)
    if not wished:
        return Reply(context.say("wishlist.empty"))
    before = catalogue.prices_when_wished(context.turn.session, context.profile.customer_id)
    lines = [context.say("wishlist.title")]
    lines += [wish(context, product, before.get(product.product_id)) for product in wished[:LISTED]]
    if len(wished) > LISTED:
        lines.append(context.say("wishlist.more", count=len(wished) - LISTED))
    return Reply("\n".join(lines))


def wish(context: Context, product: ProductFacts, before: Money | None) -> str:
    """ "Rain jacket, €119.00 → €89.00, sold out": `before` is the price when it was put on the list."""
    parts = [product.name]
    if product.price is not None:
        prices = [product.price]
        if before is not None and before.currency == product.price.currency:
            prices = [before, product.price] if before != product.price else prices
        parts.append(" → ".join(map(context.money, prices)))
    parts += [context.say("wishlist.sold_out")] if product.stock == 0 else []
    return ", ".join(parts)
