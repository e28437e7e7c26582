"""How much of two texts is the same: shingles contained, in full and in the lead, and words kept in order. Pure, exact."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from .fingerprint import ENOUGH_WORDS, TITLE_WORDS
from .words import words_of

HEAD_WORDS = 200
SAME_CONTAINMENT = 0.55
"""Knee of the curve in docs/sameness.md: from here on agency rewrites of one event do not come in."""
SAME_HEAD = 0.10
"""An aggregator page contains unrelated articles in full; its lead is not theirs."""
NEAR_CONTAINMENT = 0.45
"""From here to SAME_CONTAINMENT the order of the words decides; what fails there is kept for review."""
SAME_ORDER = 0.80
"""A copy edited throughout keeps 82 to 92 % of its words in order, a rewrite of the same event at most 78 %."""
SAME_HEADLINE = 0.75
HEADLINE_WORDS = 4
"""Where an extraction lost the lead, the headline says whether it is the article or a page that contains it."""
ORDERED_WORDS = 5_000
"""Longer texts are cut here before their order is compared: the cost grows with the product of the lengths."""

Shingles = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What comparing with one stored article gave, each share 0 to 1.

    `containment` is of the full texts' word-3 shingles, `head_containment` of the first 200 words'. `headline` is the
    share of the shorter headline's words, 0 where it has fewer than four. `in_order` is measured only where the
    containment leaves doubt. `kind` is `headline` where a text is too short to be evidence.
    """

    article_id: str
    containment: float
    head_containment: float
    headline: float = 0.0
    in_order: float | None = None
    kind: Literal["text", "headline"] = "text"

    @property
    def is_verified(self) -> bool:
        """Whether the two are the same article."""
        same_text = self.containment >= SAME_CONTAINMENT or (self.in_order or 0.0) >= SAME_ORDER
        return same_text and self._starts_alike

    @property
    def is_near_miss(self) -> bool:
        """Whether a person should look: close to the threshold, and not above it."""
        return self.containment >= NEAR_CONTAINMENT and self._starts_alike and not self.is_verified

    @property
    def _starts_alike(self) -> bool:
        return self.head_containment >= SAME_HEAD or self.headline >= SAME_HEADLINE


class Compared:
    """One article made ready to be compared with several others."""

    def __init__(self, title: str | None, text: str) -> None:
        self.words = words_of(text)
        self.headline = words_of(title)
        self.is_thin = len(self.words) < ENOUGH_WORDS
        self.shingles = shingles_of(self.words)
        self.head = shingles_of(self.words[:HEAD_WORDS])

    def edge_to(self, article_id: str, other: "Compared") -> Edge:
        """Compare; a thin text is never evidence, its headline is (six words or more, both texts thin)."""
        if self.is_thin or other.is_thin:
            same = float(self._has_headline_of(other))
            return Edge(article_id, same, same, same, kind="headline")
        full = containment(self.shingles, other.shingles)
        head = containment(self.head, other.head)
        doubtful = NEAR_CONTAINMENT <= full < SAME_CONTAINMENT
        in_order = kept_in_order(self.words, other.words) if doubtful else None
        return Edge(article_id, full, head, headline_share(self.headline, other.headline), in_order)

    def _has_headline_of(self, other: "Compared") -> bool:
        enough = self.is_thin and other.is_thin and len(self.headline) >= TITLE_WORDS
        return enough and self.headline == other.headline


def shingles_of(words: list[str]) -> Shingles:
    """The set of runs of three words."""
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def containment(one: Shingles, other: Shingles) -> float:
    """The share of the smaller set that the other holds; 0 where one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def headline_share(one: list[str], other: list[str]) -> float:
    """The share of the shorter headline's words that the other has, in any order; 0 under four words."""
    shorter = min(len(one), len(other))
    return (Counter(one) & Counter(other)).total() / shorter if shorter >= HEADLINE_WORDS else 0.0


def kept_in_order(one: list[str], other: list[str]) -> float:
    """The longest common subsequence of words, as a share of the shorter text.

    Bit-parallel (Hyyrö 2004): one big integer holds the row, so that a text of 500 words takes under a millisecond.
    """
    short, long = sorted((one[:ORDERED_WORDS], other[:ORDERED_WORDS]), key=len)
    places: dict[str, int] = defaultdict(int)
    for place, word in enumerate(short):
        places[word] |= 1 << place
    row = full = (1 << len(short)) - 1
    for word in long:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
    return (len(short) - row.bit_count()) / len(short) if short else 0.0
