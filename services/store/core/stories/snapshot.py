"""What the terms weigh: rates everywhere and in this feed, frozen as a numbered snapshot. Pure; the scorer of stories."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from .background import background_rates
from .terms import CYRILLIC, Terms
from .vectors import Weights

THRESHOLD = 0.1525
"""Average link at which two stories are one: the middle of the stretch that serves all four sets (docs/sameness.md)."""
BASELINE_FREE = 0.05
"""Where articles taken at random resemble each other more than that, the threshold rises by as much: a young feed on
one topic, whose own rates say nothing yet."""
RATE_FLOOR = 1e-4
"""No term is taken for rarer than this: caps its weight at 9.2, so that one odd name does not make a story."""
RAREST = -math.log(RATE_FLOOR)
CYRILLIC_EXCESS = 1.5
"""Unrelated texts in Russian, Ukrainian and Belarusian resemble one another that much more than English ones do: their
similarities are divided by it, so that one threshold serves (curve over the Russian pairs in docs/sameness.md)."""
SATURATION, AVERAGE_WEIGHT = 1.0, 150.0
"""BM25's k1 (b is .5): a word's second mention says less than its first, and less in a short text than in a long one."""
KEPT_TERMS = 100
SMALL_FEED, LARGE_FEED = 500, 2_000
SMALL_PART, PART = 10, 4
"""A small feed is weighed anew when it has grown by a tenth of what was weighed, a larger one by a quarter, a large one
daily: each article ten times on the way to 500, not six on the way to 2,000. docs/decisions/0120"""
A_DAY = timedelta(days=1)


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
        everywhere = _background_rarities()
        own = {term: min(_rarity(rate), everywhere.get(term, RAREST)) for term, rate in self.rates.items()}
        object.__setattr__(self, "_own", own | dict.fromkeys((*self.topic, CYRILLIC), 0.0))

    @property
    def threshold(self) -> float:
        """The fixed threshold, raised by what articles of this feed have in common anyway."""
        return THRESHOLD + (1 - THRESHOLD) * max(0.0, self.baseline - BASELINE_FREE)

    def weigh(self, terms: Terms) -> Weights:
        """BM25 saturation times inverse document rate, the heaviest hundred terms, brought to length, heaviest first."""
        own, everywhere = self._own, _background_rarities().get
        half = SATURATION * 0.5 * (1 + sum(terms.values()) / AVERAGE_WEIGHT)
        weights = [
            (own[term] if term in own else everywhere(term, RAREST)) * count / (count + half)
            for term, count in terms.items()
        ]
        least = sorted(weights)[-KEPT_TERMS] if len(weights) > KEPT_TERMS else 0.0
        heaviest = [pair for pair in zip(weights, terms, strict=True) if pair[0] >= least and pair[0] > 0]
        heaviest.sort(reverse=True)
        del heaviest[KEPT_TERMS:]
        square = math.fsum(weight * weight for weight, _ in heaviest) or 1.0
        length = math.sqrt(square * (CYRILLIC_EXCESS if CYRILLIC in terms else 1.0))
        return {term: weight / length for weight, term in heaviest}

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


def is_snapshot_due(units: int, last: Snapshot, last_at: datetime | None, now: datetime) -> bool:
    """Whether it is time: when a feed has grown by a tenth (from 500 articles a quarter, from 2,000 double), and daily."""
    if units < 2:
        return False
    if last_at is None or units >= 2 * last.units:
        return True
    return now - last_at >= A_DAY or (units < LARGE_FEED and _has_grown(units, last.units))


def _has_grown(units: int, weighed: int) -> bool:
    return units - weighed >= weighed / (SMALL_PART if weighed < SMALL_FEED else PART)


@cache
def _background_rarities() -> Mapping[int, float]:
    return {term: _rarity(rate) for term, rate in background_rates().items()}


def _rarity(rate: float) -> float:
    return -math.log(max(rate, RATE_FLOOR))
