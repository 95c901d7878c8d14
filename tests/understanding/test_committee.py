"""Three judges over features and meaning: what each is for, and how far it is believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from rapport.understanding import network
from rapport.understanding.calibration import KEPT, shares, trusted, unseen_parts
from rapport.understanding.committee import Committee, Packed
from rapport.understanding.features import MANY, Features

TAUGHT = {
    "order": [
        "where is my parcel",
        "when does my order come",
        "has my package shipped",
        "track it",
    ],
    "bill": ["why is my bill so high", "explain this charge", "invoice please", "what do i owe"],
    "price": ["how much is the lamp", "what does it cost", "price of the tent", "is it expensive"],
}
TEXTS = [text for texts in TAUGHT.values() for text in texts]
LABELS = [label for label, texts in TAUGHT.items() for _ in texts]


@pytest.fixture(scope="module")
def committee() -> Committee:
    taught = Committee(pieces=(3, 4), penalty=1.0, meaning_weight=2.0)
    taught.fit(TEXTS, LABELS)
    return taught


def likeliest(committee: Committee, text: str) -> str:
    chances = committee.chances([text])[0]
    return max(chances, key=chances.__getitem__)


@pytest.mark.parametrize(
    ("text", "label"),
    [("where's my package", "order"), ("my bill please", "bill"), ("cost of the tent", "price")],
)
def test_what_is_said_in_other_words_is_understood(
    committee: Committee, text: str, label: str
) -> None:
    assert likeliest(committee, text) == label


@pytest.mark.parametrize("text", ["", "🎉🎉🎉", "qqq", "…"])
def test_what_holds_nothing_known_is_nothing_more_than_anything(
    committee: Committee, text: str
) -> None:
    assert list(committee.chances([text])[0].values()) == pytest.approx([1 / 3] * 3)


def test_a_committee_says_after_loading_what_it_said_before(
    committee: Committee, tmp_path: Path
) -> None:
    committee.save(tmp_path, "one")
    loaded = Committee(pieces=(3, 4), penalty=1.0, meaning_weight=2.0).load(tmp_path, "one")
    asked = ["where is it", "what do i owe you", "🎉"]
    for before, after in zip(committee.chances(asked), loaded.chances(asked), strict=True):
        assert after == {label: pytest.approx(chance, abs=0.01) for label, chance in before.items()}


def test_many_messages_get_what_each_gets_alone(committee: Committee) -> None:
    together = committee.chances([*TEXTS, ""])
    for text, chances in zip([*TEXTS, ""], together, strict=True):
        assert committee.chances([text])[0] == pytest.approx(chances, abs=1e-4)


def test_a_network_learns_what_only_two_words_say_together() -> None:
    """Neither of two features says anything alone: a linear judge would guess."""
    signs = np.array([[1, 1], [1, 0], [0, 1], [0, 0]] * 100, dtype=np.float32)
    right = (signs[:, 0] != signs[:, 1]).astype(int)
    rows = csr_matrix(np.hstack([signs, 1.0 - signs]))
    nothing = np.zeros((len(signs), 8), dtype=np.float32)
    words, layers = network.fit(rows, nothing, right)
    found = layers.margins(rows @ words, nothing).argmax(axis=1)
    assert (found == right).mean() == 1.0


def test_features_that_no_learnt_text_had_are_passed_over() -> None:
    features = Features(pieces=(3, 4))
    features.fit(["where is my parcel"])
    assert features.rows(["zzyzx"]).nnz == 0
    row = features.rows(["my zzyzx"])
    assert row.nnz > 0
    assert np.linalg.norm(row.data) == pytest.approx(1.0)


def test_packed_weights_say_what_the_full_ones_say() -> None:
    dice = np.random.default_rng(0)
    blocks = [dice.standard_normal((50, 3)), 0.01 * dice.standard_normal((50, 7))]
    rows = csr_matrix(dice.random((4, 50)).astype(np.float32))
    found = Packed.of(blocks).times(rows)
    assert found == pytest.approx(rows @ np.hstack(blocks), rel=0.05, abs=0.05)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_of_a_small_set_every_text_but_a_labels_first_is_asked_about_once(
    labels: list[int],
) -> None:
    right = np.unique(labels, return_inverse=True)[1]
    asked = [place for _, unseen in unseen_parts(right) for place in unseen]
    assert len(asked) == len(set(asked)) == len(right) - len(set(labels))
    for learnt, unseen in unseen_parts(right):
        assert not set(learnt) & set(unseen)
        assert set(right[learnt]) == set(right)


def test_of_a_large_set_a_part_says_enough() -> None:
    right = np.arange(8000) % 4
    [(learnt, unseen)] = unseen_parts(right)
    assert len(learnt) + len(unseen) == len(right)
    assert len(unseen) == pytest.approx(len(right) / KEPT, rel=0.1)


def test_who_is_right_more_often_is_believed_more() -> None:
    dice = np.random.default_rng(0)
    right = dice.integers(0, 3, 600)
    clear = np.eye(3)[right] + 0.4 * dice.standard_normal((600, 3))
    vague = np.eye(3)[right] + 2.0 * dice.standard_normal((600, 3))
    good, bad = trusted([clear, vague], right)
    assert good > 3 * bad >= 0.0


def test_shares_add_up_to_one_even_of_large_margins() -> None:
    found = shares(np.array([[1000.0, -1000.0], [0.0, 0.0]]))
    assert found.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_of_many_texts_what_stands_in_one_alone_is_left_out() -> None:
    texts = [f"say number{place % 100:02d}" for place in range(MANY)]
    features = Features(pieces=(3, 4))
    rows = features.fit([*texts[:-1], "say qqzzy"])
    assert features.rows(["qqzzy"]).nnz == 0
    assert rows.shape == (MANY, len(features.known)) and rows[-1].nnz == features.rows(["say"]).nnz
