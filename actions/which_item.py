"""A wish that may be about a part of an order: which thing, all of it, or another thing after all."""

from __future__ import annotations

import json
from typing import ClassVar

from actions import answers, order_items, order_status
from actions.skill import Button, Context, Question, Reply
from actions.which_order import CONFIRM, About, OrderRequest, asked_order, orders_of
from rapport.customers.history_orders import OrderFacts

ITEM = "which_item"


class ItemRequest(OrderRequest):
    """Follows a change of mind about the things of an order, before one about the order."""

    which_item: ClassVar[str]
    """The sentence above a list of an order's things."""

    def told(self, context: Context) -> About:
        """The customer's words, and the product when a row was tapped."""
        tapped = context.heard.entities.get("product_id") if context.heard.is_exact else None
        return super().told(context) | ({"items": [tapped]} if tapped else {})

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which thing, another one, or whatever an order is asked about."""
        order = asked_order(orders_of(context), question)
        if order is not None and question.asks in {ITEM, CONFIRM}:
            chosen = order_items.chosen(
                context, order, question, self.intent, is_list=question.asks == ITEM
            )
            if chosen:
                return self.go_on(context, order, {**question.about, "items": chosen})
        resumed = super().resume(context, question)
        if resumed is None and question.asks == ITEM:
            is_no = answers.verdict(context, self.intent) is False
            return Reply(context.say("request.left")) if is_no else None
        return resumed

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which thing, or what an order is asked about, once more."""
        order = asked_order(orders_of(context), question)
        if question.asks == ITEM and order is not None:
            again = self.list_items(context, order, question.about)
            return Reply(again.text, again.buttons)
        return super().remind(context, question)

    def list_items(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """The things of the order, and all of it."""
        kept = {key: value for key, value in about.items() if key != "items"}
        rows = [
            {**self._row(order, item.product_id, item.name), **cost(context, order, place)}
            for place, item in enumerate(order.items[: order_status.ROWS - 1])
        ]
        rows.append(self._row(order, order_items.ALL, context.say("return.all")))
        text = context.say(self.which_item, order_id=order.order_id)
        question = self.question(ITEM, order, {**kept, "items": []})
        return Reply(text, tuple(rows), question, order_status.subject_of(order))

    def _row(self, order: OrderFacts, product_id: str, title: str) -> Button:
        tapped = {"order_id": order.order_id, "product_id": product_id}
        return {"title": title, "payload": f"/{self.intent}{json.dumps(tapped)}"}


def cost(context: Context, order: OrderFacts, place: int) -> Button:
    """The line below a thing in a list: what it cost, where that is known."""
    price = order.items[place].unit_price
    return {"description": context.money(price)} if price is not None else {}
