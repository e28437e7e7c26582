"""What makes two texts the same article, with the traps that a plain containment falls into."""

import random

import pytest
from members_builder import made_text

from services.store.core.similarity import Compared, Edge, containment, kept_in_order, shingles_of


def edge(one: str, other: str, title: str = "One two three four five", other_title: str = "") -> Edge:
    return Compared(title, one).edge_to("x", Compared(other_title or title, other))


def edited(text: str, share: float, seed: int = 7) -> str:
    """The text with a share of its words changed: half of them dropped, half replaced."""
    rng = random.Random(seed)
    out = []
    for number, word in enumerate(text.split()):
        draw = rng.random()
        out.append(word if draw > share else "" if draw < share / 2 else f"edit{number}")
    return " ".join(out)


def test_truncated_copy_is_the_same_article() -> None:
    text = made_text(1, words=500)
    assert edge(text, " ".join(text.split()[:120])).is_verified


def test_aggregator_page_that_contains_an_article_is_not_that_article() -> None:
    own, foreign = made_text(1, words=400), made_text(2, words=300)
    page = f"{own}\n\n{foreign}"
    found = edge(page, foreign, "Envoy lands in the capital", "Storm cuts off three villages")
    assert found.containment == 1.0
    assert not found.is_verified and not found.is_near_miss
    assert edge(page, own).is_verified


def test_article_whose_lead_was_lost_is_known_by_its_headline() -> None:
    text = made_text(1, words=700)
    without_lead = " ".join(text.split()[250:])
    title = "Early employees form a coalition to fight it"
    assert edge(text, without_lead, title, title.upper()).is_verified
    assert not edge(text, without_lead, title, "Another headline altogether it seems").is_verified


def test_heavily_edited_copy_is_told_from_a_rewrite_by_the_order_of_its_words() -> None:
    text = made_text(1, words=400)
    heavy = edge(text, edited(text, 0.17))
    assert 0.45 <= heavy.containment < 0.62 and heavy.is_verified
    sentences = [" ".join(text.split()[start : start + 20]) for start in range(0, 400, 20)]
    quoted = "\n".join(s if n % 2 else made_text(100 + n, words=20) for n, s in enumerate(sentences))
    rewrite = edge(text, quoted)
    assert not rewrite.is_verified


def test_near_miss_is_kept_for_review_and_nothing_below_it_is() -> None:
    assert Edge("x", 0.5, 0.4, in_order=0.7).is_near_miss
    assert not Edge("x", 0.5, 0.4, in_order=0.85).is_near_miss
    assert Edge("x", 0.5, 0.4, in_order=0.85).is_verified
    assert not Edge("x", 0.44, 0.4).is_near_miss
    assert not Edge("x", 0.9, 0.05).is_near_miss


@pytest.mark.parametrize("threshold", [0.55])
def test_containment_at_the_threshold_is_the_same_and_below_it_not(threshold: float) -> None:
    assert Edge("x", threshold, 0.1).is_verified
    assert not Edge("x", threshold - 1e-9, 0.1).is_verified
    assert not Edge("x", threshold, 0.1 - 1e-9).is_verified


def test_thin_texts_are_never_the_same_by_their_text() -> None:
    stub = "Subscribe to read the whole of this article on our site today."
    assert not edge(
        stub, stub, "Minister resigns over army budget today", "Storm cuts off three northern villages"
    ).is_verified
    assert edge(stub, "Other.", "Minister resigns over army budget today").is_verified
    assert not edge(stub, made_text(1), "Minister resigns over army budget today").is_verified


def test_words_in_order_are_those_of_the_longest_common_subsequence() -> None:
    assert kept_in_order(list("abcd"), list("axcd")) == 0.75
    assert kept_in_order(list("abcd"), list("dcba")) == 0.25
    assert kept_in_order([], ["a"]) == 0.0


def test_order_of_long_texts_is_measured_quickly() -> None:
    words = made_text(1, words=40_000).split()
    assert kept_in_order(words, list(reversed(words))) < 0.1


def test_containment_is_symmetric_and_of_the_smaller_text() -> None:
    one, other = shingles_of(list("abcde")), shingles_of(list("abcdxyz"))
    assert containment(one, other) == containment(other, one) == 2 / 3
    assert containment(one, frozenset()) == 0.0
