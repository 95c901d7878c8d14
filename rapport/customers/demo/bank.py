"""Alder Bank: credit lines in the customer's own currency."""

from __future__ import annotations

from rapport.customers.demo.story import Person, Story, money

DANIEL = Person(
    "B-3001",
    "Daniel Okafor",
    "+12025550143",
    "en",
    "US",
    "America/New_York",
    ask="How close am I to my credit limit? · Can you raise my limit to 3000?",
    rank=2,
)
VALENTINA = Person(
    "B-3002",
    "Valentina Ríos",
    "+525555550132",
    "es-MX",
    "MX",
    "America/Mexico_City",
    ask="¿Cuánto me queda de crédito? · ¿Cuándo vence mi pago?",
)
RAFAEL = Person(
    "B-3003",
    "Rafael Moreira",
    "+5521955500133",
    "pt-BR",
    "BR",
    "America/Sao_Paulo",
    verified=False,
    address="Avenida Beira-Mar 45, 22021-030 Rio de Janeiro",
    ask="Quanto ainda tenho de limite? (pede uma confirmação antes)",
)
ANANYA = Person(
    "B-3004",
    "Ananya Iyer",
    "+919999900134",
    "hi-IN",
    "IN",
    "Asia/Kolkata",
    ask="मेरी क्रेडिट लिमिट कितनी बची है?",
)
LUKAS = Person(
    "B-3005",
    "Lukas Brandt",
    "+491713920035",
    "de",
    "DE",
    "Europe/Berlin",
    ask="Wie hoch ist mein Kreditrahmen?",
)
PEOPLE = (DANIEL, VALENTINA, RAFAEL, ANANYA, LUKAS)

ALERTS = "Warn me on WhatsApp before I reach my credit limit or a payment is due."


def tell(story: Story) -> None:
    """The histories of Alder's customers."""
    story.happened(
        "product.upserted",
        700,
        product_id="bank-card",
        name="Alder card",
        price=money("0.00"),
        stock=1000,
        aliases=["card", "debit card"],
    )
    for teller in (_daniel, _valentina, _rafael, _ananya, _lukas):
        teller(story)


def _daniel(story: Story) -> None:
    """At 92 % of a limit that was raised once already."""
    story.introduced(DANIEL, 700)
    _balance(story, DANIEL, 220, "1500.00", "910.40", "USD", due=-190)
    story.happened(
        "credit.limit_changed",
        200,
        DANIEL,
        limit=money("2000.00", "USD"),
        reason="paid on time for a year",
    )
    _balance(story, DANIEL, 1, "2000.00", "1840.00", "USD", due=9)
    story.agreed(DANIEL, 690, "account_alerts", "web_form", ALERTS)


def _valentina(story: Story) -> None:
    story.introduced(VALENTINA, 500)
    _balance(story, VALENTINA, 2, "40000.00", "12300.00", "MXN", due=14)
    story.agreed(VALENTINA, 480, "account_alerts", "phone", ALERTS)


def _rafael(story: Story) -> None:
    """Not verified: figures only after a step-up question about the delivery of his card."""
    story.introduced(RAFAEL, 120)
    _balance(story, RAFAEL, 3, "8000.00", "5620.00", "BRL", due=6)
    story.ordered(RAFAEL, 118, "AB5120", [("bank-card", 1, "0.00")], due=-110)
    story.happened("order.shipped", 117, RAFAEL, order_id="AB5120", carrier="Correios")
    story.happened("order.delivered", 112, RAFAEL, order_id="AB5120")


def _ananya(story: Story) -> None:
    story.introduced(ANANYA, 410)
    _balance(story, ANANYA, 1, "150000.00", "82500.00", "INR", due=11)
    story.agreed(ANANYA, 400, "account_alerts", "import", ALERTS)
    story.happened(
        "support.case_opened",
        80,
        ANANYA,
        case_id="K-311",
        topic="card declined",
        summary="Card declined at a petrol station",
    )
    story.happened("support.case_closed", 78, ANANYA, case_id="K-311", topic="card declined")


def _lukas(story: Story) -> None:
    """Paid more than was due, and wants to hear nothing."""
    story.introduced(LUKAS, 350)
    _balance(story, LUKAS, 4, "5000.00", "-35.00", "EUR", due=20)
    story.agreed(LUKAS, 340, "account_alerts", "web_form", ALERTS)
    story.happened("consent.withdrawn", 15, LUKAS, topic="*", method="web_form")


def _balance(
    story: Story,
    person: Person,
    days_ago: int,
    limit: str,
    balance: str,
    currency: str,
    *,
    due: int,
) -> None:
    story.happened(
        "credit.balance_changed",
        days_ago,
        person,
        limit=money(limit, currency),
        balance=money(balance, currency),
        due_at=story.moment(-due, "17:00", person.timezone),
    )
