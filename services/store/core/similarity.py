"""How much of two texts is the same: containment of word-3 shingles, in full and in the lead. Pure, exact."""

from dataclasses import dataclass
from typing import Literal

from .fingerprint import ENOUGH_WORDS, TITLE_WORDS
from .words import words_of

HEAD_WORDS = 200
SAME_CONTAINMENT = 0.55
"""Knee of the curve in docs/sameness.md: below it agency rewrites of one event come in."""
SAME_HEAD = 0.10
"""An aggregator page contains three unrelated articles in full; its lead is not theirs."""
NEAR_MISS = 0.45

Shingles = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What comparing with one stored article gave. `kind` says on what evidence: `text`, `headline` (both texts thin)."""

    article_id: str
    containment: float
    head_containment: float
    kind: Literal["text", "headline"] = "text"

    @property
    def is_verified(self) -> bool:
        """Whether the two are the same article."""
        return self.containment >= SAME_CONTAINMENT and self.head_containment >= SAME_HEAD

    @property
    def is_near_miss(self) -> bool:
        """Whether a person should look: close to the threshold, and not above it."""
        return not self.is_verified and self.containment >= NEAR_MISS and self.head_containment >= SAME_HEAD


class Compared:
    """One article made ready to be compared with several others."""

    def __init__(self, title: str | None, text: str) -> None:
        words = words_of(text)
        self.headline = words_of(title)
        self.is_thin = len(words) < ENOUGH_WORDS
        self.shingles = shingles_of(words)
        self.head = shingles_of(words[:HEAD_WORDS])

    def edge_to(self, article_id: str, other: "Compared") -> Edge:
        """Compare; a thin text is never evidence, its headline is (six words or more, both texts thin)."""
        if self.is_thin or other.is_thin:
            same = (
                self.is_thin
                and other.is_thin
                and len(self.headline) >= TITLE_WORDS
                and self.headline == other.headline
            )
            return Edge(article_id, float(same), float(same), "headline")
        return Edge(
            article_id, containment(self.shingles, other.shingles), containment(self.head, other.head)
        )


def shingles_of(words: list[str]) -> Shingles:
    """The set of runs of three words."""
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def containment(one: Shingles, other: Shingles) -> float:
    """The share of the smaller set that the other holds, 0 to 1; 0 where one is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
