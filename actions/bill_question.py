"""The newest bill, its biggest lines, and what is different from the one before."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.dates import get_month_names

from actions import answers, bill_lines
from actions.skill import Context, Question, Reply, Skill, skills
from rapport.customers import history_account, naming
from rapport.customers.history_account import BillFacts, BillLine
from rapport.dialogue import phrases
from rapport.wording import Money, locale_of

LOOKED_AT = 13
BIGGEST = 2
SHORT_TEXT = 8
"""Words up to which a message after a bill may still be about it without saying so."""
SHORT = 3
"""Letters of a month's name that may be another word: "may", "mai"."""


class BillQuestion(Skill):
    """Total and due day first, then why; or the one line that is asked for."""

    intent = "bill_question"
    needs_proof = True

    def answer(self, context: Context) -> Reply:
        """The bill meant, compared with the one before it."""
        known = history_account.bills(context.turn.session, context.profile.customer_id, LOOKED_AT)
        if not known:
            return without_bills(context)
        month = month_named(context)
        place = 0 if month is None else place_of(context, known, month)
        if place is None:
            return Reply(context.say("bill.not_that_month", month=month_name(context, month or 1)))
        return shown(context, known, place)

    def resume(self, context: Context, question: Question) -> Reply | None:
        """ "And the one before?", "no, October's", "and the roaming?" after a bill was told."""
        if context.heard.is_exact or len(context.heard.text.split()) > SHORT_TEXT:
            return None
        known = history_account.bills(context.turn.session, context.profile.customer_id, LOOKED_AT)
        places = [
            place for place, bill in enumerate(known) if bill.bill_id == question.about["bill_id"]
        ]
        month = month_named(context, is_about_bills=True)
        if month is not None and (place := place_of(context, known, month)) is not None:
            return shown(context, known, place)
        if places and is_the_one_before(context) and places[0] + 1 < len(known):
            return shown(context, known, places[0] + 1)
        if places and bill_lines.meant(context, known[places[0]].lines):
            return shown(context, known, places[0])
        return None


def without_bills(context: Context) -> Reply:
    """Who has a credit and no bills asks when that is due."""
    credit = history_account.credit(context.turn.session, context.profile.customer_id)
    is_due = credit is not None and credit.due_at is not None
    return skills()["credit_limit"].answer(context) if is_due else Reply(context.say("bill.none"))


def is_the_one_before(context: Context) -> bool:
    """ "And the one before?", "no, last month's"."""
    is_last = re.search(context.say("words.last_cycle"), context.heard.text.lower())
    return context.says_any("words.before") or bool(is_last and answers.starts_with_no(context))


def shown(context: Context, known: list[BillFacts], place: int) -> Reply:
    """A bill, or its lines that were asked for; what comes next may be about it."""
    before = known[place + 1] if place + 1 < len(known) else None
    text = lines_told(context, known[place], before) or " ".join(
        told(context, known[place], before)
    )
    between = context.question_before
    is_free = between is None or between.skill == "bill_question"
    about = {"bill_id": known[place].bill_id}
    return Reply(text, question=Question("bill_question", "more", about) if is_free else None)


def lines_told(context: Context, bill: BillFacts, before: BillFacts | None) -> str | None:
    """The lines that are asked for, each with what it was before; None when it is the whole bill."""
    found = bill_lines.meant(context, bill.lines)
    issued = context.calendar.day(bill.issued_at)
    if len(found) == 1:
        return " ".join(line_told(context, found[0], bill, before))
    if found:
        return context.say("bill.these_lines", issued=issued, lines=listed(context, found))
    if bill.lines and bill_lines.concept_said(context):
        lines = listed(context, biggest(bill))
        return context.say("bill.no_such_line", issued=issued, lines=lines)
    return None


def line_told(
    context: Context, line: BillLine, bill: BillFacts, before: BillFacts | None
) -> list[str]:
    """One line: what it is, its amount, and how it was on the bill before."""
    values = {
        "label": line.label,
        "amount": context.money(Money(abs(line.amount.amount), line.amount.currency)),
        "issued": context.calendar.day(bill.issued_at),
        "total": context.money(bill.total),
    }
    is_credit = line.amount.amount < 0
    sentences = [context.say("bill.this_credit" if is_credit else "bill.this_line", **values)]
    if before is not None and before.lines and before.total.currency == bill.total.currency:
        amount = bill_lines.by_label_sums(before.lines).get(bill_lines.bare(line.label))
        sentences.append(then(context, amount, line, before))
    return sentences


def then(context: Context, amount: Decimal | None, line: BillLine, before: BillFacts) -> str:
    """What the line was on the bill before."""
    if amount is None:
        return context.say("bill.line_new")
    last = context.money(Money(abs(amount), before.total.currency))
    return context.say(
        "bill.line_same" if amount == line.amount.amount else "bill.line_was", last=last
    )


def place_of(context: Context, known: list[BillFacts], month: int) -> int | None:
    """Where in the list the newest bill of a month is, None without one."""
    issued = [context.calendar.local(bill.issued_at).month for bill in known]
    return issued.index(month) if month in issued else None


def month_named(context: Context, is_about_bills: bool = False) -> int | None:
    """The month a text names in full, 1–12; "may" the verb is left alone unless "bill" or "in" stands by."""
    said = set(naming.words(context.heard.text))
    for language in dict.fromkeys((context.language, phrases.DEFAULT_LANGUAGE)):
        for number, name in get_month_names("wide", locale=locale_of(language)).items():
            is_plain = len(name) > SHORT or is_about_bills or context.says_any("words.bill")
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
    most = biggest(bill)
    if most:
        key = "bill.lines" if len(most) > 1 else "bill.line"
        sentences.append(context.say(key, lines=listed(context, most)))
    if before is not None and before.total.currency == bill.total.currency:
        sentences.append(compared(context, bill, before))
    return sentences


def biggest(bill: BillFacts) -> list[BillLine]:
    """The lines that make most of a bill."""
    return sorted(bill.lines, key=lambda line: line.amount.amount, reverse=True)[:BIGGEST]


def listed(context: Context, lines: list[BillLine]) -> str:
    """ "Plus 10 €14.99, Roaming €6.40"."""
    return ", ".join(f"{line.label} {context.money(line.amount)}" for line in lines)


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
    now, last = bill_lines.by_label_sums(bill.lines), bill_lines.by_label_sums(before.lines)
    sign = 1 if difference > 0 else -1
    changes = {
        label: sign * (now.get(label, Decimal(0)) - last.get(label, Decimal(0)))
        for label in {*now, *last}
    }
    label = max(sorted(changes), key=lambda name: changes[name], default=None)
    return label if label is not None and changes[label] > 0 else None
