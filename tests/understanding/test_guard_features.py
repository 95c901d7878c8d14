"""What the stop guard counts in a message does not depend on the messages beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.understanding.guard_features import BUCKETS, Counts, counted, weighed

WORDS = st.lists(st.text("abcद", min_size=1, max_size=7), max_size=5).map(" ".join)


def counts_of(plain: list[str]) -> Counts:
    return counted(plain, [["<", *text[:3], ">"] for text in plain])


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_message_counts_the_same_alone_and_in_a_batch(plain: list[str]) -> None:
    together = counts_of(plain)
    for row, text in enumerate(plain):
        alone, here = counts_of([text]), together.rows == row
        assert together.buckets[here].tolist() == alone.buckets.tolist()
        assert together.times[here].tolist() == alone.times.tolist()


@pytest.mark.parametrize(
    ("a", "b"), [("no more", "more no"), ("stop", "stopp"), ("ab c", "a bc"), ("", "x")]
)
def test_different_messages_differ(a: str, b: str) -> None:
    assert counts_of([a]).buckets.tolist() != counts_of([b]).buckets.tolist()


def test_each_side_of_a_message_weighs_the_same() -> None:
    values = weighed(counts_of(["stop sending me these messages"]), np.ones(BUCKETS))
    assert np.sum(values**2) == pytest.approx(3.0)
