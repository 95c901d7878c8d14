"""Cancel an order or a part of it: only while it has not left, only once, and only after a yes."""

from __future__ import annotations

import json

from actions import order_items, order_status, passing_on
from actions.order_items import ALL
from actions.skill import Button, Context, Question, Reply
from actions.which_item import ItemRequest
from actions.which_order import CONFIRM, About
from rapport.customers.history_orders import OrderFacts

TOPIC = "cancel_order"
OVER = frozenset({"cancelled", "returned", "refunded"})


class CancelOrder(ItemRequest):
    """Asked for, confirmed, passed on as a case; an order that has left can be sent back instead."""

    intent = "cancel_order"
    which = "cancel.which"
    left = "cancel.left"
    which_item = "cancel.which_item"

    def is_open(self, context: Context, order: OrderFacts) -> bool:
        """Not on its way yet."""
        return order.is_changeable

    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Shall it, or a part of it, be cancelled, or why it cannot be."""
        items = meant(context, order, about.get("items"))
        if order.is_changeable and items is None:
            return self.list_items(context, order, about)
        items = items or [ALL]
        for asked in ([ALL], items):
            if passing_on.is_passed_on(context, TOPIC, about_what(order, asked)):
                return already(context, order, asked)
        if not order.is_changeable:
            return too_late(context, order, items)
        return self.ask(context, order, {**about, "items": items})

    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """ "Shall I ask for order A7041 to be cancelled?"."""
        key = "cancel.sure" if about["items"] == [ALL] else "cancel.sure_item"
        text = context.say(key, order_id=order.order_id, items=told(context, order, about["items"]))
        subject = order_status.subject_of(order)
        question = self.question(CONFIRM, order, about)
        return Reply(text, self._choices(context, order, about), question, subject)

    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """A case, unless the order left in the meantime."""
        items, said = about["items"], about.get("said", "")
        if not order.is_changeable:
            return too_late(context, order, items)
        what = told(context, order, items)
        note = said if items == [ALL] else f"{what}: {said}".rstrip(": ")
        case_id = passing_on.once(context, TOPIC, about_what(order, items), order.order_id, note)
        if case_id is None:
            return already(context, order, items)
        key = "cancel.passed_on" if items == [ALL] else "cancel.passed_on_item"
        return Reply(context.say(key, case_id=case_id, order_id=order.order_id, items=what))

    def _choices(self, context: Context, order: OrderFacts, about: About) -> tuple[Button, ...]:
        """Yes, no, and what else may be meant: a part of the order, all of it, another one."""
        buttons = self.buttons(context, order, "button.cancel_it", "button.keep_it")
        if len(order.items) < 2:
            return buttons
        if about["items"] == [ALL]:
            other = {"order_id": order.order_id, "wanted": "item"}
            title = "button.only_a_part"
        else:
            other = {"order_id": order.order_id, "product_id": ALL}
            title = "button.whole_order"
        return (*buttons[:2], context.button(title, f"/cancel_order{json.dumps(other)}"))


def meant(context: Context, order: OrderFacts, known: list[str] | None) -> list[str] | None:
    """What of the order is meant: known by now, or named; empty where nothing is. None to be asked."""
    if context.heard.entities.get("wanted") == "item":
        return None
    if known or len(order.items) < 2:
        return known or [ALL]
    return order_items.named(context, order)


def told(context: Context, order: OrderFacts, items: list[str]) -> str:
    """An order in short; of a part, and of an order with several things, each with what it costs."""
    if len(order.items) < 2:
        return order_status.items(order)
    return order_items.priced(context, order_items.lines(order, items))


def about_what(order: OrderFacts, items: list[str]) -> str:
    """What one case is about."""
    return order.order_id if items == [ALL] else order_items.thing(order, items)


def already(context: Context, order: OrderFacts, items: list[str]) -> Reply:
    """It was asked for before."""
    if order.status in OVER:
        return order_status.told(context, order)
    case_id = passing_on.number(TOPIC, about_what(order, items))
    key = "cancel.already" if items == [ALL] else "cancel.already_item"
    what = order_items.listed(order_items.lines(order, items), order)
    return Reply(context.say(key, case_id=case_id, order_id=order.order_id, items=what))


def too_late(context: Context, order: OrderFacts, items: list[str]) -> Reply:
    """Why it cannot be cancelled any more, and the way back."""
    if order.status in OVER:
        return order_status.told(context, order)
    key = "cancel.delivered" if order.status == "delivered" else "cancel.shipped"
    on = context.calendar.on(order.delivered_at or order.shipped_at or order.status_at)
    buttons = (
        context.button(
            "button.return_it", f"/return_refund{json.dumps({'order_id': order.order_id})}"
        ),
        context.button("button.no_thanks", "/deny"),
    )
    about = {"orders": [order.order_id], "after": CancelOrder.intent}
    about |= {"items": items} if items != [ALL] else {}
    text = context.say(key, order_id=order.order_id, items=order_status.items(order), on=on)
    question = Question("return_refund", "offered", about)
    return Reply(text, buttons, question, order_status.subject_of(order))
