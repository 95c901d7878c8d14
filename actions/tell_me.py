""" "Tell me when": asked with what it switches on, kept with its proof, taken back by one tap."""

from __future__ import annotations

import json

from actions import answers
from actions.products import subject_of
from actions.skill import Button, Context, Question, Reply
from rapport.consent import ledger, withdrawal
from rapport.customers import catalogue, wishes
from rapport.customers.catalogue import ProductFacts
from rapport.vocabulary import ConsentState

ASKS = "tell_me"
TOPIC = "wishlist"
METHOD = "whatsapp"
SKILL = {wishes.BACK_IN_STOCK: "back_in_stock", wishes.CHEAPER: "ask_price"}


def is_tapped(context: Context) -> bool:
    """Whether a button of such a question was tapped, of whatever age: it names its product."""
    return context.heard.is_exact and context.heard.entities.get("wanted") in {"yes", "no"}


def asked(context: Context, product: ProductFacts, kind: str, text: str) -> Reply:
    """The answer and the question; who agreed to such news before and asks for these gets no question."""
    subject = subject_of(product)
    if agreed(context) and context.says_any("words.tell_me"):
        return noted(context, product, kind)
    shown = f"{text} {context.say(f'tell_me.{kind}')}"
    question = Question(SKILL[kind], ASKS, {"product_id": product.product_id, "shown": shown})
    return Reply(shown, buttons(context, product, kind), question, subject)


def tapped(context: Context, kind: str) -> Reply:
    """A tap on yes, or on taking it back."""
    product = catalogue.product(context.turn.session, context.heard.entities["product_id"])
    if product is None:
        return Reply(context.say("product.unknown"))
    if context.heard.entities["wanted"] == "no":
        return taken_back(context, product, kind)
    return noted(context, product, kind)


def resumed(context: Context, question: Question, kind: str) -> Reply | None:
    """Yes or no in words."""
    product = catalogue.product(context.turn.session, question.about["product_id"])
    is_yes = answers.verdict(context, SKILL[kind])
    is_wish = not context.heard.is_exact and context.heard.intent == "opt_in"
    if is_yes is False:
        return Reply(context.say("deny"))
    if product is None or not (is_yes or is_wish or _repeats(context, kind)):
        return None
    return noted(context, product, kind)


def reminded(context: Context, question: Question, kind: str) -> Reply | None:
    """The question once more."""
    product = catalogue.product(context.turn.session, question.about["product_id"])
    if product is None:
        return None
    text = f"{product.name}: {context.say(f'tell_me.{kind}')}"
    return Reply(text, buttons(context, product, kind))


def noted(context: Context, product: ProductFacts, kind: str) -> Reply:
    """Kept, with the agreement to hear of it and the words it was given on."""
    if not context.profile.is_on_file:
        return Reply(context.say("stranger.no_history"))
    turn, customer_id = context.turn, context.profile.customer_id
    wishes.want_to_know(
        turn.session,
        customer_id=customer_id,
        kind=kind,
        product_id=product.product_id,
        origin=turn.wamid,
        now=turn.now,
    )
    if not agreed(context):
        agree(context, wording(context, kind))
    text = context.say(f"tell_me.{kind}.noted", product=product.name)
    undo = (context.button("button.undo", payload(product, kind, "no")),)
    return Reply(text, undo, subject=subject_of(product))


def taken_back(context: Context, product: ProductFacts, kind: str) -> Reply:
    """Forgotten; the agreement goes with it when it was given for this."""
    if not context.profile.is_on_file:
        return Reply(context.say("stranger.no_history"))
    turn, customer_id = context.turn, context.profile.customer_id
    asked_by = wishes.forget(
        turn.session, customer_id=customer_id, kind=kind, product_id=product.product_id
    )
    if proof(context) in asked_by:
        disagree(context)
    return Reply(context.say("tell_me.taken_back", product=product.name))


def agreed(context: Context) -> bool:
    """Whether news of wishes are agreed to at this moment."""
    states = ledger.states(context.turn.session, context.profile.customer_id, context.turn.now)
    return states[TOPIC] is ConsentState.IN


def proof(context: Context) -> str | None:
    """The message with which the customer last said something about such news."""
    said = [
        entry
        for entry in ledger.history(context.turn.session, context.profile.customer_id)
        if entry.topic == TOPIC
    ]
    return said[-1].evidence if said else None


def wording(context: Context, kind: str) -> str:
    """The question as it was shown; the customer may have changed the language since."""
    asked_before = context.question or context.question_before
    shown = asked_before.about.get("shown") if asked_before else None
    return str(shown or context.say(f"tell_me.{kind}"))


def agree(context: Context, shown: str) -> None:
    """Consent to news of wishes, with the words shown and the message that said yes."""
    turn = context.turn
    ledger.record(
        turn.session,
        customer_id=context.profile.customer_id,
        topic=TOPIC,
        state=ConsentState.IN,
        method=METHOD,
        origin=f"wamid:{turn.wamid}",
        at=turn.said_at,
        now=turn.now,
        wording=shown,
        evidence=turn.wamid,
    )


def disagree(context: Context) -> None:
    """Withdraw it, with all that is on its way because of it."""
    turn = context.turn
    withdrawal.withdraw(
        turn.session,
        customer_id=context.profile.customer_id,
        topics=(TOPIC,),
        method=METHOD,
        origin=f"wamid:{turn.wamid}:taken back",
        evidence=turn.wamid,
        at=turn.said_at,
        now=turn.now,
    )


def buttons(context: Context, product: ProductFacts, kind: str) -> tuple[Button, ...]:
    """Yes, tell me; no, thanks."""
    return (
        context.button("button.tell_me", payload(product, kind, "yes")),
        context.button("button.no_thanks", "/deny"),
    )


def payload(product: ProductFacts, kind: str, wanted: str) -> str:
    """What a tap says."""
    return f"/{SKILL[kind]}{json.dumps({'product_id': product.product_id, 'wanted': wanted})}"


def _repeats(context: Context, kind: str) -> bool:
    """ "Yes, let me know" sounds like the question itself."""
    return context.heard.intent == SKILL[kind] and context.says_any("words.tell_me")
