"""A conversation's language follows what is written, without wavering."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.understanding import language
from rapport.understanding.language import SPOKEN, Standing, decide
from tests.model import loaded_agent

GERMAN = Standing("de")


def sure(name: str, chance: float = 0.95) -> dict[str, float]:
    rest = (1 - chance) / (len(SPOKEN) - 1)
    return {**dict.fromkeys(SPOKEN, rest), name: chance}


@pytest.mark.parametrize(
    ("text", "chances", "before", "after"),
    [
        ("where is my order", sure("en"), GERMAN, Standing("en")),
        ("मेरा ऑर्डर कहाँ है", {"hi": 1.0}, GERMAN, Standing("hi")),
        ("ok", sure("en"), GERMAN, GERMAN),
        ("A7041", sure("en"), GERMAN, GERMAN),
        ("🙂", sure("en", 0.2), GERMAN, GERMAN),
        ("ananya@mail.example", sure("id"), GERMAN, GERMAN),
        ("ananya@mail.example", sure("id"), Standing(), Standing()),
        ("no", sure("es", 0.5), GERMAN, GERMAN),
        ("gracias amigo", sure("es"), GERMAN, Standing("de", hint="es")),
        ("gracias amigo", sure("es"), Standing("de", hint="es"), Standing("es")),
        ("gracias amigo", sure("es"), Standing("de", hint="pt"), Standing("de", hint="es")),
        ("danke schön", sure("de"), Standing("de", hint="es"), GERMAN),
        ("gracias amigo", sure("es"), Standing(), Standing("es")),
        ("où est ma commande", sure("other"), GERMAN, GERMAN),
        ("where is my order", sure("en"), language.asked("de"), Standing("de", "en", True)),
        ("where is my order", sure("en"), Standing("de", "en", True), Standing("en")),
    ],
)
def test_when_the_language_changes(
    text: str, chances: dict[str, float], before: Standing, after: Standing
) -> None:
    assert decide(text, chances, before, None) == after


def test_what_the_business_said_yields_to_the_first_fair_sign() -> None:
    assert decide("gracias amigo", sure("es"), Standing(), "en") == Standing("es")
    assert decide("ok", sure("es"), Standing(), "en") == Standing()


@given(st.text(max_size=60), st.sampled_from([*SPOKEN, "other"]), st.floats(0, 1))
def test_the_language_is_always_one_that_is_spoken(text: str, name: str, chance: float) -> None:
    stands = decide(text, language.by_script(text) or sure(name, chance), GERMAN, None)
    assert stands.language in SPOKEN


@given(st.text(alphabet=st.characters(whitelist_categories=["N", "P", "S"]), max_size=30))
def test_signs_and_numbers_change_nothing(text: str) -> None:
    assert decide(text, sure("en"), GERMAN, None) == GERMAN


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("has the parcel left the warehouse yet", "en"),
        ("ist das paket schon aus dem lager raus", "de"),
        ("ya salió el paquete del almacén o todavía no", "es"),
        ("o pacote já saiu do depósito ou ainda não", "pt"),
        ("parcel godown se nikla ya nahi abhi tak", "hi"),
        ("पार्सल गोदाम से निकला या नहीं", "hi"),
        ("paketnya udah keluar dari gudang belum ya", "id"),
        ("est-ce que le paquet est déjà parti de l'entrepôt", "other"),
        ("посылка уже вышла со склада", "other"),
        ("هل غادر الطرد المستودع", "other"),
    ],
)
def test_a_sentence_tells_its_language(text: str, name: str) -> None:
    parse = asyncio.run(loaded_agent().parse_message(text))
    assert max(parse["languages"], key=lambda key: parse["languages"][key]) == name


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wann kommt mein paket endlich an", "order_status"),
        ("¿cuándo llega mi paquete?", "order_status"),
        ("quando chega o meu pacote", "order_status"),
        ("mera parcel kab aayega", "order_status"),
        ("मेरा पार्सल कब आएगा", "order_status"),
        ("kapan paket saya sampai", "order_status"),
        ("ich möchte mit einem menschen sprechen", "ask_human"),
        ("quiero hablar con una persona", "ask_human"),
        ("quero falar com uma pessoa", "ask_human"),
        ("kisi insaan se baat karni hai", "ask_human"),
        ("mau bicara dengan orang", "ask_human"),
    ],
)
def test_skills_are_understood_in_every_language(text: str, intent: str) -> None:
    assert asyncio.run(loaded_agent().parse_message(text))["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("keine angebote mehr", "offers"),
        ("no quiero ofertas", "offers"),
        ("não quero promoções", "offers"),
        ("ऑफर मत भेजो", "offers"),
        ("सभी मैसेज बंद करो", "*"),
        ("jangan kirim promo", "offers"),
    ],
)
def test_topics_are_found_in_every_language(text: str, topic: str) -> None:
    parse = asyncio.run(loaded_agent().parse_message(text))
    assert topic in {found["value"] for found in parse["entities"] if found["entity"] == "topic"}
