"""Plans subscribed, data used, bills, credit, cases and consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from rapport.consent import ledger
from rapport.customers.contract.envelope import Event
from rapport.customers.state import rows
from rapport.vocabulary import ConsentState, CustomerId

Customers = dict[str, CustomerId]
CONSENT = {"consent.granted": ConsentState.IN, "consent.withdrawn": ConsentState.OUT}


def apply(session: Session, events: list[Event], customers: Customers, now: datetime) -> None:
    """Events in the order of their stamps."""
    of = {type_: [event for event in events if event.type == type_] for type_ in _TYPES}
    plans = [_subscription(event, customers) for event in of["plan.subscribed"]]
    rows.replace(session, "subscription", plans, at="subscribed_at")
    usage = [_usage(event, customers) for event in of["usage.recorded"]]
    rows.replace(session, "usage", usage, at="recorded_at")
    bills = [_bill(event, customers) for event in of["bill.issued"]]
    rows.replace(session, "bill", bills, at="issued_at")
    _credit(session, [event for event in events if event.type.startswith("credit.")], customers)
    _cases(session, [e for e in events if e.type.startswith("support.case_")], customers)
    said = [_statement(event, customers) for event in events if event.type in CONSENT]
    ledger.record_all(session, said, now)


_TYPES = ("plan.subscribed", "usage.recorded", "bill.issued")


def _subscription(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "customer_id": customers[str(event.subject)],
        "plan_id": event.data.plan_id,
        "cycle_day": event.data.cycle_day,
        "subscribed_at": event.time,
    }


def _usage(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "customer_id": customers[str(event.subject)],
        "cycle_start": event.data.cycle_start,
        "used_mb": event.data.used_mb,
        "recorded_at": event.time,
    }


def _bill(event: Event, customers: Customers) -> dict[str, Any]:
    data = event.data
    return {
        "bill_id": data.bill_id,
        "customer_id": customers[str(event.subject)],
        "total": data.total.amount,
        "currency": data.total.currency,
        "issued_at": event.time,
        "due_at": data.due_at,
        "lines": [_line(line) for line in data.lines or []],
    }


def _line(line: Any) -> dict[str, Any]:
    amount = {"amount": str(line.amount.amount), "currency": line.amount.currency}
    return {"label": line.label, "amount": amount}


def _credit(session: Session, events: list[Event], customers: Customers) -> None:
    if not events:
        return
    ids = [customers[str(event.subject)] for event in events]
    rows.stubs(session, "credit", "customer_id", [{"customer_id": i} for i in ids])
    credits = rows.load(session, "credit", "customer_id", ids)
    for customer_id, event in zip(ids, events, strict=True):
        credits[customer_id].learn(event, _credit_facts(event))
    rows.store(session, "credit", credits.values(), "customer_id")


def _credit_facts(event: Event) -> dict[str, Any]:
    data = event.data
    limit = data.limit
    facts = {"credit_limit": limit.amount, "currency": limit.currency, "limit_at": event.time}
    if event.type == "credit.balance_changed":
        facts |= {"balance": data.balance.amount, **data.given("due_at")}
    return facts


def _cases(session: Session, events: list[Event], customers: Customers) -> None:
    if not events:
        return
    rows.stubs(session, "support_case", "case_id", [_case(event, customers) for event in events])
    cases = rows.load(session, "support_case", "case_id", (e.data.case_id for e in events))
    for event in events:
        case = cases[event.data.case_id]
        is_opening = event.type == "support.case_opened"
        owner = {"customer_id": customers[str(event.subject)]}
        if case.values["origin"] == "business":
            case.learn(event, owner, weight="opened " if is_opening else "")
        case.learn(event, _case_facts(event, is_opening))
    rows.store(session, "support_case", cases.values(), "case_id")


def _case(event: Event, customers: Customers) -> dict[str, Any]:
    return {
        "case_id": event.data.case_id,
        "customer_id": customers[str(event.subject)],
        "topic": event.data.topic or "support",
        "origin": "business",
    }


def _case_facts(event: Event, is_opening: bool) -> dict[str, Any]:
    """A case that is opened again is open; what a closing does not mention stays."""
    said = {name: value for name, value in event.data.given("topic", "summary").items() if value}
    if is_opening:
        return {**said, "opened_at": event.time, "closed_at": None}
    return {**said, "closed_at": event.time}


def _statement(event: Event, customers: Customers) -> ledger.Statement:
    return ledger.Statement(
        customer_id=customers[str(event.subject)],
        topic=event.data.topic,
        state=CONSENT[event.type],
        method=event.data.method or "import",
        origin=event.origin,
        at=event.time,
        wording=event.data.wording,
        evidence=event.data.evidence,
    )
