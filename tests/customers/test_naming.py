"""Which product or order a message means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.customers import naming

NAMES = {
    "lamp": ["Trail lamp", "head torch"],
    "desk": ["Desk lamp"],
    "jacket": ["Rain jacket", "raincoat"],
    "boots": ["Hiking boots 42"],
    "cafe": ["Café grinder"],
    "rug": ["Berber rug"],
    "can": ["Watering can"],
    "stove": ["Campingkocher"],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the trail lamp please", {"lamp"}),
        ("my head torch", {"lamp"}),
        ("trial lamp", {"lamp"}),
        ("a lamp", {"lamp", "desk"}),
        ("the lamp for my desk", {"desk"}),
        ("RAINCOAT", {"jacket"}),
        ("jaket", {"jacket"}),
        ("hiking bots", {"boots"}),
        ("the boot", {"boots"}),
        ("cafe grinder", {"cafe"}),
        ("how much is the rug", {"rug"}),
        ("how can it be", set()),
        ("nur den Kocher", {"stove"}),
        ("der Koch", set()),
        ("a tent", set()),
        ("42", set()),
        ("", set()),
    ],
)
def test_what_is_meant(text: str, expected: set[str]) -> None:
    assert set(naming.meant(text, NAMES)) == expected


def test_a_whole_name_wins_over_a_part_of_one() -> None:
    assert naming.meant("lamp", {"a": ["Lamp"], "b": ["Trail lamp"]}) == ["a"]


@given(st.text(max_size=80))
def test_any_text_is_survived(text: str) -> None:
    assert set(naming.meant(text, NAMES)) <= set(NAMES)


@pytest.mark.parametrize("key", sorted(NAMES))
def test_every_name_means_itself(key: str) -> None:
    assert all(naming.meant(name, NAMES) == [key] for name in NAMES[key])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the trail lamp and the raincoat", {"lamp", "jacket"}),
        ("the trail lamp", {"lamp"}),
        ("a lamp", set()),
    ],
)
def test_whole_names_side_by_side(text: str, expected: set[str]) -> None:
    assert set(naming.named(text, NAMES)) == expected


def test_one_word_for_two_things_names_neither() -> None:
    assert naming.named("boots", {"a": ["Boots 42", "boots"], "b": ["Boots 44", "boots"]}) == []


def test_a_word_of_its_own_picks_among_a_few() -> None:
    offered = {"a": ["Boots 42"], "b": ["Boots 44"]}
    assert naming.picked("the 44 ones", offered) == "b"
    assert naming.picked("the boots", offered) is None
    assert naming.picked("den Kocher", {"a": ["Campingkocher"], "b": ["Regenjacke"]}) == "a"
