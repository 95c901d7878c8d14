"""A wish that is about one order: which one, is it really meant, and then it is passed on."""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

from actions import answers, correction, order_status
from actions.skill import Button, Context, Question, Reply, Skill
from rapport.customers import history_orders
from rapport.customers.history_orders import OrderFacts

About = dict[str, Any]
WHICH, CONFIRM = "which_order", "confirm"


class OrderRequest(Skill):
    """Finds the order, asks before anything is done, follows a change of mind."""

    needs_history = True
    which: ClassVar[str]
    """The sentence above a list of orders."""
    left: ClassVar[str]
    """The sentence after a no."""

    @abstractmethod
    def is_open(self, context: Context, order: OrderFacts) -> bool:
        """Whether the wish can still be about this order."""

    @abstractmethod
    def go_on(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """What is asked or said once the order is known. `about`: what was said before."""

    @abstractmethod
    def ask(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """The question before it is done, in a sentence with its buttons."""

    @abstractmethod
    def do(self, context: Context, order: OrderFacts, about: About) -> Reply:
        """Pass it on, and say so."""

    def told(self, context: Context) -> About:
        """What the message itself says about the wish; a tap or a correction adds nothing."""
        return {} if adds_nothing(context) else {"said": context.heard.text}

    def words(self, context: Context, about: About) -> str:
        """The part of the message in which an order may be named."""
        return context.heard.text

    def nothing(self, context: Context, known: list[OrderFacts]) -> Reply:
        """None of the orders is open for it: the newest one tells why."""
        return self.go_on(context, known[0], self.told(context))

    def answer(self, context: Context) -> Reply:
        """The order meant, or the question which one is."""
        known = orders_of(context)
        if not known:
            return Reply(context.say("order.none"))
        about = kept(context, self.intent) | self.told(context)
        pointed = replace(context, heard=replace(context.heard, text=self.words(context, about)))
        number = history_orders.foreign_number(known, pointed.heard.text)
        if number:
            text = context.say("order.unknown", number=number)
            return self.list(context, self._offered(context, known), about, text)
        named = named_orders(pointed, known)
        candidates = self._offered(context, named or known)
        if not named and not self._open(context, known):
            return self.nothing(context, known)
        if len(candidates) == 1:
            return self.go_on(context, candidates[0], about)
        return self.list(context, candidates, about, context.say(self.which))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """Which order, another one, yes or no."""
        known = orders_of(context)
        if question.asks == WHICH:
            return self._chosen(context, known, question)
        changed = self._changed(context, known, question)
        if changed is not None or question.asks != CONFIRM:
            return changed
        order = asked_order(known, question)
        verdict = answers.verdict(context, self.intent)
        if verdict is None or order is None:
            return None
        if verdict:
            return self.do(context, order, question.about)
        return self.left_as_is(context, order)

    def remind(self, context: Context, question: Question) -> Reply | None:
        """The list, or the question before it is done, once more."""
        known = orders_of(context)
        if question.asks == WHICH:
            listed = self.list(context, asked_orders(known, question), question.about, "")
            return replace(listed, text=context.say(self.which), question=None)
        order = asked_order(known, question)
        if question.asks != CONFIRM or order is None:
            return None
        return replace(self.ask(context, order, question.about), question=None)

    def left_as_is(self, context: Context, order: OrderFacts) -> Reply:
        """A no is taken."""
        return Reply(context.say(self.left, order_id=order.order_id))

    def list(self, context: Context, orders: list[OrderFacts], about: About, text: str) -> Reply:
        """The orders it may be about, with what was said kept for later."""
        rows = order_status.rows(context, orders, self.intent)
        ids = [order.order_id for order in orders[: order_status.ROWS]]
        return Reply(text, rows, Question(self.intent, WHICH, {**about, "orders": ids}))

    def question(self, asks: str, order: OrderFacts, about: About) -> Question:
        """A question about one order."""
        return Question(self.intent, asks, {**about, "orders": [order.order_id]})

    def buttons(self, context: Context, order: OrderFacts, yes: str, no: str) -> tuple[Button, ...]:
        """Yes, no, and another order where there is one."""
        both = (context.button(yes, "/affirm"), context.button(no, "/deny"))
        others = [o for o in self._open(context, orders_of(context)) if o != order]
        other = f"/{self.intent}{json.dumps({'wanted': 'other'})}"
        return both + ((context.button("button.another_order", other),) if others else ())

    def _open(self, context: Context, orders: list[OrderFacts]) -> list[OrderFacts]:
        return [order for order in orders if self.is_open(context, order)]

    def _offered(self, context: Context, orders: list[OrderFacts]) -> list[OrderFacts]:
        """The one just spoken of, else those that are open, else all."""
        still_open = self._open(context, orders)
        spoken_of = [o for o in still_open if o.order_id == context.subject.get("order_id")]
        return spoken_of or still_open or orders

    def _chosen(
        self, context: Context, known: list[OrderFacts], question: Question
    ) -> Reply | None:
        if not answers.may_answer(context, self.intent) and context.heard.intent != "deny":
            return None
        order = order_status.picked(context, known, question)
        if order is not None:
            return self.go_on(context, order, question.about)
        is_no = answers.verdict(context, self.intent) is False
        return Reply(context.say("request.left")) if is_no else None

    def _changed(
        self, context: Context, known: list[OrderFacts], question: Question
    ) -> Reply | None:
        """ "No, the boots": another order than the one we asked about."""
        asked = set(question.about["orders"])
        others = [order for order in known if order.order_id not in asked]
        if not (answers.may_answer(context, self.intent) or answers.wants_another(context)):
            return None
        pointed = replace(context, heard=replace(context.heard, text=self.words(context, {})))
        named = [o for o in named_orders(pointed, known) if o.order_id not in asked]
        if not named and not answers.wants_another(context):
            return None
        wanted = named or self._open(context, others) or others
        if not wanted:
            return Reply(context.say("problem.no_other"), (person(context),))
        about = {key: value for key, value in question.about.items() if key != "items"}
        if len(wanted) == 1:
            return self.go_on(context, wanted[0], about)
        return self.list(context, wanted, about, context.say(self.which))


def orders_of(context: Context) -> list[OrderFacts]:
    """The customer's orders, newest first."""
    return history_orders.orders(context.turn.session, context.profile.customer_id)


def named_orders(context: Context, known: list[OrderFacts]) -> list[OrderFacts]:
    """The orders that a message or a tap names, by number or by what is in them."""
    text = f"{correction.wanted(context)} {context.heard.entities.get('order_id', '')}"
    return history_orders.mentioned(known, text) or history_orders.by_item(known, text)


def asked_orders(known: list[OrderFacts], question: Question) -> list[OrderFacts]:
    """The orders that a question is about, in its order."""
    ids = question.about["orders"]
    found = [order for order in known if order.order_id in ids]
    return sorted(found, key=lambda order: ids.index(order.order_id))


def asked_order(known: list[OrderFacts], question: Question) -> OrderFacts | None:
    """The one order that a question is about."""
    return next(iter(asked_orders(known, question)), None)


def kept(context: Context, intent: str) -> About:
    """What was said before a row was tapped or another order was meant after all."""
    before = context.question_before
    if before is None or before.skill != intent or not adds_nothing(context):
        return {}
    past = {"orders", "items"} if context.is_correction else {"orders"}
    return {key: value for key, value in before.about.items() if key not in past}


def adds_nothing(context: Context) -> bool:
    """Whether the message only says which, not what is wished."""
    return context.heard.is_exact or context.is_correction


def person(context: Context) -> Button:
    """The way to a person."""
    return context.button("button.person", "/ask_human")
