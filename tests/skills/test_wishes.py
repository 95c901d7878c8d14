"""What is wished for is read back, passed on once, and can be taken back; offers wait for their answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rapport.customers import offers
from rapport.db.customers import Case, Offer
from tests.model import Chat
from tests.skills.conftest import NOW, World, at, euros

PLANS = (
    ("start-5", "Start 5", 5000, "9.99", "4.00"),
    ("plus-10", "Plus 10", 10000, "14.99", "3.00"),
    ("max-40", "Max 40", 40000, "24.99", "2.00"),
    ("endless", "Endless", None, "39.99", None),
)


@pytest.fixture
def world(world: World) -> World:
    """A customer on ten gigabytes, with a card of 2,000 euros."""
    for plan_id, name, data_mb, price, extra in PLANS:
        told: dict[str, Any] = {"plan_id": plan_id, "name": name, "data_mb": data_mb}
        told |= {"extra_per_gb": euros(extra)} if extra else {}
        world.tell("plan.catalogued", None, price=euros(price), **told)
    world.tell("plan.subscribed", days=-200, plan_id="plus-10", cycle_day=1)
    world.tell("credit.balance_changed", limit=euros("2000.00"), balance=euros("10.00"))
    return world


def summary(world: World) -> str:
    (case,) = world.rows(Case)
    return str(case.summary)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("move me to the 40 GB one", "Max 40"),
        ("the 40 one", "Max 40"),
        ("switch me to max 40", "Max 40"),
        ("switch me to maks 40 pls", "Max 40"),
        ("put me on max", "Max 40"),
        ("from plus 10 to start 5", "Start 5"),
        ("not max 40, start 5", "Start 5"),
        ("the unlimited one", "Endless"),
        ("40gb tarif bitte", "Max 40"),
        ("endles please", "Endless"),
        ("the cheaper one", "Start 5"),
        ("a bigger one", "Max 40"),
        ("the biggest one", "Endless"),
        ("the cheapest", "Start 5"),
    ],
)
def test_the_plan_that_is_meant(world: World, text: str, plan: str) -> None:
    said = world.chat().hear(text, "change_plan")
    assert said.text.startswith(f"{plan}: ")
    assert "Shall I pass the change on?" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("change to plus 10", "You're on Plus 10 already."),
        ("the 25 GB one", "There is no plan with 25 GB."),
        ("the platinum one", "Which one would you like?"),
        ("end my contract", "Ending a contract"),
    ],
)
def test_what_is_no_change(world: World, text: str, expected: str) -> None:
    assert expected in world.chat().hear(text, "change_plan")
    assert world.rows(Case) == []


def test_a_change_is_one_case_whatever_is_wished_for_last(world: World) -> None:
    chat = world.chat()
    for text in ("max 40", "endless", "max 40"):
        chat.now += timedelta(minutes=1)
        chat.hear(text, "change_plan")
        chat.hear("yes", "affirm")
    assert "put it into your open case" in chat.last  # type: ignore[operator]
    newest = summary(world).splitlines()[-1]
    assert newest.startswith(
        "2026-11-23 10:03:00 UTC: plan change Plus 10 → Max 40 (max-40), 24.99"
    )
    chat.hear("max 40", "change_plan")
    assert "passed on already" in chat.hear("yes", "affirm")


@pytest.mark.parametrize(
    ("wish", "intent"), [("max 40", "change_plan"), ("raise it to 3000", "credit_increase")]
)
def test_a_no_right_after_it_was_passed_on_takes_it_back(
    world: World, wish: str, intent: str
) -> None:
    chat = world.chat()
    chat.hear(wish, intent)
    chat.hear("yes", "affirm")
    assert "don't want it after all" in chat.hear("no, better not", "deny")
    assert summary(world).endswith("no longer wanted")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("raise it to 3000", "From €2,000.00 to €3,000.00, that's €1,000.00 more."),
        ("auf 3.000 €", "to €3,000.00"),
        ("500 more", "to €2,500.00"),
        ("by 500", "to €2,500.00"),
        ("from 2000 to 2500", "to €2,500.00"),
        ("3k", "to €3,000.00"),
        ("to 2000", "€2,000.00 is no more than your present limit"),
        ("to 12", "€12.00 is no more than your present limit"),
        ("to 20000000", "€20,000,000.00, is that right?"),
        ("to $3000", "Your limit is kept in EUR"),
        ("higher", "Your limit is €2,000.00. What would you like it to be?"),
        ("2500 or 3000", "Your limit is €2,000.00. What would you like it to be?"),
    ],
)
def test_how_high_the_limit_shall_be(world: World, text: str, expected: str) -> None:
    assert expected in world.chat().hear(text, "credit_increase")
    assert world.rows(Case) == []


def test_a_higher_limit_is_promised_by_nobody(world: World) -> None:
    chat = world.chat()
    chat.hear("higher", "credit_increase")
    chat.tap("€3,000.00")
    said = chat.tap("Yes, pass it on")
    assert "decide; nothing has changed yet" in said
    assert "with the team already" in chat.hear("a higher limit", "credit_increase")
    assert len(world.rows(Case)) == 1


@pytest.fixture
def advised(world: World) -> Chat:
    """A customer to whom a smaller plan was recommended."""
    world.tell("usage.recorded", days=-30, used_mb=3000, cycle_start="2026-10-01")
    chat = world.chat()
    assert "Start 5 (€9.99 a month, €5.00 less than Plus 10)" in chat.hear("which", "plan_options")
    return chat


@pytest.mark.parametrize(
    ("text", "intent", "answer"),
    [
        ("yes", "affirm", "accepted"),
        ("do it", "offer_accept", "accepted"),
        ("then switch me", "change_plan", "accepted"),
        ("start 5 it is", "change_plan", "accepted"),
        ("no", "deny", "declined"),
        ("no thanks", "thank", "declined"),
        ("too dear", "offer_decline", "declined"),
        ("next friday", "offer_later", "later"),
        ("what's in it", "offer_more_info", None),
        ("no, max 40", "deny", None),
        ("what's the weather", "out_of_scope", None),
    ],
)
def test_an_answer_to_the_recommendation(
    world: World, advised: Chat, text: str, intent: str, answer: str | None
) -> None:
    advised.hear(text, intent)
    assert [offer.answer for offer in world.rows(Offer)] == [answer]
    assert len(world.rows(Case)) == (answer == "accepted")


def test_the_answer_may_come_days_later(world: World, advised: Chat) -> None:
    later = Chat(world.sessions, advised.customer_id, NOW + timedelta(days=9))
    assert "Passed on: Start 5" in later.hear("i'll take it", "offer_accept")
    assert "Start 5" in summary(world)
    assert [offer.answer for offer in world.rows(Offer)] == ["accepted"]


def test_a_month_later_it_is_over(world: World, advised: Chat) -> None:
    later = Chat(world.sessions, advised.customer_id, NOW + timedelta(days=31))
    assert "was open until" in later.hear("i'll take it", "offer_accept")
    assert world.rows(Case) == []


def test_a_day_is_noted_and_nothing_is_promised(world: World, advised: Chat) -> None:
    said = advised.hear("next friday", "offer_later")
    assert said.text.startswith("Noted: Friday, 27 November. Start 5 stays open until")
    advised.hear("no, tomorrow", "deny")
    (offer,) = world.rows(Offer)
    assert offer.remind_at.isoformat() == "2026-11-23T23:00:00+00:00"


def test_a_reason_is_kept(world: World, advised: Chat) -> None:
    assert "saying why" in advised.hear("no, that's too expensive", "offer_decline")
    assert [offer.reason for offer in world.rows(Offer)] == ["no, that's too expensive"]


def test_an_unproven_customer_takes_a_plan_only_with_a_proof(world: World) -> None:
    world.customer("C-2", verified=False, email="tom@example.org")
    world.tell("plan.subscribed", "C-2", -200, plan_id="start-5", cycle_day=1)
    world.order("B5501", "lamp", subject="C-2")
    chat = world.chat("C-2")
    assert "make sure it's you" in chat.hear("move me to max 40", "change_plan")
    assert "Max 40" in chat.say("B5501")
    assert "Passed on" in chat.hear("yes", "affirm")


def test_a_plan_on_offer_costs_what_was_offered_however_it_is_asked_for(world: World) -> None:
    chat = world.chat()
    with world.sessions.begin() as session:
        offers.make(
            session,
            customer_id=chat.customer_id,
            topic="offers",
            about=offers.PLAN,
            facts={"plan_id": "max-40", "name": "Max 40", "price": euros("19.99")},
            text="Max 40 for 19.99 euros.",
            origin="spring",
            now=NOW,
            valid_until=NOW + timedelta(days=3),
        )
    assert "€5.00 more than Plus 10" in chat.hear("switch me to max 40", "change_plan")
    assert "€19.99" in chat.hear("yes", "affirm")
    assert [offer.answer for offer in world.rows(Offer)] == ["accepted"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "how much data did I use last month",
            "In your last complete cycle (Thursday, 1 October to",
        ),
        ("will my data last", "No usage has been reported"),
    ],
)
def test_the_last_cycle_is_told_when_it_is_asked_for(
    world: World, text: str, expected: str
) -> None:
    world.tell("usage.recorded", days=-30, used_mb=3000, cycle_start="2026-10-01")
    assert expected in world.chat().hear(text, "data_usage")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is the raoming on my bill", "Roaming, Norway: €12.50, on your bill from"),
        ("what is the roaming on my bill", "It wasn't on the one before."),
        ("what's the 12.50 for", "Roaming, Norway: €12.50"),
        ("why do I pay for extra data", "On the one before it was €4.00."),
        ("was ist die Gutschrift", "Gutschrift: €5.00 in your favour"),
        ("is there a discount on my bill", "Gutschrift: €5.00 in your favour"),
        ("how much tax is on it", "There's nothing like that on your bill"),
        ("why is my bill so high this month", "Your bill from"),
        ("what is plus 10 one month", "It was the same on the one before."),
    ],
)
def test_one_line_of_a_bill(world: World, text: str, expected: str) -> None:
    plan, data = ("Plus 10, one month", "14.99"), ("Extra data 1 GB", "4.00")
    bill(world, "R1", "18.99", -36, plan, data)
    more, roaming = ("Extra data 2 GB", "8.00"), ("Roaming, Norway", "12.50")
    bill(world, "R2", "30.49", -5, plan, more, roaming, ("Gutschrift", "-5.00"))
    assert expected in world.chat().hear(text, "bill_question")


def bill(world: World, bill_id: str, total: str, days: int, *lines: tuple[str, str]) -> None:
    told = [{"label": label, "amount": euros(amount)} for label, amount in lines]
    due_at = at(days + 14)
    world.tell(
        "bill.issued", days=days, bill_id=bill_id, total=euros(total), due_at=due_at, lines=told
    )
