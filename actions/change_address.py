"""Another delivery address: for which order, to where, read back and confirmed."""

from __future__ import annotations

import json

from actions import answers, order_status, passing_on
from actions.skill import Context, Question, Reply
from actions.which_order import CONFIRM, About, OrderRequest, asked_order, orders_of, person
from rapport.customers import addresses
from rapport.customers.history_orders import OrderFacts

TOPIC = "change_address"
ADDRESS = "address"
MISSES = 2
"""So many answers without an address, and a person is offered."""


class ChangeAddress(OrderRequest):
    """The new address goes to the case, nowhere else; an order that has left keeps its old one."""

    intent = "change_address"
    which = "address.which"
    left = "address.left"

    def is_open(self, context: Context, order: OrderFacts) -> bool:
        """Not on its way yet."""
        return order.is_changeable

    def told(self, context: Context) -> About:
        """An address, when the message has one."""
        address = address_in(context)
        return {"address": address} if address else {}

    def words(self, context: Context, about: About) -> str:
        """All but the address: a postcode is no order number."""
        return context.heard.text.replace(about.get("address") or address_in(context) or "\0", " ")

    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Where to, is it right, or why it is too late."""
        if not order.is_changeable:
            return too_late(context, order)
        if about.get("address"):
            return self.ask(context, order, about)
        text = context.say("address.where_to", order_id=order.order_id)
        question = self.question(ADDRESS, order, {"address": None})
        return Reply(text, question=question, subject=order_status.subject_of(order))

    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """The address read back."""
        text = context.say("address.sure", order_id=order.order_id, address=about["address"])
        other = f"/change_address{json.dumps({'order_id': order.order_id, 'wanted': 'address'})}"
        buttons = (
            context.button("button.send_there", "/affirm"),
            context.button("button.other_address", other),
            context.button("button.leave_it", "/deny"),
        )
        return Reply(text, buttons, self.question(CONFIRM, order, about))

    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """A case with the address, or a line more in the one that is open."""
        if not order.is_changeable:
            return too_late(context, order)
        case_id, is_new = passing_on.again(context, TOPIC, order.order_id, about["address"])
        key = "address.passed_on" if is_new else "address.added"
        return Reply(context.say(key, case_id=case_id, order_id=order.order_id))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """An address, a better one, another order, yes or no."""
        order = asked_order(orders_of(context), question)
        about = self.told(context) if may_be_address(context, self.intent) else {}
        if order is not None and question.asks in {ADDRESS, CONFIRM}:
            if about:
                return self.go_on(context, order, about)
            if wants_other_address(context, question):
                return self.go_on(context, order, {})
        resumed = super().resume(context, question)
        if resumed is not None or question.asks != ADDRESS or order is None:
            return resumed
        return self._missed(context, order, question)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Where to, or whether the address is right, once more."""
        order = asked_order(orders_of(context), question)
        if question.asks == ADDRESS and order is not None:
            return Reply(context.say("address.where_to", order_id=order.order_id))
        return super().remind(context, question)

    def _missed(self, context: Context, order: OrderFacts, question: Question) -> Reply | None:
        """No, or words that are no address: asked again, then a person."""
        if answers.verdict(context, self.intent) is False:
            return self.left_as_is(context, order)
        if not answers.may_answer(context, self.intent):
            return None
        misses = question.about.get("misses", 0) + 1
        again = self.question(ADDRESS, order, {"address": None, "misses": misses})
        buttons = (person(context),) if misses >= MISSES else ()
        return Reply(context.say("address.not_whole"), buttons, again)


def address_in(context: Context) -> str | None:
    """The whole address in a typed message."""
    if context.heard.is_exact:
        return None
    before = context.words("words.address_before") | context.words("words.correction")
    return addresses.find(context.heard.text, before, context.words("words.address_after"))


def may_be_address(context: Context, intent: str) -> bool:
    """Not another wish that happens to have numbers in it."""
    return answers.may_answer(context, intent) or context.heard.intent == intent


def wants_other_address(context: Context, question: Question) -> bool:
    """ "No, number 6": the address read back is not right, and the right one is not whole yet."""
    if context.heard.is_exact:
        return context.heard.entities.get("wanted") == "address"
    if question.asks != CONFIRM or order_status.names_own_order(context):
        return False
    has_number = any(map(str.isdigit, context.heard.text))
    speaks_of_it = has_number or context.says_any("words.address")
    return speaks_of_it and answers.verdict(context, context.heard.intent) is False


def too_late(context: Context, order: OrderFacts) -> Reply:
    """It has left for the old address, or has arrived, or is off."""
    if order.status in {"shipped", "delayed"}:
        on = context.calendar.on(order.shipped_at or order.status_at)
        text = context.say("address.shipped", order_id=order.order_id, on=on)
        return Reply(text, (person(context),), subject=order_status.subject_of(order))
    state = order_status.told(context, order)
    text = f"{state.text} {context.say('address.too_late')}"
    return Reply(text, (person(context),), subject=order_status.subject_of(order))
