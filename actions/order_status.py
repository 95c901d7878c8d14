"""Where is my order, and which one of them."""

from __future__ import annotations

import json

from actions import correction
from actions.skill import Button, Context, Question, Reply, Skill
from rapport.customers import history_orders, naming
from rapport.customers.history_orders import OrderFacts

ROWS = 10


class OrderStatus(Skill):
    """One order underway: the answer at once. Several: which one."""

    intent = "order_status"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """The state of the order meant, or the question which one is."""
        known = history_orders.orders(context.turn.session, context.profile.customer_id)
        if not known:
            return Reply(context.say("order.none"))
        chosen, number = choose(context, known)
        if number:
            return unknown_number(context, known, number)
        if len(chosen) == 1:
            return told(context, chosen[0])
        return ask_which(context, chosen, self.intent)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A typed answer to "which one": its number, its name or its place in the list."""
        known = history_orders.orders(context.turn.session, context.profile.customer_id)
        order = picked(context, known, question)
        return told(context, order) if order else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The list once more."""
        return which_again(context, question, "order.which_again")


def told(context: Context, order: OrderFacts) -> Reply:
    """The state of an order; a late one comes with the offer to look into it."""
    text, subject = status(context, order), subject_of(order)
    if not is_overdue(context, order):
        return Reply(text, subject=subject)
    about = {"orders": [order.order_id], "kind": "late", "said": context.heard.text}
    about["after"] = OrderStatus.intent
    question = Question("order_problem", "look_into", about)
    return Reply(text, late_buttons(context, order), question, subject)


def late_buttons(context: Context, order: OrderFacts) -> tuple[Button, ...]:
    """Have it looked into, or not."""
    late = {"order_id": order.order_id, "problem": "late"}
    return (
        context.button("button.look_into", f"/order_problem{json.dumps(late)}"),
        context.button("button.no_thanks", "/deny"),
    )


def is_overdue(context: Context, order: OrderFacts) -> bool:
    """Promised for a moment that is past, and not there."""
    promised = order.promised_at
    return order.is_underway and promised is not None and promised < context.turn.now


def choose(context: Context, known: list[OrderFacts]) -> tuple[list[OrderFacts], str | None]:
    """Orders the message may mean, and the number it names if that is none of the customer's own."""
    wanted = context.heard.entities.get("order_id", "")
    named = history_orders.mentioned(known, f"{context.heard.text} {wanted}")
    if named:
        return named, None
    number = history_orders.foreign_number(known, f"{context.heard.text} {wanted}")
    if number:
        return [], number
    return history_orders.by_item(known, context.heard.text) or default(context, known), None


def names_own_order(context: Context) -> bool:
    """Whether a message, however it was understood, holds one of the customer's order numbers."""
    if not context.profile.is_known or not any(map(str.isdigit, context.heard.text)):
        return False
    known = history_orders.orders(context.turn.session, context.profile.customer_id)
    return bool(history_orders.mentioned(known, context.heard.text))


def default(context: Context, known: list[OrderFacts]) -> list[OrderFacts]:
    """Without a hint: the orders underway, else the newest one; "it" is the one just spoken of."""
    underway = [order for order in known if order.is_underway]
    spoken_of = [order for order in underway if order.order_id == context.subject.get("order_id")]
    if spoken_of and context.question_before is None and context.says_any("words.it"):
        return spoken_of
    return underway or known[:1]


def picked(context: Context, known: list[OrderFacts], question: Question) -> OrderFacts | None:
    """The order that answers "which one", None when the message is about something else."""
    if context.heard.is_exact or context.heard.is_another_wish(question.skill):
        return None
    offered = offered_of(known, question)
    text = correction.wanted(context)
    named = history_orders.mentioned(known, text) or history_orders.by_item(offered, text)
    if len(named) == 1:
        return named[0]
    place = ordinal(context, len(offered))
    return offered[place] if place is not None else None


def offered_of(known: list[OrderFacts], question: Question) -> list[OrderFacts]:
    """The orders a question offered, in the order it did."""
    ids = question.about["orders"]
    offered = [order for order in known if order.order_id in ids]
    return sorted(offered, key=lambda order: ids.index(order.order_id))


def ordinal(context: Context, count: int) -> int | None:
    """Place in a list of "the first one", "2", "last"."""
    said = naming.words(context.heard.text)
    if len(said) > 5 or not count:
        return None
    places = context.say("words.ordinals").split()
    for place, names in enumerate(places[:-1]):
        if set(naming.words(names)) & set(said):
            return place if place < count else None
    return count - 1 if set(naming.words(places[-1])) & set(said) else None


def ask_which(context: Context, orders: list[OrderFacts], skill: str) -> Reply:
    """The list of orders a question may be about."""
    return Reply(
        context.say("order.which"),
        rows(context, orders, skill),
        Question(skill, "which_order", {"orders": [order.order_id for order in orders[:ROWS]]}),
    )


def which_again(context: Context, question: Question, key: str) -> Reply | None:
    """The list of orders that was offered, under that sentence; for the skill that asked."""
    known = history_orders.orders(context.turn.session, context.profile.customer_id)
    offered = offered_of(known, question)
    return Reply(context.say(key), rows(context, offered, question.skill)) if offered else None


def unknown_number(context: Context, known: list[OrderFacts], number: str) -> Reply:
    """No such order under this customer's name; theirs are shown."""
    shown = sorted(known, key=lambda order: not order.is_underway)[:ROWS]
    return Reply(
        context.say("order.unknown", number=number),
        rows(context, shown, "order_status"),
        Question("order_status", "which_order", {"orders": [order.order_id for order in shown]}),
    )


def rows(context: Context, orders: list[OrderFacts], skill: str) -> tuple[Button, ...]:
    """One row an order: its number and first item, its state below."""
    return tuple(
        {
            "title": f"{order.order_id} · {order.items[0].name}" if order.items else order.order_id,
            "description": context.say(f"order.short.{order.status}", on=when(context, order)),
            "payload": f'/{skill}{{"order_id": "{order.order_id}"}}',
        }
        for order in orders[:ROWS]
    )


def status(context: Context, order: OrderFacts) -> str:
    """Where the order is: the newest news, what was promised, how to follow it."""
    values = {"order_id": order.order_id, "items": items(order), "on": when(context, order)}
    sentences = [context.say(f"order.{order.status}", **values)]
    if order.is_underway:
        sentences += _expected(context, order)
    if order.reason and order.status in {"delayed", "cancelled", "returned"}:
        sentences.append(context.say("order.reason", reason=order.reason.rstrip(". ")))
    if order.status == "refunded" and order.refund:
        sentences.append(context.say("order.refund_amount", amount=context.money(order.refund)))
    if order.status in {"shipped", "delayed"} and order.tracking_url:
        sentences.append(context.say("order.track", url=order.tracking_url))
    return " ".join(sentences)


def _expected(context: Context, order: OrderFacts) -> list[str]:
    if order.promised_at is None:
        return [context.say("order.no_date")]
    if is_overdue(context, order):
        return [context.say("order.overdue", day=context.calendar.day(order.promised_at))]
    return [context.say("order.expected", by=context.calendar.by(order.promised_at))]


def when(context: Context, order: OrderFacts) -> str:
    """The day of the order's newest step."""
    step = {"placed": order.placed_at, "shipped": order.shipped_at, "delivered": order.delivered_at}
    return context.calendar.on(step.get(order.status) or order.status_at)


def items(order: OrderFacts) -> str:
    """ "Trail lamp", "Trail lamp and 2 more", the number alone for an order without lines."""
    if not order.items:
        return order.order_id
    first, more = order.items[0], len(order.items) - 1
    name = f"{first.quantity} × {first.name}" if first.quantity > 1 else first.name
    return f"{name} + {more}" if more else name


def subject_of(order: OrderFacts) -> dict[str, str]:
    """What "it" means after talking about this order."""
    product = order.items[0].product_id if len(order.items) == 1 else None
    return {"order_id": order.order_id} | ({"product_id": product} if product else {})
