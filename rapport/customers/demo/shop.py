"""Trailhead: an outdoor shop with prices in euro that delivers in many countries."""

from __future__ import annotations

from typing import Any

from rapport.customers.demo.story import Person, Story, money

GRACE = Person(
    "S-1001",
    "Grace Adeyemi",
    "+447700900143",
    "en",
    "GB",
    "Europe/London",
    address="14 Harbour Row, Bristol BS1 4QD",
    ask="Where is my order? · Is anything on my wish list cheaper now? · Are the boots in 42 back?",
    rank=3,
)
KARL = Person(
    "S-1002",
    "Karl Lindner",
    "+491713920042",
    "de",
    "DE",
    "Europe/Berlin",
    address="Lindenweg 8, 04229 Leipzig",
    ask="Was ist mit meiner Reklamation? · Wo ist mein Paket?",
)
ARJUN = Person(
    "S-1003",
    "Arjun Mehta",
    "+919999900143",
    "hi-IN",
    "IN",
    "Asia/Kolkata",
    address="22 Residency Road, Bengaluru 560025",
    ask="मेरा ऑर्डर कहाँ है?",
)
DEWI = Person(
    "S-1004",
    "Dewi Lestari",
    "+6281200000144",
    "id-ID",
    "ID",
    "Asia/Makassar",
    address="Jalan Sunset 77, Kuta 80361",
    ask="Kapan uang saya dikembalikan?",
)
DIEGO = Person(
    "S-1005",
    "Diego Salazar",
    "+525555550145",
    "es-MX",
    "MX",
    "America/Monterrey",
    verified=False,
    address="Calle Roble 301, 64000 Monterrey",
    ask="¿Ya hay tienda de campaña? · ¿Cuánto cuesta la chamarra de lluvia?",
)
BEATRIZ = Person(
    "S-1006",
    "Beatriz Almeida",
    "+5531955500146",
    "pt-BR",
    "BR",
    "America/Sao_Paulo",
    address="Rua Sabará 18, 30140-070 Belo Horizonte",
    ask="Quero cancelar meu pedido",
)
PEOPLE = (GRACE, KARL, ARJUN, DEWI, DIEGO, BEATRIZ)

BOOTS = ("hiking boots", "boots", "Wanderschuhe", "botas", "जूते", "sepatu gunung")
ALIASES = {
    "trail-lamp": ("head torch", "headlamp", "lamp", "Stirnlampe", "lámpara frontal",
                   "lanterna de cabeça", "हेडलैंप", "senter kepala"),
    "boots-42": BOOTS,
    "boots-44": BOOTS,
    "rain-jacket": ("raincoat", "jacket", "Regenjacke", "chamarra de lluvia", "jaqueta de chuva",
                    "रेन जैकेट", "jaket hujan"),
    "tent-2": ("tent", "camping tent", "Zelt", "tienda de campaña", "barraca", "टेंट", "tenda"),
    "stove": ("cooker", "gas stove", "Campingkocher", "estufa", "fogareiro", "स्टोव", "kompor"),
    "down-bag": ("sleeping bag", "Schlafsack", "bolsa de dormir", "saco de dormir", "स्लीपिंग बैग",
                 "kantong tidur"),
    "flask": ("bottle", "thermos", "Thermosflasche", "termo", "garrafa térmica", "थर्मस", "termos"),
}  # fmt: skip
"""What customers call the products, in the languages they write in."""
PRODUCTS: tuple[tuple[str, str, str, int, str, dict[str, Any]], ...] = (
    ("trail-lamp", "Trail lamp", "49.90", 35, "lights",
     {"waterproof": "yes, IPX7", "battery": "40 hours", "weight": "86 g"}),
    ("boots-42", "Ridge boots 42", "139.00", 0, "boots",
     {"size": "42", "material": "leather", "waterproof": "yes"}),
    ("boots-44", "Ridge boots 44", "139.00", 12, "boots",
     {"size": "44", "material": "leather", "waterproof": "yes"}),
    ("rain-jacket", "Rain jacket", "119.00", 18, "jackets",
     {"waterproof": "yes, 20,000 mm", "colours": "red, grey", "warranty": "3 years"}),
    ("tent-2", "Two-person tent", "259.00", 0, "tents",
     {"weight": "1.9 kg", "waterproof": "yes, 4,000 mm"}),
    ("stove", "Camping stove", "64.50", 9, "kitchen",
     {"fuel": "gas cartridge", "weight": "240 g"}),
    ("down-bag", "Down sleeping bag", "199.00", 4, "sleeping",
     {"comfort": "-4 °C", "weight": "910 g"}),
    ("flask", "Steel flask 1 l", "29.00", 60, "kitchen",
     {"keeps warm": "12 hours"}),
)  # fmt: skip
ORDERS = "Send me my order updates on WhatsApp."
WISHES = "Tell me on WhatsApp when something on my wish list gets cheaper or is back."
OFFERS = "Trailhead may send me offers on WhatsApp."
TRACKING = "https://tracking.example/"


def tell(story: Story) -> None:
    """Trailhead's catalogue, calendar and its customers' histories."""
    for product_id, name, price, stock, category, facts in PRODUCTS:
        story.happened(
            "product.upserted",
            300,
            product_id=product_id,
            name=name,
            price=money(price),
            stock=stock,
            category=category,
            url=f"https://trailhead.example/{product_id}",
            aliases=list(ALIASES[product_id]),
            facts=facts,
        )
    _news_of_products(story)
    for teller in (_grace, _karl, _arjun, _dewi, _diego, _beatriz):
        teller(story)


def _news_of_products(story: Story) -> None:
    """A price that fell, a tent that is back, boots that are not, and a sale to come."""
    story.happened(
        "product.price_changed",
        2,
        product_id="rain-jacket",
        old_price=money("119.00"),
        new_price=money("89.00"),
    )
    story.happened("product.stock_changed", 20, product_id="boots-42", stock=2)
    story.happened("product.stock_changed", 6, product_id="boots-42", stock=0)
    story.happened("product.stock_changed", 1, product_id="tent-2", stock=7)
    story.happened(
        "calendar.occasion",
        14,
        occasion_id="winter-sale",
        name="Winter sale",
        starts_at=story.moment(-5, "08:00", "Europe/Berlin"),
    )
    story.happened(
        "calendar.occasion",
        14,
        occasion_id="long-weekend-gb",
        name="Long weekend",
        starts_at=story.moment(-12, "00:00", "Europe/London"),
        country="GB",
    )


def _grace(story: Story) -> None:
    """Three open orders, four that ended in every way, and a wish list with good news."""
    story.introduced(GRACE, 420)
    _shipped(story, GRACE, 4, "A7041", [("trail-lamp", 1, "49.90")], due=1)
    story.ordered(GRACE, 2, "A7055", [("boots-44", 1, "139.00"), ("flask", 2, "29.00")], due=4)
    _shipped(story, GRACE, 9, "A7012", [("stove", 1, "64.50")], due=-2)
    story.happened(
        "order.delayed",
        3,
        GRACE,
        order_id="A7012",
        promised_at=story.moment(-3, "18:00", GRACE.timezone),
        reason="snow on the way",
    )
    _delivered(story, GRACE, 40, "A6980", [("down-bag", 1, "199.00")])
    _delivered(story, GRACE, 95, "A6950", [("tent-2", 1, "259.00")])
    story.happened("order.returned", 80, GRACE, order_id="A6950", reason="too small")
    story.happened("order.refunded", 75, GRACE, order_id="A6950", amount=money("259.00"))
    story.ordered(GRACE, 160, "A6911", [("flask", 1, "29.00")], due=-155)
    story.happened("order.cancelled", 159, GRACE, order_id="A6911", reason="ordered twice")
    for product_id, days_ago in (("rain-jacket", 25), ("boots-42", 18), ("tent-2", 16)):
        story.happened("wishlist.added", days_ago, GRACE, product_id=product_id)
    story.happened("product.searched", 18, GRACE, query="boots 42")
    story.happened("product.viewed", 18, GRACE, at="10:05", product_id="boots-42")
    story.agreed(GRACE, 420, "order_updates", "checkout", ORDERS)
    story.agreed(GRACE, 25, "wishlist", "web_form", WISHES)


def _karl(story: Story) -> None:
    """A lamp that came broken; the case is open."""
    story.introduced(KARL, 210)
    _delivered(story, KARL, 12, "A7003", [("trail-lamp", 1, "49.90"), ("flask", 1, "29.00")])
    story.happened(
        "support.case_opened",
        3,
        KARL,
        case_id="K-402",
        topic="damaged",
        summary="Trail lamp of order A7003 has a cracked glass",
    )
    story.agreed(KARL, 210, "order_updates", "checkout", ORDERS)


def _arjun(story: Story) -> None:
    story.introduced(ARJUN, 90)
    _shipped(story, ARJUN, 11, "A7008", [("down-bag", 1, "199.00")], due=-1)
    story.happened(
        "order.delayed",
        2,
        ARJUN,
        order_id="A7008",
        promised_at=story.moment(-2, "18:00", ARJUN.timezone),
        reason="waiting at customs",
    )
    story.agreed(ARJUN, 90, "order_updates", "checkout", ORDERS)
    story.agreed(ARJUN, 90, "offers", "checkout", OFFERS)


def _dewi(story: Story) -> None:
    """Sent something back; the money is not there yet."""
    story.introduced(DEWI, 130)
    _delivered(story, DEWI, 30, "A6991", [("rain-jacket", 1, "119.00")])
    story.happened("order.returned", 5, DEWI, order_id="A6991", reason="wrong colour")
    story.agreed(DEWI, 130, "order_updates", "checkout", ORDERS)


def _diego(story: Story) -> None:
    """Not verified; looks and wishes, has bought once."""
    story.introduced(DIEGO, 75)
    _delivered(story, DIEGO, 70, "A6962", [("stove", 1, "64.50")])
    story.happened("wishlist.added", 20, DIEGO, product_id="tent-2")
    story.happened("wishlist.added", 20, DIEGO, at="10:10", product_id="flask")
    story.happened("wishlist.removed", 8, DIEGO, product_id="flask")
    story.happened("product.searched", 8, DIEGO, query="chamarra de lluvia")
    story.happened("product.viewed", 8, DIEGO, at="10:10", product_id="rain-jacket")
    story.agreed(DIEGO, 20, "wishlist", "web_form", WISHES)


def _beatriz(story: Story) -> None:
    """Ordered yesterday: still time to change her mind."""
    story.introduced(BEATRIZ, 60)
    story.ordered(BEATRIZ, 1, "A7061", [("flask", 1, "29.00"), ("stove", 1, "64.50")], due=7)
    story.agreed(BEATRIZ, 60, "offers", "checkout", OFFERS)
    story.happened("consent.withdrawn", 33, BEATRIZ, topic="offers", method="web_form")


Bought = list[tuple[str, int, str]]


def _shipped(
    story: Story, person: Person, days_ago: int, order_id: str, bought: Bought, due: int
) -> None:
    story.ordered(person, days_ago, order_id, bought, due)
    story.happened(
        "order.shipped",
        days_ago - 2,
        person,
        at="16:20",
        order_id=order_id,
        carrier="Swiftpost",
        tracking_url=TRACKING + order_id,
    )


def _delivered(story: Story, person: Person, days_ago: int, order_id: str, bought: Bought) -> None:
    _shipped(story, person, days_ago, order_id, bought, due=5 - days_ago)
    story.happened("order.delivered", days_ago - 4, person, at="14:05", order_id=order_id)
