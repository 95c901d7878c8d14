"""Something is wrong with an order: which one, a case for a person, and what happens next."""

from __future__ import annotations

import json
from datetime import timedelta

from actions import correction, order_status
from actions.context import NAME_WORDS
from actions.skill import Button, Context, Question, Reply, Skill, perform, skills
from rapport.customers import cases, catalogue, history_orders, naming
from rapport.customers.history_orders import OrderFacts

CERTAIN = 0.8
"""Confidence from which a case is opened without asking when no kind of problem was named."""
OWN_TOPICS = "order_%"
"""A return or a new address is another matter than what is wrong with the order."""
RECENT = timedelta(days=60)
"""Delivered longer ago than this, an order is only taken when it is named."""


class OrderProblem(Skill):
    """Named or tapped: the case is opened. Otherwise: is it this one, or which one."""

    intent = "order_problem"
    needs_history = True

    def answer(self, context: Context) -> Reply:
        """Find the order meant, then open a case for it."""
        known = history_orders.orders(context.turn.session, context.profile.customer_id)
        if is_bare_name(context) and not history_orders.by_item(known, context.heard.text):
            return perform(skills()["ask_price"], context)
        if not known:
            return Reply(context.say("problem.no_order"), (person(context),))
        wanted = f"{context.heard.text} {context.heard.entities.get('order_id', '')}"
        number = history_orders.foreign_number(known, wanted)
        if number:
            return which(context, known, context.say("order.unknown", number=number))
        named = history_orders.mentioned(known, wanted) or history_orders.by_item(
            known, context.heard.text
        )
        if len(named) == 1 and is_plain(context):
            return open_for(context, named[0], kind_of(context), said(context))
        candidates = named or recent(context, known)
        if len(candidates) == 1:
            return confirm(context, candidates[0])
        return which(context, candidates, context.say("problem.which"))

    def resume(self, context: Context, question: Question) -> Reply | None:
        """An answer to "is it this one", "which one" or "a photo helps"."""
        if question.asks == "photo":
            return photo(context, question.about["case_id"])
        known = history_orders.orders(context.turn.session, context.profile.customer_id)
        order = answered(context, known, question)
        if order is not None:
            return open_for(context, order, question.about["kind"], question.about["said"])
        if question.asks == "is_it" and context.heard.intent == "deny":
            others = [order for order in known if order.order_id not in question.about["orders"]]
            return which(context, others, context.say("problem.which"), question)
        return None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Which order, or whether it is that one; a photo is not asked for twice."""
        if question.asks == "photo":
            return None
        if question.asks == "which_order":
            return order_status.which_again(context, question, "problem.which_again")
        known = history_orders.orders(context.turn.session, context.profile.customer_id)
        for order in order_status.offered_of(known, question)[:1]:
            is_late = question.asks == "look_into"
            return look_again(context, order) if is_late else confirm_again(context, order)
        return None


def is_bare_name(context: Context) -> bool:
    """ "The kettle": a product is named, and nothing is said to be wrong with it."""
    heard = context.heard
    is_typed = heard.type == "text" and not heard.is_exact and not context.is_correction
    is_short = len(naming.words(heard.text)) <= NAME_WORDS
    is_calm = is_typed and is_short and kind_of(context) is None
    return is_calm and bool(catalogue.find(context.turn.session, heard.text))


def is_plain(context: Context) -> bool:
    """Whether a problem was told beyond doubt; "the kettle one" may be a choice from a list that is gone."""
    is_sure = context.heard.confidence >= CERTAIN
    return (
        is_sure
        or context.is_correction
        or kind_of(context) is not None
        or context.heard.type == "image"
    )


def answered(context: Context, known: list[OrderFacts], question: Question) -> OrderFacts | None:
    """The order that a yes or a name picks; the number of another order is no yes to this one."""
    asked = set(question.about["orders"])
    typed = "" if context.heard.is_exact else correction.wanted(context)
    others = [o for o in history_orders.mentioned(known, typed) if o.order_id not in asked]
    if question.asks == "is_it" and others:
        return others[0] if len(others) == 1 else None
    if question.asks in {"is_it", "look_into"} and context.heard.intent == "affirm":
        return next((order for order in known if order.order_id in asked), None)
    if question.asks == "which_order":
        return order_status.picked(context, known, question)
    return None


def recent(context: Context, known: list[OrderFacts]) -> list[OrderFacts]:
    """Orders that a problem is likely about: the one just spoken of, those that came, those on their way."""
    spoken_of = [o for o in known if o.order_id == context.subject.get("order_id")]
    if spoken_of:
        return spoken_of
    since = context.turn.now - RECENT
    fresh = [o for o in known if o.status_at > since and o.status in {"delivered", "shipped"}]
    arrived = [o for o in fresh if o.status == "delivered"]
    late = kind_of(context) in {"late", "lost"}
    return ([o for o in known if o.is_underway] if late else arrived) or fresh or known


def confirm(context: Context, order: OrderFacts) -> Reply:
    """ "Is it the trail lamp from order A7041?"."""
    about = {"orders": [order.order_id], "kind": kind_of(context), "said": said(context)}
    text = context.say("problem.is_it", order_id=order.order_id, items=order_status.items(order))
    return Reply(text, is_it_buttons(context, order), Question("order_problem", "is_it", about))


def confirm_again(context: Context, order: OrderFacts) -> Reply:
    """The same in fewer words."""
    items = order_status.items(order)
    text = context.say("problem.is_it_again", order_id=order.order_id, items=items)
    return Reply(text, is_it_buttons(context, order))


def look_again(context: Context, order: OrderFacts) -> Reply:
    """Whether a late order shall be looked into, after something else came between."""
    text = context.say("problem.look_into_again", order_id=order.order_id)
    return Reply(text, order_status.late_buttons(context, order))


def is_it_buttons(context: Context, order: OrderFacts) -> tuple[Button, ...]:
    """That one, or another."""
    named = {"order_id": order.order_id} | ({"problem": kind} if (kind := kind_of(context)) else {})
    payload = f"/order_problem{json.dumps(named)}"
    return (
        context.button("button.yes_that_one", payload),
        context.button("button.another_order", "/deny"),
    )


def which(
    context: Context, orders: list[OrderFacts], text: str, before: Question | None = None
) -> Reply:
    """The list of orders it may be about, with what was said kept for later."""
    if not orders:
        return Reply(context.say("problem.no_other"), (person(context),))
    ids = [order.order_id for order in orders[: order_status.ROWS]]
    about = {"kind": kind_of(context), "said": said(context)}
    about |= {key: before.about[key] for key in ("kind", "said")} if before else {}
    rows = order_status.rows(context, orders, "order_problem")
    return Reply(text, rows, Question("order_problem", "which_order", {**about, "orders": ids}))


def open_for(context: Context, order: OrderFacts, kind: str | None, said: str) -> Reply:
    """A case for this order, or a line more in the one that is open."""
    turn, customer_id = context.turn, context.profile.customer_id
    case_id = cases.open_one(
        turn.session, customer_id, turn.now, topic=OWN_TOPICS, order_id=order.order_id
    )
    is_new = case_id is None or case_id == cases.case_id_of(turn.wamid)
    if case_id is None:
        case_id = cases.open_case(
            turn.session,
            customer_id=customer_id,
            topic=f"order_{kind or 'problem'}",
            summary=said,
            order_id=order.order_id,
            origin=turn.wamid,
            now=turn.now,
        )
    elif not is_new:
        cases.add(turn.session, case_id, said)
    note_correction(context, order)
    return told(context, order, case_id, is_new)


def note_correction(context: Context, order: OrderFacts) -> None:
    """A case that was opened for the wrong order says so to whoever looks at it."""
    before = context.question_before
    if context.is_correction and before is not None and "case_id" in before.about:
        note = f"The customer means order {order.order_id} instead."
        cases.add(context.turn.session, before.about["case_id"], note)


def told(context: Context, order: OrderFacts, case_id: str, is_new: bool) -> Reply:
    """What happens next; a photo that came along is kept, otherwise it is welcome."""
    values = {"case_id": case_id, "order_id": order.order_id, "items": order_status.items(order)}
    text = context.say("problem.opened" if is_new else "problem.added", **values)
    if context.heard.type == "image":
        cases.add(context.turn.session, case_id, f"photo {context.turn.wamid}")
        text = f"{text} {context.say('problem.photo_kept')}"
    else:
        text = f"{text} {context.say('problem.photo_welcome')}"
    about = {"case_id": case_id, "orders": [order.order_id]}
    about |= {"kind": kind_of(context), "said": said(context)}
    question = Question("order_problem", "photo", about)
    return Reply(text, question=question, subject=order_status.subject_of(order))


def photo(context: Context, case_id: str) -> Reply | None:
    """A photo, video or document after the case was opened goes with it."""
    if context.heard.intent not in {"sent_image", "sent_video", "sent_document"}:
        return None
    if not context.heard.is_exact:
        return None
    cases.add(context.turn.session, case_id, f"{context.heard.intent[5:]} {context.turn.wamid}")
    return Reply(context.say("problem.photo_added", case_id=case_id))


def kind_of(context: Context) -> str | None:
    """damaged, wrong, missing, faulty, late, lost, or what was understood before a row was tapped."""
    before = context.question_before
    kept = before.about.get("kind") if before and before.skill == "order_problem" else None
    return context.heard.entities.get("problem") or kept


def said(context: Context) -> str:
    """The customer's own words about the problem; a tap or a correction adds none."""
    before = context.question_before
    adds_none = context.heard.is_exact or context.is_correction
    if adds_none and before is not None and "said" in before.about:
        return str(before.about["said"])
    return context.heard.text


def person(context: Context) -> Button:
    """The way to a person."""
    return context.button("button.person", "/ask_human")
