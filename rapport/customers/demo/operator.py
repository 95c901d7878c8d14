"""Lumo Mobile: data plans priced in euro, wherever their customers live."""

from __future__ import annotations

from typing import Any

from rapport.customers.demo.story import Person, Story, money

MARA = Person(
    "L-2001",
    "Mara Quinn",
    "+353209100101",
    "en",
    "IE",
    "Europe/Dublin",
    ask="How many gigs do I have left? · Is there a plan that suits me better? · Why is my bill so high?",
    rank=1,
)
JONAS = Person(
    "L-2002",
    "Jonas Weber",
    "+491713920011",
    "de",
    "DE",
    "Europe/Berlin",
    ask="Wie viel Datenvolumen habe ich noch? · Gibt es einen günstigeren Tarif?",
)
CAMILA = Person(
    "L-2003",
    "Camila Duarte",
    "+5511955500103",
    "pt-BR",
    "BR",
    "America/Sao_Paulo",
    verified=False,
    address="Rua das Acácias 120, 01310-200 São Paulo",
    ask="Quanto já usei de internet este mês? (pede uma confirmação antes)",
)
PUTRI = Person(
    "L-2004",
    "Putri Wulandari",
    "+6281200000104",
    "id-ID",
    "ID",
    "Asia/Jakarta",
    ask="Berapa kuota saya bulan ini? · Tagihan saya berapa?",
)
EMILIO = Person(
    "L-2005",
    "Emilio Fuentes",
    "+525555550105",
    "es-MX",
    "MX",
    "America/Mexico_City",
)
PEOPLE = (MARA, JONAS, CAMILA, PUTRI, EMILIO)

PLANS = (
    ("start-5", "Start 5", 5_000, "9.99", "4.00"),
    ("plus-10", "Plus 10", 10_000, "14.99", "3.00"),
    ("max-40", "Max 40", 40_000, "24.99", "2.00"),
    ("endless", "Endless", None, "39.99", None),
)
ALERTS = "Tell me on WhatsApp when my data or my bill needs attention."
OFFERS = "Yes, Lumo may send me offers that fit my plan on WhatsApp."


def tell(story: Story) -> None:
    """Lumo's catalogue and its customers' histories."""
    for plan_id, name, data_mb, price, extra in PLANS:
        extra_per_gb: dict[str, Any] = {"extra_per_gb": money(extra)} if extra else {}
        story.happened(
            "plan.catalogued",
            400,
            plan_id=plan_id,
            name=name,
            data_mb=data_mb,
            price=money(price),
            **extra_per_gb,
        )
    story.happened(
        "product.upserted",
        400,
        product_id="sim-card",
        name="Lumo SIM card",
        price=money("0.00"),
        stock=1000,
        aliases=["SIM"],
    )
    for teller in (_mara, _jonas, _camila, _putri, _emilio):
        teller(story)


def _mara(story: Story) -> None:
    """Over her five gigabytes in every cycle, and the newest bill shows it."""
    story.introduced(MARA, 380)
    story.happened("plan.subscribed", 379, MARA, plan_id="start-5", cycle_day=5)
    story.used(MARA, 5, (6.1, 6.8, 7.4, 7.2, 6.9))
    _bill(story, MARA, 45, "LB-1181", "Start 5", "9.99", ("Extra data 2.4 GB", "9.60"))
    _bill(
        story,
        MARA,
        12,
        "LB-1204",
        "Start 5",
        "9.99",
        ("Extra data 2.2 GB", "8.80"),
        ("Roaming, Switzerland", "6.40"),
    )
    story.agreed(MARA, 379, "account_alerts", "checkout", ALERTS)
    story.agreed(MARA, 90, "offers", "web_form", OFFERS)


def _jonas(story: Story) -> None:
    """Pays for forty gigabytes and uses three."""
    story.introduced(JONAS, 300)
    story.happened("plan.subscribed", 299, JONAS, plan_id="max-40", cycle_day=1)
    story.used(JONAS, 1, (3.2, 2.7, 3.0, 2.9, 3.1))
    _bill(story, JONAS, 20, "LB-1192", "Max 40", "24.99")
    story.agreed(JONAS, 299, "account_alerts", "checkout", ALERTS)
    story.happened("consent.withdrawn", 60, JONAS, topic="offers", method="phone")


def _camila(story: Story) -> None:
    """Not verified: account figures only after a step-up question about her last delivery."""
    story.introduced(CAMILA, 150)
    story.happened("plan.subscribed", 149, CAMILA, plan_id="plus-10", cycle_day=10)
    story.used(CAMILA, 10, (7.9, 8.4, 8.1, 8.8, 8.5))
    _bill(story, CAMILA, 11, "LB-1207", "Plus 10", "14.99")
    story.ordered(CAMILA, 149, "L8804", [("sim-card", 1, "0.00")], due=-144)
    story.happened("order.shipped", 148, CAMILA, order_id="L8804", carrier="Correios")
    story.happened("order.delivered", 145, CAMILA, order_id="L8804")


def _putri(story: Story) -> None:
    """Without a limit; asked for everything on a paper form."""
    story.introduced(PUTRI, 260)
    story.happened("plan.subscribed", 259, PUTRI, plan_id="max-40", cycle_day=20)
    story.happened("plan.subscribed", 120, PUTRI, plan_id="endless", cycle_day=20)
    story.used(PUTRI, 20, (38.0, 44.5, 52.1, 61.0, 58.3))
    _bill(story, PUTRI, 9, "LB-1210", "Endless", "39.99")
    story.happened(
        "consent.granted", 259, PUTRI, topic="*", method="paper", evidence="Contract form 259"
    )


def _emilio(story: Story) -> None:
    """Left, and wants no messages: that stays."""
    story.introduced(EMILIO, 330)
    story.agreed(EMILIO, 330, "offers", "checkout", OFFERS)
    story.happened("consent.withdrawn", 40, EMILIO, topic="*", method="phone")
    story.happened("customer.removed", 30, EMILIO, reason="contract ended")


def _bill(
    story: Story,
    person: Person,
    days_ago: int,
    bill_id: str,
    plan: str,
    price: str,
    *extras: tuple[str, str],
) -> None:
    lines = [(f"{plan}, one month", price), *extras]
    cents = sum(int(amount.replace(".", "")) for _, amount in lines)
    story.happened(
        "bill.issued",
        days_ago,
        person,
        bill_id=bill_id,
        total=money(f"{cents // 100}.{cents % 100:02d}"),
        due_at=story.moment(days_ago - 21, "12:00", person.timezone),
        lines=[{"label": label, "amount": money(amount)} for label, amount in lines],
    )
