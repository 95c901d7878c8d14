"""Data, plans, bills and credit: figures with their ground, for the right person only."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from rapport.db.conversation import Conversation, Outbox
from tests.model import Chat
from tests.skills.conftest import NOW, World, at, euros

FIGURES = ("4.1", "30.49", "189.45", "21.99")


@pytest.fixture
def account(world: World) -> World:
    """Five gigabytes a month that never last, two bills, a card that is nearly full."""
    plans = (("S5", "Start 5", 5000, "9.99"), ("P10", "Plus 10", 10000, "14.99"))
    for plan_id, name, data_mb, price in plans:
        extra = euros("4.00")
        world.tell(
            "plan.catalogued",
            None,
            plan_id=plan_id,
            name=name,
            data_mb=data_mb,
            price=euros(price),
            extra_per_gb=extra,
        )
    fill(world, "C-1")
    return world


def fill(world: World, subject: str) -> None:
    world.tell("plan.subscribed", subject, -200, plan_id="S5", cycle_day=1)
    for month, used in ((8, 7200), (9, 8100), (10, 9000), (11, 4100)):
        days = -100 + month if month < 11 else 0
        world.tell(
            "usage.recorded", subject, days, used_mb=used, cycle_start=f"2026-{month:02d}-01"
        )
    lines = [("Start 5", "9.99"), ("Extra data 3 GB", "12.00")]
    bill(world, subject, "R1", "21.99", -30, lines)
    lines = [("Start 5", "9.99"), ("Extra data 4 GB", "16.00"), ("Roaming", "4.50")]
    bill(world, subject, "R2", "30.49", -2, lines)
    world.tell(
        "credit.balance_changed",
        subject,
        limit=euros("2000.00"),
        balance=euros("1810.55"),
        due_at=at(5),
    )


def bill(
    world: World, subject: str, bill_id: str, total: str, days: int, lines: list[tuple[str, str]]
) -> None:
    told = [{"label": label, "amount": euros(amount)} for label, amount in lines]
    world.tell(
        "bill.issued",
        subject,
        days,
        bill_id=bill_id,
        total=euros(total),
        due_at=at(days + 14),
        lines=told,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how many gigs left", "You've used 4.1 of the 5 GB in your plan Start 5"),
        ("how many gigs left", "renews on Tuesday, 1 December"),
        ("how many gigs left", "about 0.3 GB over, around €1.39 extra"),
        ("how many gigs left", "Plus 10 (€14.99 a month) would have been cheaper in each of your"),
        ("which plan suits me", "over your last 3 cycles you used 8.1 GB on average"),
        ("which plan suits me", "it would have saved €7.40 a cycle"),
        ("why is my bill so high", "Your bill from Saturday, 21 November is €30.49"),
        ("why is my bill so high", "due on Saturday, 5 December"),
        ("why is my bill so high", "Biggest lines: Extra data 4 GB €16.00, Start 5 €9.99"),
        ("why is my bill so high", "€8.50 more than the one before (€21.99), mostly Roaming"),
        ("how much was my october bill", "Your bill from Saturday, 24 October was €21.99"),
        ("how close am i to my limit", "You have €189.45 left. €1,810.55 of your €2,000.00"),
        ("how close am i to my limit", "due on Saturday, 28 November"),
    ],
)
def test_a_verified_customer_hears_the_figure(account: World, text: str, expected: str) -> None:
    said = account.chat().say(text)
    assert expected in said
    assert len(said.text) <= 300


def test_the_better_plan_is_one_tap_away(account: World) -> None:
    chat = account.chat()
    chat.say("how many gigs left")
    assert "Plus 10: 10 GB for €14.99 a month" in chat.tap("See Plus 10")


def test_staying_is_taken_without_argument(account: World) -> None:
    chat = account.chat()
    chat.say("how many gigs left")
    assert chat.tap("Stay on Start 5").text == "All right, I'll leave it at that."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how many gigs left", "no mobile plan on file"),
        ("why is my bill so high", "no bill on file"),
        ("how close am i to my limit", "no credit line on file"),
    ],
)
def test_without_a_row_it_says_so(world: World, text: str, expected: str) -> None:
    assert expected in world.chat().say(text)


@pytest.fixture
def unproven(account: World) -> World:
    """A customer the business has not verified, with an order on file."""
    account.customer("C-2", verified=False, email="tom@example.org")
    fill(account, "C-2")
    account.order("B5501", "lamp", subject="C-2", address="12 High Street, London SW1A 1AA")
    return account


ASK = ("how many gigs left", "why is my bill so high", "how close am i to my limit")


@pytest.mark.parametrize("text", ASK)
def test_an_unproven_customer_is_asked_first(unproven: World, text: str) -> None:
    said = unproven.chat("C-2").say(text)
    assert "what is the postcode your last order went to or your last order number?" in said
    assert not any(figure in said for figure in FIGURES)


@pytest.mark.parametrize("proof", ["SW1A 1AA", "sw1a1aa", "it's SW1A 1AA", "B5501", "order b5501"])
def test_the_right_answer_is_followed_by_what_was_asked(unproven: World, proof: str) -> None:
    chat = unproven.chat("C-2")
    chat.say("how many gigs left")
    said = chat.say(proof)
    assert "You've used 4.1 of the 5 GB" in said
    assert "189.45" in chat.say("how close am i to my limit")


def test_a_proof_ends_with_the_day(unproven: World) -> None:
    chat = unproven.chat("C-2")
    chat.say("how many gigs left")
    chat.say("B5501")
    later = Chat(unproven.sessions, chat.customer_id, NOW + timedelta(hours=25))
    assert "make sure it's you" in later.say("how many gigs left")


def test_three_wrong_answers_lock_for_a_day_and_offer_a_person(unproven: World) -> None:
    chat = unproven.chat("C-2")
    chat.say("how many gigs left")
    assert "2 attempts left" in chat.say("EC1A 1BB")
    assert "one attempt left" in chat.say("EC1A 2BB")
    locked = chat.say("EC1A 3BB")
    assert "24 hours" in locked
    assert [button["payload"] for button in locked.buttons] == ["/ask_human"]
    assert "24 hours" in chat.say("how many gigs left")
    assert not any(figure in chat.say("SW1A 1AA") for figure in FIGURES)
    later = Chat(unproven.sessions, chat.customer_id, NOW + timedelta(hours=25))
    later.say("how many gigs left")
    assert "You've used 4.1" in later.say("SW1A 1AA")


def test_a_list_of_guesses_is_no_answer(unproven: World) -> None:
    chat = unproven.chat("C-2")
    chat.say("how many gigs left")
    assert "doesn't match" in chat.say("B5498 B5499 B5500 B5501 B5502")


def test_attempts_are_counted_over_conversations(unproven: World) -> None:
    for guess in ("EC1A 1BB", "EC1A 2BB", "EC1A 3BB"):
        chat = unproven.chat("C-2")
        chat.say("how many gigs left")
        chat.say(guess)
    assert "24 hours" in unproven.chat("C-2").say("how many gigs left")


def test_a_number_we_told_ourselves_proves_nothing(unproven: World) -> None:
    chat = unproven.chat("C-2")
    told = chat.say("where is my order").text
    assert "B5501" in told
    with unproven.sessions.begin() as session:
        session.execute(
            sa.insert(Outbox).values(
                customer_id=chat.customer_id,
                ordinal=0,
                origin="turn",
                type="text",
                payload={"body": told},
                state="accepted",
                due_at=NOW,
                created_at=NOW,
            )
        )
    asked = chat.say("how many gigs left")
    assert "postcode" in asked
    assert "order number" not in asked
    assert "doesn't match" in chat.say("B5501")


def test_a_no_keeps_the_figures_and_the_chat(unproven: World) -> None:
    chat = unproven.chat("C-2")
    chat.say("how many gigs left")
    assert "keep those figures to myself" in chat.say("no")
    assert "B5501" in chat.say("where is my order")
    row = unproven.rows(Conversation)
    assert not row or row[0].step_up_failures == 0


def test_a_stranger_is_not_even_asked(account: World) -> None:
    chat = account.stranger()
    for text in ASK:
        said = chat.say(text)
        assert "can't find this number" in said
        assert not any(figure in said for figure in FIGURES)


@pytest.mark.parametrize(
    ("balance", "expected"),
    [
        ("2100.00", "You're €100.00 over your limit of €2,000.00"),
        ("-35.00", "You have €2,035.00 left. Nothing of your €2,000.00 limit is used"),
        ("0.00", "You have €2,000.00 left. €0.00 of your €2,000.00 limit is used, 0%."),
    ],
)
def test_odd_balances_are_told_plainly(world: World, balance: str, expected: str) -> None:
    world.tell("credit.balance_changed", limit=euros("2000.00"), balance=euros(balance))
    assert expected in world.chat().say("whats my credit limit")


def test_the_price_of_a_plan_is_nobodys_secret(unproven: World) -> None:
    said = unproven.chat("C-2").say("how much is the plus 10 plan")
    assert said.text == "Plus 10: 10 GB for €14.99 a month, then €4.00 per GB"
    assert "make sure it's you" in unproven.chat("C-2").say("which plan suits me")
