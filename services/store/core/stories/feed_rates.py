"""Counts a feed's own rates over its stories, article by article, and makes a snapshot of them. Pure."""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from operator import itemgetter
from zlib import crc32

from .arithmetic import new_term_counts
from .snapshot import Snapshot
from .term_counts import TermCounts
from .terms import Terms
from .vectors import Weights, dot

EMPTY_STORIES = 150
DEVIATIONS = 3.0
"""The feed's rates are lower bounds (x - 3√x) over the stories and 150 empty ones: a word of one big or twice split
story keeps its weight, one that stands in most stories loses it."""
LEAST_STORIES = 9
"""The lower bound of what stands in nine stories or fewer is nothing: 3√x is x."""
BASELINE_QUANTILE = 1 / 3
SAMPLE = 78
"""Articles whose pairs give the baseline: 3,003 pairs, those with the smallest hashes, so that the order is nothing."""


class FeedRates:
    """In how many of the feed's stories each term stands; a story counts as the mean of its articles.

    `members` are all the feed's articles as (article id, story). Their terms are counted one by one and not kept; what
    comes out depends on the set alone.
    """

    def __init__(self, members: Sequence[tuple[str, int]]) -> None:
        self._units = len(members)
        self._sizes = Counter(story for _, story in members)
        by_hash = ((crc32(article_id.encode()), article_id) for article_id, _ in members)
        self._sampled = {article_id for _, article_id in heapq.nsmallest(SAMPLE, by_hash)}
        self._sample: list[tuple[str, Terms]] = []
        self._seen = new_term_counts()
        self._seen_by_size: dict[int, TermCounts] = defaultdict(new_term_counts)

    def count(self, article_id: str, story: int, terms: Terms) -> None:
        """Count one of the members."""
        self._seen.count(terms)
        if self._sizes[story] > 1:
            self._seen_by_size[self._sizes[story]].count(terms)
        if article_id in self._sampled:
            self._sample.append((article_id, terms))

    def snapshot(self, version: int, topic: frozenset[int] = frozenset()) -> Snapshot:
        """The rates and the baseline of what was counted."""
        stories, larger = len(self._sizes), sorted(self._seen_by_size.items())
        rates = {
            term: _lower_bound(x, stories)
            for term in sorted(self._seen.above(LEAST_STORIES))
            if (x := self._stories_with(term, larger)) > LEAST_STORIES
        }
        weighed = Snapshot(version, self._units, rates, 0.0, topic)
        baseline = _baseline_of(
            [weighed.weigh(terms) for _, terms in sorted(self._sample, key=itemgetter(0))]
        )
        return Snapshot(version, self._units, rates, baseline, topic)

    def _stories_with(self, term: int, larger: Sequence[tuple[int, TermCounts]]) -> float:
        """In how many stories a term stands: those of one article, then the larger ones by size, whatever came first."""
        seen = [(counts.of(term), size) for size, counts in larger]
        found = float(self._seen.of(term) - sum(articles for articles, _ in seen))
        for articles, size in seen:
            found += articles / size
        return found


def _lower_bound(stories: float, count: int) -> float:
    return (stories - DEVIATIONS * math.sqrt(stories)) / (count + EMPTY_STORIES)


def _baseline_of(vectors: Sequence[Weights]) -> float:
    pairs = sorted(dot(one, other) for place, one in enumerate(vectors) for other in vectors[:place])
    if len(pairs) < 3:
        return 0.0
    place = BASELINE_QUANTILE * (len(pairs) - 1)
    low = pairs[int(place)]
    return low + (place - int(place)) * (pairs[int(place) + 1] - low)
