"""A folded text's words and its shingles of low CRC: by the compiled reader where it was built, else Python's, which says what is right."""

from collections.abc import Iterable
from itertools import accumulate
from types import ModuleType
from typing import NamedTuple
from zlib import crc32

from .words import WORD

_shingles: ModuleType | None
try:
    from .native import _shingles
except ImportError:
    _shingles = None

EDITION = 1
"""That of _shingles.c; it rises with the file's face, so that what older sources made is not taken."""
IS_COMPILED = _shingles is not None and _shingles.EDITION == EDITION

SHINGLE = 5
LOW_CRC = 1 << 29
"""Below this lies an eighth of all CRC-32 values. CRC-32 picks: it is fast, and every text picks alike."""


class Shingled(NamedTuple):
    """The words joined by blanks, in UTF-8; how many they are; the shingles whose CRC is low, in order, some perhaps twice."""

    whole: bytes
    words: int
    low: list[bytes]


def shingled(folded: str) -> Shingled:
    """Read the words of a text that `words.fold` has folded."""
    if _shingles is not None and IS_COMPILED:
        return Shingled(*_shingles.shingled(folded))
    return shingled_by_python(folded)


def shingled_by_python(folded: str) -> Shingled:
    """The reference: what the compiled reader has to give."""
    words = WORD.findall(folded)
    whole = " ".join(words).encode("utf-8", "surrogatepass")
    low = [shingle for shingle in shingles_of(whole) if crc32(shingle) < LOW_CRC]
    return Shingled(whole, len(words), low)


def shingles_of(whole: bytes) -> Iterable[bytes]:
    """Every run of five words."""
    edges = list(accumulate((len(word) + 1 for word in whole.split(b" ")), initial=0))
    return (whole[start : end - 1] for start, end in zip(edges, edges[SHINGLE:], strict=False))
