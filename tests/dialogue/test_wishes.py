"""Which messages are two wishes, told apart with the trained model, and which are one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from rapport.dialogue import wishes
from tests.model import loaded_agent


async def understand(text: str) -> dict[str, Any]:
    message = UserMessage(text=text)
    parse = await loaded_agent().processor.parse_message(message, only_output_properties=True)
    return {**parse, "text": text}


async def told_apart(text: str) -> list[tuple[str, str]]:
    parts = await wishes.parts(await understand(text), understand)
    return [(part["intent"]["name"], part["text"]) for part in parts]


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("where is my order and how much data do I have left", "order_status data_usage"),
        ("cancel A7041 and tell me when the lamp is back", "cancel_order back_in_stock"),
        ("where is A7041 and can I cancel it", "order_status cancel_order"),
        ("wo ist meine bestellung und was kostet die lampe", "order_status ask_price"),
        ("storniere A7041. Wann ist die lampe wieder da?", "cancel_order back_in_stock"),
        ("dónde está mi pedido y cuántos gigas me quedan", "order_status data_usage"),
        ("cadê meu pedido e quanto custa a lanterna", "order_status ask_price"),
        ("मेरा ऑर्डर कहाँ है और कितना डेटा बचा है", "order_status data_usage"),
        ("mera order kahan hai aur kitna data bacha hai", "order_status data_usage"),
        ("pesanan saya di mana dan sisa kuota berapa", "order_status data_usage"),
    ],
)
def test_two_wishes(text: str, intents: str) -> None:
    assert [intent for intent, _ in asyncio.run(told_apart(text))] == intents.split()


def test_names_and_numbers_stay_with_their_part() -> None:
    parts = asyncio.run(told_apart("cancel A7041 and tell me when the lamp is back"))
    assert [text for _, text in parts] == ["cancel A7041", "tell me when the lamp is back"]


@pytest.mark.parametrize(
    "text",
    [
        "how much are the trail lamp and the camping stove",
        "my lamp is broken and I want a refund",
        "I want to send it back and get my money back",
        "no more offers but keep order updates",
        "stop the offers and the wish list messages",
        "no quiero ofertas y tampoco avisos de la lista",
        "keine angebote mehr und auch sonst nichts",
        "where is my order and thank you",
        "hi. where is my order",
        "and and and. and!",
        "where is my order and " * 40,
    ],
)
def test_one_wish(text: str) -> None:
    assert len(asyncio.run(told_apart(text))) == 1
