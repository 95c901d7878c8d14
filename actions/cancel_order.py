"""Cancel an order: only while it has not left, only once, and only after a yes."""

from __future__ import annotations

import json

from actions import order_status, passing_on
from actions.skill import Context, Question, Reply
from actions.which_order import CONFIRM, About, OrderRequest
from rapport.customers.history_orders import OrderFacts

TOPIC = "cancel_order"
OVER = frozenset({"cancelled", "returned", "refunded"})


class CancelOrder(OrderRequest):
    """Asked for, confirmed, passed on as a case; an order that has left can be sent back instead."""

    intent = "cancel_order"
    which = "cancel.which"
    left = "cancel.left"

    def is_open(self, context: Context, order: OrderFacts) -> bool:
        """Not on its way yet."""
        return order.is_changeable

    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Shall it be cancelled, or why it cannot be."""
        if passing_on.is_passed_on(context, TOPIC, order.order_id):
            return already(context, order)
        return self.ask(context, order, about) if order.is_changeable else too_late(context, order)

    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """ "Shall I ask for order A7041 to be cancelled?"."""
        items = order_status.items(order)
        text = context.say("cancel.sure", order_id=order.order_id, items=items)
        buttons = self.buttons(context, order, "button.cancel_it", "button.keep_it")
        subject = order_status.subject_of(order)
        return Reply(text, buttons, self.question(CONFIRM, order, about), subject)

    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """A case, unless the order left in the meantime."""
        if not order.is_changeable:
            return too_late(context, order)
        said = about.get("said", "")
        case_id = passing_on.once(context, TOPIC, order.order_id, order.order_id, said)
        if case_id is None:
            return already(context, order)
        items = order_status.items(order)
        return Reply(
            context.say("cancel.passed_on", case_id=case_id, order_id=order.order_id, items=items)
        )


def already(context: Context, order: OrderFacts) -> Reply:
    """It was asked for before."""
    if order.status in OVER:
        return order_status.told(context, order)
    case_id = passing_on.number(TOPIC, order.order_id)
    return Reply(context.say("cancel.already", case_id=case_id, order_id=order.order_id))


def too_late(context: Context, order: OrderFacts) -> Reply:
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
    text = context.say(key, order_id=order.order_id, items=order_status.items(order), on=on)
    question = Question("return_refund", "offered", about)
    return Reply(text, buttons, question, order_status.subject_of(order))
