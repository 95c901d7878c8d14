"""Numbers of accounts and cards are not shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my card is 4111 1111 1111 1111 ok", "my card is ••••1111 ok"),
        ("4111-1111-1111-1111", "••••1111"),
        ("4111111111111112 with a slip", "••••1112 with a slip"),
        ("कार्ड ४१११११११११११११११", "कार्ड ••••११११"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN ••••3000 bitte"),
        ("de89370400440532013000", "••••3000"),
        ("DE89370400440532013001 hat einen Fehler", "••••3001 hat einen Fehler"),
        ("MT84MALT011000012345MTLCAST001S", "••••001S"),
        ("cuenta 032180000118359719", "cuenta ••••9719"),
        ("rekening 1234567890 BCA", "rekening ••••7890 BCA"),
        ("account number 000123456789", "account number ••••6789"),
        ("both 4111111111111111 and 5500000000000004", "both ••••1111 and ••••0004"),
        ("order A7041 and order 20417", "order A7041 and order 20417"),
        ("order number 100012345678", "order number 100012345678"),
        ("pedido #1000123456", "pedido #1000123456"),
        ("order 4111111111111111", "order ••••1111"),
        ("Rp 150000000", "Rp 150000000"),
        ("Rp2.500.000.000", "Rp2.500.000.000"),
        ("1.234.567,89 €", "1.234.567,89 €"),
        ("on 2026-12-05 15:30", "on 2026-12-05 15:30"),
        ("5.12.2026 um 15.30", "5.12.2026 um 15.30"),
        ("raise it to 3000", "raise it to 3000"),
        ("", ""),
    ],
)
def test_what_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(st.text(max_size=60))
def test_any_text_is_survived_and_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="0123456789 -DEdAZ€#.,", max_size=60))
def test_no_card_number_is_left(text: str) -> None:
    assert "4111111111111111" not in masked(f"{text} 4111111111111111 {text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what about 1000 123 456", "what about 1000 123 456"),
        ("1000123456 and 1000123457", "1000123456 and ••••3457"),
        ("ORD-1000123456-IN", "ORD-1000123456-IN"),
        ("my card is 4111 1111 1111 1111", "my card is ••••1111"),
        ("DE89370400440532013000", "••••3000"),
    ],
)
def test_a_number_of_ones_own_is_not_masked(text: str, expected: str) -> None:
    assert masked(text, frozenset({"1000123456"})) == expected
