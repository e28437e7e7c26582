"""The fingerprint of a text: an exact hash, and a sketch by which near copies find one another. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from zlib import crc32

from .shingles import Shingled, shingled, shingles_of
from .words import fold, words_of

ENOUGH_WORDS = 40
"""Below this a text is a stub (paywall notes, teasers): two of them collide without being the same article."""
LEAST_KEPT, MOST_KEPT = 24, 256
"""The lowest 1/8 of the shingle hashes, at least 24: recall .999 of true pairs at 31 entries a document. At most 256,
for a text of 5 MB would lock and index 100,000. Curve in docs/sameness.md."""
COMMON_AFTER = 50
"""A hash seen on more articles than this in the window is somebody's boilerplate: it neither locks nor counts."""
WINDOW_DAYS = 30
"""Near copies are looked for among articles fetched at most this many days apart; URL and text keys stay for good."""
SHARED_HASHES = 2
"""Two shared hashes make a candidate; one is often a stock phrase."""
TITLE_WORDS = 6
"""A headline of fewer words ("Morning briefing") says nothing about sameness."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`text_hash` is None under 40 words. `sketch` holds sorted 63-bit hashes, safe as signed 64-bit integers.

    A text under 40 words is judged by its headline alone: its sketch is two hashes of a headline of six words or
    more, so that such articles find one another by the same look-up; it is empty where the headline is shorter.
    """

    text_hash: bytes | None
    sketch: tuple[int, ...]
    words: int

    @property
    def is_thin(self) -> bool:
        """Whether the text is too short to be evidence."""
        return self.words < ENOUGH_WORDS


def fingerprint_of(title: str | None, text: str) -> Fingerprint:
    """Fingerprint an article's clean text (its headline only where the text is too short to tell anything)."""
    read = shingled(fold(text))
    if read.words < ENOUGH_WORDS:
        return Fingerprint(None, _sketch_of_title(words_of(title)), read.words)
    text_hash = hashlib.blake2b(read.whole, digest_size=16).digest()
    return Fingerprint(text_hash, _sketch_of_words(read), read.words)


def _sketch_of_words(read: Shingled) -> tuple[int, ...]:
    """FracMinHash: CRC-32 picks the shingles, BLAKE2b names those picked."""
    lowest = set(read.low)
    kept = lowest if len(lowest) >= LEAST_KEPT else set(_least(LEAST_KEPT, set(shingles_of(read.whole))))
    return tuple(sorted(set(map(_name_of, _least(MOST_KEPT, kept)))))


def _least(most: int, shingles: set[bytes]) -> Iterable[bytes]:
    if len(shingles) <= most:
        return shingles
    return (shingle for _, shingle in nsmallest(most, zip(map(crc32, shingles), shingles, strict=True)))


def _sketch_of_title(words: list[str]) -> tuple[int, ...]:
    if len(words) < TITLE_WORDS:
        return ()
    headline = " ".join(words).encode("utf-8", "surrogatepass")
    return tuple(sorted(_name_of(b"headline %d " % number + headline) for number in range(SHARED_HASHES)))


def _name_of(shingle: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=8).digest()) >> 1
