"""Is it in stock, what does it cost: products by the names customers give them, their wish list first."""

from __future__ import annotations

from dataclasses import replace

from actions.order_status import ordinal
from actions.skill import Button, Context, Question, Reply, Skill, perform, skills
from rapport.customers import catalogue, history_account, history_orders, naming
from rapport.customers.catalogue import ProductFacts
from rapport.wording import Money

ROWS = 10
LISTED = 5


class BackInStock(Skill):
    """Yes with the number left, or no with "tell me when"."""

    intent = "back_in_stock"

    def answer(self, context: Context) -> Reply:
        """Stock of the product meant, or which one is."""
        if means_wishlist(context):
            return wishlist(context)
        found = meant(context)
        if len(found) == 1:
            return stock(context, found[0])
        return ask_which(context, found, self.intent)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product, or whether to be told."""
        if question.asks == "tell_me":
            return tell_me(context, question.about["product_id"])
        return picked(context, question)


class AskPrice(Skill):
    """The price today, and what was paid before."""

    intent = "ask_price"

    def answer(self, context: Context) -> Reply:
        """Price of the product meant, or which one is."""
        if means_wishlist(context):
            return wishlist(context)
        several = catalogue.named(context.turn.session, context.heard.text)
        if len(several) > 1:
            return Reply("\n".join(price(context, product).text for product in several[:LISTED]))
        found = meant(context)
        if len(found) == 1:
            return price(context, found[0])
        if not found and names_plan(context):
            return perform(skills()["plan_options"], context)
        return ask_which(context, found, self.intent)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which product."""
        return picked(context, question)


class WishlistShow(Skill):
    """The wish list with today's prices and stock."""

    intent = "wishlist_show"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """What is on it."""
        return wishlist(context)


def meant(context: Context) -> list[ProductFacts]:
    """The product that was tapped, the one named (the wish list's first), else the one just spoken of."""
    session = context.turn.session
    tapped = context.heard.entities.get("product_id")
    if tapped:
        return [product] if (product := catalogue.product(session, tapped)) else []
    wished = catalogue.wishlist(session, context.profile.customer_id)
    found = catalogue.find(session, context.heard.text)
    own = [product for product in found if product in wished]
    if found:
        return own if len(own) == 1 else found
    if names_something(context):
        return []
    spoken_of = context.subject.get("product_id")
    product = catalogue.product(session, spoken_of) if spoken_of else None
    if product is not None:
        return [product]
    return wished if len(wished) == 1 else []


def names_something(context: Context) -> bool:
    """Whether the text holds a word that can only be a product, if one we do not know."""
    ordinary = context.words("words.about_any_product")
    return any(len(word) > 2 and word not in ordinary for word in naming.words(context.heard.text))


def means_wishlist(context: Context) -> bool:
    """Whether the wish list as a whole is meant."""
    return "wishlist" in context.heard.all("topic") and context.profile.is_known


def names_plan(context: Context) -> bool:
    """Whether the text names a plan of the catalogue instead of a product."""
    names = {plan.plan_id: [plan.name] for plan in history_account.tariffs(context.turn.session)}
    return bool(naming.meant(context.heard.text, names))


def ask_which(context: Context, found: list[ProductFacts], skill: str) -> Reply:
    """Several fit, or none: which product is it."""
    offered = found or catalogue.wishlist(context.turn.session, context.profile.customer_id)
    ids = [product.product_id for product in offered[:ROWS]]
    question = Question(skill, "which_product", {"products": ids})
    rows = tuple(row(context, product, skill) for product in offered[:ROWS])
    if found:
        return Reply(context.say("product.which_of"), rows, question)
    key = "product.unknown" if names_something(context) else "product.which"
    return Reply(context.say(key), rows, question)


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
    if context.heard.is_exact or context.heard.intent in {"deny", "ask_human", "opt_out"}:
        return None
    offered = catalogue.products(context.turn.session, question.about["products"])
    names = {product.product_id: [product.name, *product.aliases] for product in offered}
    chosen = naming.picked(context.heard.text, names)
    place = ordinal(context, len(question.about["products"]))
    if chosen is None and place is not None:
        chosen = question.about["products"][place]
    if chosen is None and not catalogue.find(context.turn.session, context.heard.text):
        return None
    if chosen is not None:
        found = (("product_id", chosen), *context.heard.found)
        context = replace(context, heard=replace(context.heard, found=found))
    return skills()[question.skill].answer(replace(context, question=None))


def stock(context: Context, product: ProductFacts) -> Reply:
    """In stock or not; when not, being told is one tap away or already asked for."""
    subject = {"product_id": product.product_id}
    if product.stock is None:
        return Reply(context.say("stock.unknown", product=product.name), subject=subject)
    if product.stock > 0:
        few = "stock.yes_few" if product.stock <= 5 else "stock.yes"
        text = context.say(few, product=product.name, stock=product.stock)
        return Reply(f"{text}{priced(context, product)}", subject=subject)
    if asks_to_be_told(context):
        return replace(note(context, product), subject=subject)
    payload = f'/back_in_stock{{"product_id": "{product.product_id}", "wanted": "yes"}}'
    buttons = (
        context.button("button.tell_me", payload),
        context.button("button.no_thanks", "/deny"),
    )
    return Reply(
        context.say("stock.no", product=product.name),
        buttons,
        Question("back_in_stock", "tell_me", subject),
        subject,
    )


def asks_to_be_told(context: Context) -> bool:
    """ "Ping me when it's back" asks for it already."""
    if "wanted" in context.heard.entities:
        return True
    return context.says_any("words.tell_me")


def tell_me(context: Context, product_id: str) -> Reply | None:
    """Yes or no to "shall I note that?"."""
    product = catalogue.product(context.turn.session, product_id)
    is_yes = context.heard.intent in {"affirm", "opt_in"} or (
        context.heard.intent == "back_in_stock" and asks_to_be_told(context)
    )
    if context.heard.intent == "deny":
        return Reply(context.say("deny"))
    return note(context, product) if is_yes and product is not None else None


def note(context: Context, product: ProductFacts) -> Reply:
    """Kept: this customer wants to hear of it."""
    if context.profile.is_on_file:
        catalogue.want_to_know(
            context.turn.session,
            customer_id=context.profile.customer_id,
            product_id=product.product_id,
            origin=context.turn.wamid,
            now=context.turn.now,
        )
    return Reply(context.say("stock.noted", product=product.name))


def priced(context: Context, product: ProductFacts) -> str:
    """ " at €39.90" where there is a price, and the full stop."""
    if product.price is None:
        return "."
    return context.say("stock.at", price=context.money(product.price))


def price(context: Context, product: ProductFacts) -> Reply:
    """What it costs today, what this customer paid last, and whether it can be had."""
    subject = {"product_id": product.product_id}
    if product.price is None:
        return Reply(context.say("price.unknown", product=product.name), subject=subject)
    sentences = [context.say("price.is", product=product.name, price=context.money(product.price))]
    paid = paid_before(context, product)
    sentences += [paid] if paid else []
    if product.stock == 0:
        sentences.append(context.say("price.sold_out"))
    return Reply(" ".join(sentences), subject=subject)


def paid_before(context: Context, product: ProductFacts) -> str | None:
    """What the customer's newest order of it cost, when that was another price."""
    if not context.profile.is_known:
        return None
    for order in history_orders.orders(context.turn.session, context.profile.customer_id):
        for item in order.items:
            if item.product_id == product.product_id and item.unit_price not in {
                None,
                product.price,
            }:
                return context.say(
                    "price.paid", price=context.money(item.unit_price), order_id=order.order_id
                )
    return None


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
