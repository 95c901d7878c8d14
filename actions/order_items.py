"""Which things of an order a message names, and how they are told."""

from __future__ import annotations

import re

from actions import answers, correction, order_status
from actions.skill import Context, Question
from rapport.customers import naming
from rapport.customers.history_orders import Item, OrderFacts
from rapport.wording import Money

ALL = "*"
"""The whole order, in a list of product ids and in a payload."""


def named(context: Context, order: OrderFacts) -> list[str] | None:
    """Product ids of what the message names of the order: one, several, none, or all but what it excepts.

    None when the words fit several things and single out none; none where they only say which order
    ("the order with the lamp").
    """
    text = correction.wanted(context)
    if re.search(context.say("words.order_with"), context.heard.text.lower()):
        return []
    names = {item.product_id: [item.name, *item.aliases] for item in order.items}
    several, likely = naming.named(text, names), naming.meant(text, names)
    found = several if len(several) > 1 else likely
    if found is likely and len(found) > 1:
        return None
    rest = [product_id for product_id in names if product_id not in found]
    if found and rest and is_exception(context):
        return rest
    return found if rest else [ALL]


def is_exception(context: Context) -> bool:
    """Whether what is named shall stay: "everything but the lamp", "keep the lamp"."""
    is_but = context.says_any("words.all") and context.says_any("words.but")
    return is_but or context.says_any("words.except")


def chosen(
    context: Context, order: OrderFacts, question: Question, skill: str, *, is_list: bool
) -> list[str] | None:
    """What a typed answer puts in place of the things asked about; from a list, by place too. None without."""
    if len(order.items) < 2 or not answers.may_answer(context, skill):
        return None
    asked = question.about.get("items") or []
    found = named(context, order)
    if not found and context.says_any("words.all"):
        found = [ALL]
    if not found and answers.wants_another(context) and not context.says_any("words.order"):
        found = others(order, asked)
    place = order_status.ordinal(context, len(order.items)) if is_list and not found else None
    if place is not None:
        return [order.items[place].product_id]
    return found if found and found != asked else None


def others(order: OrderFacts, asked: list[str]) -> list[str]:
    """The other thing, where the question was about one of two."""
    left = [item.product_id for item in order.items if item.product_id not in asked]
    return left if len(left) == 1 else []


def lines(order: OrderFacts, product_ids: list[str]) -> list[Item]:
    """The lines of the order with these products."""
    return [item for item in order.items if ALL in product_ids or item.product_id in product_ids]


def listed(items: list[Item], order: OrderFacts) -> str:
    """ "Trail lamp, Flask"; the number of an order without lines."""
    return ", ".join(item.name for item in items) or order.order_id


def priced(context: Context, items: list[Item]) -> str:
    """ "2 × Steel flask (€58.00), Trail lamp (€49.90)"; without a price where none is known."""
    return ", ".join(_priced(context, item) for item in items)


def _priced(context: Context, item: Item) -> str:
    name = f"{item.quantity} × {item.name}" if item.quantity > 1 else item.name
    if item.unit_price is None:
        return name
    amount, currency = item.unit_price
    return f"{name} ({context.money(Money(amount * item.quantity, currency))})"


def thing(order: OrderFacts, product_ids: list[str]) -> str:
    """What one case is about."""
    return f"{order.order_id}:{'+'.join(sorted(product_ids))}"
