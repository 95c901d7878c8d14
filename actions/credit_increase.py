"""A higher credit limit: to how much, confirmed, and passed on to the people who decide."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from actions import wish
from actions.context import SHORT
from actions.skill import Button, Context, Question, Reply, Skill
from rapport.customers import history_account
from rapport.customers.history_account import CreditFacts
from rapport.understanding import values
from rapport.wording import Money

TOPIC = "credit_increase"
TIMES = 10
"""Ten times the present limit or more is a slip of the thumb rather than a wish."""
SUGGESTED = (Decimal("1.25"), Decimal("1.5"))
YES = frozenset({"affirm", "offer_accept"})
ANSWERS = YES | wish.NO | {"credit_increase", "credit_limit", "nlu_fallback", "out_of_scope"}


class CreditIncrease(Skill):
    """The new limit is read back before the wish is passed on; nobody is promised anything."""

    intent = "credit_increase"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """The question how high, or whether it is to be that high."""
        credit = history_account.credit(context.turn.session, context.profile.customer_id)
        if credit is None or credit.limit is None:
            return Reply(context.say("increase.no_limit"), (person(context),))
        tapped = context.heard.entities.get("new_limit")
        if tapped:
            return pass_on(context, credit.limit._replace(amount=Decimal(tapped)), credit)
        case_id = wish.open_case(context, TOPIC)
        asked_for = suggested(context, credit.limit) or new_limit(context, credit.limit)
        if case_id is not None and asked_for is None:
            return Reply(context.say("increase.open", case_id=case_id))
        return ask(context, credit) if asked_for is None else judge(context, credit, asked_for)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """An amount, a yes or a no."""
        credit = history_account.credit(context.turn.session, context.profile.customer_id)
        if credit is None or credit.limit is None or context.heard.intent == "ask_human":
            return None
        wanted = question.about.get("limit")
        asked_for = None if context.heard.is_exact else new_limit(context, credit.limit, wanted)
        if asked_for is not None and is_answer(context, question):
            return judge(context, credit, asked_for)
        if question.asks == "passed_on":
            return wish.take_back(context, TOPIC) if wish.is_no(context) else None
        if wish.is_no(context):
            return refused(context, credit)
        if wanted is not None and context.heard.intent in YES:
            return pass_on(context, credit.limit._replace(amount=Decimal(wanted)), credit)
        return None

    def leave(self, context: Context, question: Question) -> Reply | None:
        """What was passed on a moment ago is not wanted after all."""
        return wish.take_back(context, TOPIC) if question.asks == "passed_on" else None

    def remind(self, context: Context, question: Question) -> Reply | None:
        """Back to the amount that was asked about."""
        credit = history_account.credit(context.turn.session, context.profile.customer_id)
        if credit is None or credit.limit is None or question.asks == "passed_on":
            return None
        wanted = question.about.get("limit")
        if wanted is None:
            text = context.say("increase.back_to_amount")
            return Reply(text, suggestions(context, credit.limit), question)
        new = credit.limit._replace(amount=Decimal(wanted))
        text = context.say("increase.back_to", new=context.money(new))
        return Reply(text, yes_or_no(context, new), question)


def suggested(context: Context, limit: Money) -> Money | None:
    """The amount that was tapped."""
    tapped = context.heard.entities.get("amount") if context.heard.is_exact else None
    return limit._replace(amount=Decimal(tapped)) if tapped else None


def is_answer(context: Context, question: Question) -> bool:
    """Whether an amount in the message answers the question, and is no question of its own."""
    is_short = len(context.heard.text.split()) <= SHORT
    is_choice = question.asks == "amount" and is_short
    return context.heard.intent in ANSWERS or is_choice or context.begins_with_no


def new_limit(context: Context, limit: Money, asked: str | None = None) -> Money | None:
    """The limit the message asks for: "to 3000" as it is, "500 more" on top; None without an amount.

    Of several amounts, the present limit and one that was asked about are left out.
    """
    said = values.amounts(context.heard.text, context.language)
    known = {limit.amount, Decimal(asked)} if asked else {limit.amount}
    news = [amount for amount in said if amount.value not in known] or said
    if len({amount.value for amount in news}) != 1:
        return None
    amount = news[0]
    currency = amount.currency or limit.currency
    on_top = amount.is_more and currency == limit.currency
    return Money(amount.value + (limit.amount if on_top else 0), currency)


def judge(context: Context, credit: CreditFacts, new: Money) -> Reply:
    """An amount that makes sense is read back; any other is asked for again, kindly."""
    limit = credit.limit or new
    if new.currency != limit.currency:
        return ask_again(context, limit, "increase.currency", currency=limit.currency)
    if new.amount <= limit.amount:
        return ask_again(context, limit, "increase.not_above", new=context.money(new))
    if new.amount >= limit.amount * TIMES:
        return ask_again(context, limit, "increase.too_much", new=context.money(new))
    more = context.money(Money(new.amount - limit.amount, limit.currency))
    text = context.say(
        "increase.confirm", limit=context.money(limit), new=context.money(new), more=more
    )
    about = {"limit": str(new.amount)}
    return Reply(text, yes_or_no(context, new), Question("credit_increase", "confirm", about))


def ask(context: Context, credit: CreditFacts) -> Reply:
    """How high it shall be."""
    limit = credit.limit or Money(Decimal(0), "EUR")
    return ask_again(context, limit, "increase.how_much")


def ask_again(context: Context, limit: Money, key: str, **told: object) -> Reply:
    """The question for an amount, with what is on file and two amounts to tap."""
    text = context.say(key, limit=context.money(limit), **told)
    return Reply(text, suggestions(context, limit), Question("credit_increase", "amount"))


def suggestions(context: Context, limit: Money) -> tuple[Button, ...]:
    """A quarter and a half more, and the way out."""
    shown = [limit._replace(amount=rounded(limit.amount * times)) for times in SUGGESTED]
    taps = tuple(
        {"title": context.money(new), "payload": f'/credit_increase{{"amount": "{new.amount}"}}'}
        for new in shown
        if new.amount > limit.amount
    )
    return (*taps, context.button("button.no_thanks", "/deny"))


def rounded(amount: Decimal) -> Decimal:
    """To two telling digits and no decimals: 2,500 rather than 2,481.25."""
    digits = amount.adjusted() - 1
    return amount.quantize(Decimal(1).scaleb(max(0, digits)), ROUND_HALF_UP).quantize(Decimal(1))


def yes_or_no(context: Context, new: Money) -> tuple[Button, ...]:
    """Pass it on, or leave it."""
    yes = f'/credit_increase{{"new_limit": "{new.amount}"}}'
    return context.button("button.pass_on", yes), context.button("button.no_thanks", "/deny")


def refused(context: Context, credit: CreditFacts) -> Reply:
    """The limit stays; "no, another amount" asks for it."""
    if wish.says(context, "words.another") and not context.heard.is_exact:
        return ask(context, credit)
    limit = credit.limit
    return Reply(context.say("increase.stays", limit=context.money(limit) if limit else ""))


def pass_on(context: Context, new: Money, credit: CreditFacts) -> Reply:
    """The wish as a case; the team decides."""
    limit = credit.limit or new
    if new.amount <= limit.amount:
        return ask_again(context, limit, "increase.not_above", new=context.money(new))
    line = f"credit limit {limit.amount} → {new.amount} {new.currency}"
    passed = wish.pass_on(context, TOPIC, line)
    text = context.say(f"increase.{passed.state}", new=context.money(new), case_id=passed.case_id)
    about = {"limit": str(new.amount)}
    return Reply(text, question=Question("credit_increase", "passed_on", about))


def person(context: Context) -> Button:
    """The way to a person."""
    return context.button("button.person", "/ask_human")
