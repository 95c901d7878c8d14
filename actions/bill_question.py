"""The newest bill, its biggest lines, and what is different from the one before."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.dates import get_month_names

from actions.skill import Context, Reply, Skill
from rapport.customers import history_account, naming
from rapport.customers.history_account import BillFacts
from rapport.dialogue import phrases
from rapport.wording import Money, locale_of

LOOKED_AT = 13
BIGGEST = 2
SHORT = 3
"""Letters of a month's name that may be another word: "may", "mai"."""


class BillQuestion(Skill):
    """Total and due day first, then why."""

    intent = "bill_question"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """The bill meant, compared with the one before it."""
        known = history_account.bills(context.turn.session, context.profile.customer_id, LOOKED_AT)
        if not known:
            return Reply(context.say("bill.none"))
        place = place_of(context, known)
        if place is None:
            month = month_named(context)
            return Reply(context.say("bill.not_that_month", month=month_name(context, month or 1)))
        before = known[place + 1] if place + 1 < len(known) else None
        return Reply(" ".join(told(context, known[place], before)))


def place_of(context: Context, known: list[BillFacts]) -> int | None:
    """Where in the list the bill meant is: the newest unless a month is named; None for a month without one."""
    month = month_named(context)
    if month is None:
        return 0
    issued = [context.calendar.local(bill.issued_at).month for bill in known]
    return issued.index(month) if month in issued else None


def month_named(context: Context) -> int | None:
    """The month a text names in full, 1–12; "may" the verb is left alone unless "bill" or "in" stands by."""
    said = set(naming.words(context.heard.text))
    for language in dict.fromkeys((context.language, phrases.DEFAULT_LANGUAGE)):
        for number, name in get_month_names("wide", locale=locale_of(language)).items():
            is_plain = len(name) > SHORT or context.says_any("words.bill")
            if is_plain and set(naming.words(name)) <= said:
                return int(number)
    return None


def month_name(context: Context, month: int) -> str:
    """The month as the language writes it."""
    return str(get_month_names("wide", locale=locale_of(context.language))[month])


def told(context: Context, bill: BillFacts, before: BillFacts | None) -> list[str]:
    """The sentences about a bill."""
    total = context.money(bill.total)
    issued = context.calendar.day(bill.issued_at)
    due = context.calendar.on(bill.due_at) if bill.due_at else None
    is_past = bill.due_at is not None and bill.due_at < context.turn.now
    key = "bill.plain" if due is None else "bill.was_due" if is_past else "bill.due"
    sentences = [context.say(key, total=total, issued=issued, due=due)]
    biggest = sorted(bill.lines, key=lambda line: line.amount.amount, reverse=True)[:BIGGEST]
    if biggest:
        lines = ", ".join(f"{line.label} {context.money(line.amount)}" for line in biggest)
        sentences.append(
            context.say("bill.lines" if len(biggest) > 1 else "bill.line", lines=lines)
        )
    if before is not None and before.total.currency == bill.total.currency:
        sentences.append(compared(context, bill, before))
    return sentences


def compared(context: Context, bill: BillFacts, before: BillFacts) -> str:
    """How much more or less than the bill before, and the line that made most of it."""
    difference = bill.total.amount - before.total.amount
    last = context.money(before.total)
    if not difference:
        return context.say("bill.same", last=last)
    label = cause(bill, before, difference)
    amount = context.money(Money(abs(difference), bill.total.currency))
    key = "bill.more" if difference > 0 else "bill.less"
    return context.say(f"{key}_because" if label else key, amount=amount, last=last, label=label)


def cause(bill: BillFacts, before: BillFacts, difference: Decimal) -> str | None:
    """The label whose amount changed most in the bill's own direction, None when no line tells."""
    now, then = _by_label(bill), _by_label(before)
    sign = 1 if difference > 0 else -1
    changes = {
        label: sign * (now.get(label, Decimal(0)) - then.get(label, Decimal(0)))
        for label in {*now, *then}
    }
    label = max(sorted(changes), key=lambda name: changes[name], default=None)
    return label if label is not None and changes[label] > 0 else None


def _by_label(bill: BillFacts) -> dict[str, Decimal]:
    """Amounts by label without its numbers: "Extra data 3 GB" and "Extra data 4 GB" are the same thing."""
    amounts: dict[str, Decimal] = {}
    for line in bill.lines:
        label = re.sub(r"\s*\(?\d[\d.,]*\s*(?:GB|MB|min|x|×)?\)?", "", line.label).strip()
        label = label if len(label) > 5 else line.label
        amounts[label] = amounts.get(label, Decimal(0)) + line.amount.amount
    return amounts
