"""Somebody in danger is heard in six languages; a bill that kills is a bill."""

from __future__ import annotations

import pytest

from rapport.understanding import care


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "i don't want to live anymore",
        "honestly I’m suicidal",
        "I wаnt to die",  # a Cyrillic letter in it
        "ich will nicht mehr leben",
        "ich bringe mich um",
        "ya no quiero vivir",
        "me quiero matar",
        "não quero mais viver",
        "vou me matar",
        "मैं मरना चाहता हूँ",
        "main marna chahta hoon",
        "aku mau mati saja",
        "saya ingin bunuh diri",
    ],
)
def test_danger_is_heard(text: str) -> None:
    assert care.is_self_harm(text)


@pytest.mark.parametrize(
    "text",
    [
        "this bill is killing me",
        "my battery is about to die",
        "I want to die laughing",
        "the suicide squad poster arrived broken",
        "der Preis bringt mich um",
        "ich sterbe vor Hunger, wo ist die Bestellung",
        "me muero de risa",
        "me quiero morir de risa",
        "essa conta vai me matar",
        "quero morrer de rir",
        "ये बिल मुझे मार डालेगा",
        "phone mar gaya",
        "hp saya mau mati, baterainya rusak",
        "anjing saya suka mainan ini",
        "kill my subscription",
        "son 500 kms",
    ],
)
def test_a_figure_of_speech_is_not(text: str) -> None:
    assert not care.is_self_harm(text)


@pytest.mark.parametrize("text", ["fuuuck YOU", "Du Arschloch!!", "chinga tu madre", "GOBLOK"])
def test_an_insult(text: str) -> None:
    assert care.is_abuse(text)


@pytest.mark.parametrize("text", ["makanan anjing ada?", "where is my order", "scheibe kaputt"])
def test_no_insult(text: str) -> None:
    assert not care.is_abuse(text)
