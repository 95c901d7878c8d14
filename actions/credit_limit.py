"""The credit limit, what is used of it, what is left, and when it is due."""

from __future__ import annotations

from actions.skill import Context, Reply, Skill
from rapport.customers import history_account
from rapport.customers.history_account import CreditFacts
from rapport.wording import Money


class CreditLimit(Skill):
    """What is left comes first."""

    intent = "credit_limit"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """Left, used, limit, due."""
        credit = history_account.credit(context.turn.session, context.profile.customer_id)
        if credit is None:
            return Reply(context.say("credit.none"))
        sentences = [balance(context, credit)]
        if credit.due_at is not None and credit.due_at >= context.turn.now:
            sentences.append(context.say("credit.due", due=context.calendar.on(credit.due_at)))
        elif credit.due_at is not None:
            sentences.append(context.say("credit.was_due", due=context.calendar.on(credit.due_at)))
        return Reply(" ".join(sentences))


def balance(context: Context, credit: CreditFacts) -> str:
    """One sentence with all figures on file."""
    limit, used, left = credit.limit, credit.balance, credit.left
    if limit is None or used is None or left is None:
        return half_known(context, credit)
    values = {
        "left": context.money(left),
        "limit": context.money(limit),
        "balance": context.money(used),
        "percent": credit.used_percent,
    }
    if used.amount > limit.amount:
        over = context.money(Money(used.amount - limit.amount, limit.currency))
        return context.say("credit.over", over=over, **values)
    if used.amount < 0:
        surplus = context.money(Money(-used.amount, used.currency))
        return context.say("credit.in_credit", surplus=surplus, **values)
    return context.say("credit.left", **values)


def half_known(context: Context, credit: CreditFacts) -> str:
    """Only a limit or only a balance is on file."""
    if credit.limit is not None:
        return context.say("credit.limit_only", limit=context.money(credit.limit))
    if credit.balance is not None:
        return context.say("credit.balance_only", balance=context.money(credit.balance))
    return context.say("credit.none")
