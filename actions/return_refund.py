"""Send something back: until when, which item, a case for it; and where the money is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from actions import answers, order_status, passing_on
from actions.cancel_order import CancelOrder
from actions.facts import vocabulary
from actions.skill import Context, Question, Reply
from actions.which_order import CONFIRM, About, OrderRequest, asked_order, named_orders, orders_of
from rapport.customers import catalogue, naming, returns
from rapport.customers.history_orders import Item, OrderFacts

TOPIC = "return"
ITEM = "which_item"
ALL = "*"
SENT_BACK = frozenset({"returned", "refunded"})
RECENT = timedelta(days=90)
"""News of a return older than this is only told when the order is named."""


class ReturnRefund(OrderRequest):
    """The state of a return that is underway, else what can go back and until when."""

    intent = "return_refund"
    which = "return.which"
    left = "return.left"

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

    def told(self, context: Context) -> About:
        """The customer's words, and the product when a row was tapped."""
        tapped = context.heard.entities.get("product_id") if context.heard.is_exact else None
        return super().told(context) | ({"product_id": tapped} if tapped else {})

    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """The item, then until when it can go back; what has not left is cancelled instead."""
        if order.status in SENT_BACK or order.status == "cancelled":
            return order_status.told(context, order)
        if order.is_changeable:
            return CancelOrder().go_on(context, order, about)
        product_id = about.get("product_id") or item_named(context, order)
        if product_id is None:
            return self._which_item(context, order, about)
        about = {**about, "product_id": product_id}
        if passing_on.is_passed_on(context, TOPIC, thing(order, product_id)):
            return already(context, order, product_id)
        return self.ask(context, order, about)

    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Until when, and shall a return be opened."""
        buttons = self.buttons(context, order, "button.open_return", "button.leave_it")
        text = deadline(context, order, items_meant(order, about["product_id"]))
        question = self.question(CONFIRM, order, about)
        return Reply(text, buttons, question, order_status.subject_of(order))

    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """A case for the return."""
        what = named(items_meant(order, about["product_id"]), order)
        note = f"{what}: {about.get('said', '')}".rstrip(": ")
        topic_of = thing(order, about["product_id"])
        case_id = passing_on.once(context, TOPIC, topic_of, order.order_id, note)
        if case_id is None:
            return already(context, order, about["product_id"])
        text = context.say("return.passed_on", case_id=case_id, order_id=order.order_id, items=what)
        return Reply(text, subject=order_status.subject_of(order))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which item, another item, or whatever an order is asked about."""
        order = asked_order(orders_of(context), question)
        if order is not None and question.asks == "offered":
            is_yes = answers.verdict(context, self.intent)
            return self.go_on(context, order, question.about) if is_yes else None
        if order is not None and question.asks in {ITEM, CONFIRM}:
            chosen = self._item_chosen(context, order, question)
            if chosen is not None:
                return self.go_on(context, order, {**question.about, "product_id": chosen})
        resumed = super().resume(context, question)
        if resumed is None and question.asks == ITEM:
            is_no = answers.verdict(context, self.intent) is False
            return Reply(context.say("request.left")) if is_no else None
        return resumed

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which item, or what an order is asked about, once more."""
        order = asked_order(orders_of(context), question)
        if question.asks == ITEM and order is not None:
            again = self._which_item(context, order, question.about)
            return Reply(again.text, again.buttons)
        reminded = super().remind(context, question)
        if reminded is None or question.asks != CONFIRM or order is None:
            return reminded
        what = named(items_meant(order, question.about["product_id"]), order)
        return replace(
            reminded, text=context.say("return.again", order_id=order.order_id, items=what)
        )

    def _which_item(self, context: Context, order: OrderFacts, about: About) -> Reply:
        choices = [(item.name, item.product_id) for item in order.items]
        rows = tuple(
            {
                "title": title,
                "payload": f"/return_refund{json.dumps({'order_id': order.order_id, 'product_id': key})}",
            }
            for title, key in [*choices[: order_status.ROWS - 1], (context.say("return.all"), ALL)]
        )
        text = context.say("return.which_item", order_id=order.order_id)
        return Reply(text, rows, self.question(ITEM, order, about))

    def _item_chosen(self, context: Context, order: OrderFacts, question: Question) -> str | None:
        """The item a typed answer names; another one than was asked about, unless none was."""
        if not answers.may_answer(context, self.intent):
            return None
        chosen = item_named(context, order) if len(order.items) > 1 else None
        if chosen is None and question.asks == ITEM:
            place = order_status.ordinal(context, len(order.items))
            chosen = ALL if context.says_any("words.all") else chosen
            return order.items[place].product_id if place is not None else chosen
        return chosen if chosen != question.about.get("product_id") else None


def sent_back(context: Context, known: list[OrderFacts]) -> OrderFacts | None:
    """The order whose money is waited for: one that came back before one that is paid, the newest first."""
    since = context.turn.now - RECENT
    fresh = [order for order in known if order.status in SENT_BACK and order.status_at > since]
    newest = sorted(fresh, key=lambda order: order.status_at, reverse=True)
    return next(iter(sorted(newest, key=lambda order: order.status != "returned")), None)


def asks_for_money(context: Context) -> bool:
    """Money back, rather than a parcel to send."""
    return context.says_any("words.refund")


def item_named(context: Context, order: OrderFacts) -> str | None:
    """The item of an order that the message names; the only one there is."""
    if len(order.items) == 1:
        return order.items[0].product_id
    if not order.items:
        return ALL
    names = {item.product_id: [item.name, *item.aliases] for item in order.items}
    meant = naming.meant(context.heard.text, names)
    return meant[0] if len(meant) == 1 else None


def items_meant(order: OrderFacts, product_id: str) -> list[Item]:
    """The lines of the order that shall go back."""
    return [item for item in order.items if product_id in {ALL, item.product_id}]


def named(items: list[Item], order: OrderFacts) -> str:
    """ "Trail lamp, Flask"; the number of an order without lines."""
    return ", ".join(item.name for item in items) or order.order_id


def deadline(context: Context, order: OrderFacts, items: list[Item]) -> str:
    """Until when these can go back and what that rests on, and the question that follows."""
    terms = terms_of(context, items)
    values = {"items": named(items, order), "order_id": order.order_id}
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


def thing(order: OrderFacts, product_id: str) -> str:
    """What one case is about."""
    return f"{order.order_id}:{product_id}"


def already(context: Context, order: OrderFacts, product_id: str) -> Reply:
    """This return was opened before."""
    case_id = passing_on.number(TOPIC, thing(order, product_id))
    what = named(items_meant(order, product_id), order)
    return Reply(context.say("return.already", case_id=case_id, items=what))
