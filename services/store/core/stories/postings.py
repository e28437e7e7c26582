"""Candidates by shared terms: for each of an article's heaviest terms, who else has it. In memory, no I/O."""

import heapq
from array import array
from collections import defaultdict
from itertools import islice
from operator import itemgetter
from struct import Struct

from .vectors import Weights

INDEXED_TERMS = 30
POSTINGS_READ = 4_000
"""Postings read for one look-up, the newest first: the cost is bounded by this, not by the number of articles."""
NEAREST = 40
WEIGHT_BITS = 6
MOST_WEIGHT = (1 << WEIGHT_BITS) - 1
"""A posting is one 32-bit number: the article's row and a rough weight, enough to rank candidates. A million distinct
terms with some three postings each would take twice the memory otherwise."""
POSTING = Struct("=I")
FEW_BYTES = 16 * POSTING.size
"""A term's first postings are plain bytes: most terms are rare, and the garbage collector does not look into bytes."""


class Postings:
    """Rows by their heaviest terms. A row that is gone stays: whoever asks leaves it out."""

    def __init__(self) -> None:
        self._entries: dict[int, bytes | array[int]] = {}

    def add(self, row: int, vector: Weights) -> None:
        """Index a row by its vector, whose heaviest terms come first."""
        for term, weight in islice(vector.items(), INDEXED_TERMS):
            entry = row << WEIGHT_BITS | max(1, round(weight * MOST_WEIGHT))
            known = self._entries.get(term, b"")
            if isinstance(known, bytes):
                some = known + POSTING.pack(entry)
                self._entries[term] = some if len(some) < FEW_BYTES else array("I", some)
            else:
                known.append(entry)

    def nearest(self, vector: Weights) -> tuple[list[int], bool]:
        """The 40 rows that share most with a vector, best first, and whether postings were left unread."""
        hits: dict[int, float] = defaultdict(float)
        left = POSTINGS_READ
        for term, weight in islice(vector.items(), INDEXED_TERMS):
            entries = self._entries.get(term, b"")
            if isinstance(entries, bytes):
                entries = array("I", entries)
            if len(entries) > left:
                entries = entries[-left:]
            left -= len(entries)
            for entry in entries:
                hits[entry >> WEIGHT_BITS] += weight * (entry & MOST_WEIGHT)
            if left <= 0:
                break
        best = heapq.nlargest(NEAREST, hits.items(), key=itemgetter(1))
        return [row for row, _ in best], left <= 0
