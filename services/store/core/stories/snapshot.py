"""What the terms weigh: rates everywhere and in this feed, frozen as a numbered snapshot. Pure; the scorer of stories."""

import heapq
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol
from zlib import crc32

from .background import background_rates
from .terms import CYRILLIC, Terms

THRESHOLD = 0.1525
"""Average link at which two stories are one: the middle of the stretch that serves all four sets (docs/sameness.md)."""
RATE_FLOOR = 1e-4
"""No term is taken for rarer than this: caps its weight at 9.2, so that one odd name does not make a story."""
RAREST = -math.log(RATE_FLOOR)
CYRILLIC_EXCESS = 1.5
"""Unrelated texts in Russian, Ukrainian and Belarusian resemble one another that much more than English ones do: their
similarities are divided by it, so that one threshold serves (curve over the Russian pairs in docs/sameness.md)."""
SATURATION, AVERAGE_WEIGHT = 1.0, 150.0
"""BM25's k1 (b is .5): a word's second mention says less than its first, and less in a short text than in a long one."""
KEPT_TERMS = 100
EMPTY_STORIES = 150
DEVIATIONS = 3.0
"""The feed's rates are lower bounds (x - 3√x) over the stories and 150 empty ones: a word of one big or twice split
story keeps its weight, one that stands in most stories loses it."""
BASELINE_QUANTILE, BASELINE_FREE = 1 / 3, 0.05
"""Where articles taken at random resemble each other more than .05, the threshold rises by as much: a young feed on
one topic, whose own rates say nothing yet."""
SAMPLE = 78
"""Articles whose pairs give the baseline: 3,003 pairs, those with the smallest hashes, so that the order is nothing."""
LARGE_FEED = 2_000
GROWN = 1.25
"""At a tenth the figures are the same and the work is twice as much; at a half the seeds go wrong in 24 orders of 120."""

Weights = dict[int, float]
"""A vector of unit length (for Cyrillic texts shorter): term hash to weight."""


class Scorer(Protocol):
    """What stories need to know of meaning: a vector for an article, and how alike two stories must be.

    The similarity of two articles is the dot product of their vectors. Another scorer (an embedding) may take this
    one's place: `weigh` then gives its dimensions instead of terms.
    """

    @property
    def threshold(self) -> float:
        """The average link from which on two stories are one."""
        ...

    def weigh(self, terms: Terms) -> Weights:
        """The article's vector, its heaviest terms only, the heaviest first: candidates are found by those."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The feed's own rates and baseline at one moment; every article is weighed by one snapshot until the next.

    `topic` are the topic's own words, which count nothing.
    """

    version: int = 0
    units: int = 0
    rates: Mapping[int, float] = field(default_factory=dict)
    baseline: float = 0.0
    topic: frozenset[int] = frozenset()
    _own: Mapping[int, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        own = {term: -math.log(max(rate, RATE_FLOOR)) for term, rate in self.rates.items()}
        object.__setattr__(self, "_own", own | dict.fromkeys((*self.topic, CYRILLIC), 0.0))

    @property
    def threshold(self) -> float:
        """The fixed threshold, raised by what articles of this feed have in common anyway."""
        return THRESHOLD + (1 - THRESHOLD) * max(0.0, self.baseline - BASELINE_FREE)

    def weigh(self, terms: Terms) -> Weights:
        """BM25 saturation times inverse document rate, the heaviest hundred terms, brought to length, heaviest first."""
        own, background = self._own, _background_weights()
        half = SATURATION * 0.5 * (1 + sum(terms.values()) / AVERAGE_WEIGHT)
        weights = [
            (rarity * count / (count + half), term)
            for term, count in terms.items()
            if (rarity := min(own.get(term, RAREST), background.get(term, RAREST))) > 0
        ]
        weights.sort(reverse=True)
        del weights[KEPT_TERMS:]
        square = math.fsum(weight * weight for weight, _ in weights) or 1.0
        length = math.sqrt(square * (CYRILLIC_EXCESS if CYRILLIC in terms else 1.0))
        return {term: weight / length for weight, term in weights}

    def to_json(self) -> str:
        """For the archive; the topic's words are not kept, they come from its profile."""
        rates = {str(term): round(rate, 6) for term, rate in self.rates.items()}
        return json.dumps(
            {"version": self.version, "units": self.units, "baseline": self.baseline, "rates": rates}
        )

    @classmethod
    def from_json(cls, text: str, topic: frozenset[int] = frozenset()) -> "Snapshot":
        """What `to_json` wrote."""
        kept = json.loads(text)
        rates = {int(term): rate for term, rate in kept["rates"].items()}
        return cls(kept["version"], kept["units"], rates, kept["baseline"], topic)


def take_snapshot(
    stories: Iterable[Sequence[tuple[str, Terms]]], *, version: int, topic: frozenset[int] = frozenset()
) -> Snapshot:
    """Count the feed's rates over its stories (a story counts as the mean of its articles), then the baseline.

    `stories` gives each story's articles as (article id, terms); it is read once. The result depends on the set alone.
    """
    seen: dict[int, float] = defaultdict(float)
    sample: list[tuple[int, str, Terms]] = []
    count = units = 0
    for story in stories:
        count, units = count + 1, units + len(story)
        for term, articles in Counter(term for _, terms in story for term in terms).items():
            seen[term] += articles / len(story)
        sample += [(crc32(article_id.encode()), article_id, terms) for article_id, terms in story]
        sample = heapq.nsmallest(SAMPLE, sample, key=lambda row: row[:2])
    rates = {term: _lower_bound(x, count) for term, x in seen.items() if x > DEVIATIONS**2}
    weighed = Snapshot(version, units, rates, 0.0, topic)
    return Snapshot(version, units, rates, _baseline_of([weighed.weigh(t) for _, _, t in sample]), topic)


def is_snapshot_due(units: int, last: Snapshot, last_at: datetime | None, now: datetime) -> bool:
    """Whether the feed has grown enough: by a quarter up to 2,000 articles, then daily."""
    if last_at is None or units >= 2 * last.units:
        return units >= 2
    if units < LARGE_FEED:
        return units >= last.units * GROWN
    return now - last_at >= timedelta(days=1)


@cache
def _background_weights() -> Mapping[int, float]:
    return {term: -math.log(max(rate, RATE_FLOOR)) for term, rate in background_rates().items()}


def dot(one: Weights, other: Weights) -> float:
    """The similarity of two vectors."""
    if len(one) > len(other):
        one, other = other, one
    get = other.get
    return sum(weight * get(term, 0.0) for term, weight in one.items())


def _lower_bound(stories: float, count: int) -> float:
    return (stories - DEVIATIONS * math.sqrt(stories)) / (count + EMPTY_STORIES)


def _baseline_of(vectors: Sequence[Weights]) -> float:
    pairs = sorted(dot(one, other) for place, one in enumerate(vectors) for other in vectors[:place])
    if len(pairs) < 3:
        return 0.0
    place = BASELINE_QUANTILE * (len(pairs) - 1)
    low = pairs[int(place)]
    return low + (place - int(place)) * (pairs[int(place) + 1] - low)
