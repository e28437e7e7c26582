"""The fingerprint of a text: an exact hash, and a sketch by which near copies find one another. Pure."""

import hashlib
from dataclasses import dataclass
from heapq import nsmallest
from zlib import crc32

from .words import words_of

ENOUGH_WORDS = 40
"""Below this a text is a stub (paywall notes, teasers): two of them collide without being the same article."""
SHINGLE = 5
KEPT_SHARE = 8
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
CRC_SPAN = 1 << 32


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
    words = words_of(text)
    if len(words) < ENOUGH_WORDS:
        return Fingerprint(None, _sketch_of_title(words_of(title)), len(words))
    text_hash = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Fingerprint(text_hash, _sketch_of_words(words), len(words))


def _sketch_of_words(words: list[str]) -> tuple[int, ...]:
    """FracMinHash: CRC-32 picks the shingles (it is fast and every text picks alike), BLAKE2b names those picked."""
    raw = [word.encode("utf-8", "surrogatepass") for word in words]
    shingles = {b" ".join(raw[start : start + SHINGLE]) for start in range(len(raw) - SHINGLE + 1)}
    ranked = [(crc32(shingle), shingle) for shingle in shingles]
    lowest = [found for found in ranked if found[0] < CRC_SPAN // KEPT_SHARE]
    kept = sorted(lowest)[:MOST_KEPT] if len(lowest) >= LEAST_KEPT else nsmallest(LEAST_KEPT, ranked)
    return tuple(sorted({_name_of(shingle) for _, shingle in kept}))


def _sketch_of_title(words: list[str]) -> tuple[int, ...]:
    if len(words) < TITLE_WORDS:
        return ()
    headline = " ".join(words).encode("utf-8", "surrogatepass")
    return tuple(sorted(_name_of(b"headline %d " % number + headline) for number in range(SHARED_HASHES)))


def _name_of(shingle: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(shingle, digest_size=8).digest()) >> 1
