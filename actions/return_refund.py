"""Send something back: until when, which item, a case for it; and where the money is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from actions import answers, order_items, order_status, passing_on
from actions.cancel_order import CancelOrder
from actions.facts import vocabulary
from actions.skill import Context, Question, Reply
from actions.which_item import ItemRequest
from actions.which_order import CONFIRM, About, asked_order, named_orders, orders_of
from rapport.customers import catalogue, returns
from rapport.customers.history_orders import Item, OrderFacts

TOPIC = "return"
SENT_BACK = frozenset({"returned", "refunded"})
RECENT = timedelta(days=90)
"""News of a return older than this is only told when the order is named."""


class ReturnRefund(ItemRequest):
    """The state of a return that is underway, else what can go back and until when."""

    intent = "return_refund"
    which = "return.which"
    left = "return.left"
    which_item = "return.which_item"

    def is_open(self, context: Context, order: OrderFacts) -> bool:
        """There, or on its way."""
        return order.status == "delivered" or order.is_underway

    def answer(self, context: Context) -> Reply:
        """Where a refund stands goes first; a new return is asked about."""
        known = orders_of(context)
        if not named_orders(context, known) and not context.heard.is_exact:
            came_back = sent_back(context, known)
            if came_back and (asks_for_money(context) or came_back is known[0]):
                return order_status.told(context, came_back)
        return super().answer(context)

    def nothing(self, context: Context, known: list[OrderFacts]) -> Reply:
        """No order could be sent back: the newest one tells why."""
        return order_status.told(context, known[0])

    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """The item, then until when it can go back; what has not left is cancelled instead."""
        if order.status in SENT_BACK or order.status == "cancelled":
            return order_status.told(context, order)
        if order.is_changeable:
            return CancelOrder().go_on(context, order, about)
        items = about.get("items") or item_named(context, order)
        if not items:
            return self.list_items(context, order, about)
        if passing_on.is_passed_on(context, TOPIC, order_items.thing(order, items)):
            return already(context, order, items)
        return self.ask(context, order, {**about, "items": items})

    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Until when, and shall a return be opened."""
        buttons = self.buttons(context, order, "button.open_return", "button.leave_it")
        text = deadline(context, order, order_items.lines(order, about["items"]))
        question = self.question(CONFIRM, order, about)
        return Reply(text, buttons, question, order_status.subject_of(order))

    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """A case for the return."""
        what = order_items.listed(order_items.lines(order, about["items"]), order)
        note = f"{what}: {about.get('said', '')}".rstrip(": ")
        topic_of = order_items.thing(order, about["items"])
        case_id = passing_on.once(context, TOPIC, topic_of, order.order_id, note)
        if case_id is None:
            return already(context, order, about["items"])
        text = context.say("return.passed_on", case_id=case_id, order_id=order.order_id, items=what)
        return Reply(text, subject=order_status.subject_of(order))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """A yes to the return of what cannot be cancelled, or whatever an order is asked about."""
        order = asked_order(orders_of(context), question)
        if order is not None and question.asks == "offered":
            is_yes = answers.verdict(context, self.intent)
            return self.go_on(context, order, question.about) if is_yes else None
        return super().resume(context, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The question before a return is opened, in short."""
        order = asked_order(orders_of(context), question)
        reminded = super().remind(context, question)
        if reminded is None or question.asks != CONFIRM or order is None:
            return reminded
        what = order_items.listed(order_items.lines(order, question.about["items"]), order)
        return replace(
            reminded, text=context.say("return.again", order_id=order.order_id, items=what)
        )


def sent_back(context: Context, known: list[OrderFacts]) -> OrderFacts | None:
    """The order whose money is waited for: one that came back before one that is paid, the newest first."""
    since = context.turn.now - RECENT
    fresh = [order for order in known if order.status in SENT_BACK and order.status_at > since]
    newest = sorted(fresh, key=lambda order: order.status_at, reverse=True)
    return next(iter(sorted(newest, key=lambda order: order.status != "returned")), None)


def asks_for_money(context: Context) -> bool:
    """Money back, rather than a parcel to send."""
    return context.says_any("words.refund")


def item_named(context: Context, order: OrderFacts) -> list[str] | None:
    """What of an order the message names; the only thing there is."""
    if len(order.items) == 1:
        return [order.items[0].product_id]
    return order_items.named(context, order) if order.items else [order_items.ALL]


def deadline(context: Context, order: OrderFacts, items: list[Item]) -> str:
    """Until when these can go back and what that rests on, and the question that follows."""
    terms = terms_of(context, items)
    values = {"items": order_items.listed(items, order), "order_id": order.order_id}
    delivered = order.delivered_at or (order.status_at if order.status == "delivered" else None)
    if terms.days is None:
        text = context.say("return.as_said", terms=terms.said, **values)
        return f"{text} {context.say('return.shall_i_ask')}"
    if delivered is None:
        text = context.say("return.not_there", days=terms.days, **values)
        return f"{text} {context.say('return.shall_i')}"
    until = terms.until(context.calendar.local(delivered).date())
    return until_when(context, until, terms.days, context.calendar.on(delivered), values)


def until_when(
    context: Context, until: date | None, days: int, on: str, values: dict[str, str]
) -> str:
    """The last day, or that it is past."""
    last = until or context.calendar.today
    is_past = last < context.calendar.today
    day = context.calendar.named(last)
    key = "return.past" if is_past else "return.until"
    text = context.say(key, until=day, days=days, on=on, **values)
    return f"{text} {context.say('return.shall_i_ask' if is_past else 'return.shall_i')}"


def terms_of(context: Context, items: list[Item]) -> returns.Terms:
    """What holds for these items together."""
    found = catalogue.products(context.turn.session, [item.product_id for item in items])
    return returns.strictest([returns.terms(product.facts, vocabulary()) for product in found])


def already(context: Context, order: OrderFacts, product_ids: list[str]) -> Reply:
    """This return was opened before."""
    case_id = passing_on.number(TOPIC, order_items.thing(order, product_ids))
    what = order_items.listed(order_items.lines(order, product_ids), order)
    return Reply(context.say("return.already", case_id=case_id, items=what))
