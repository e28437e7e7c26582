"""Counting letters of a page's blocks by table: one look-up a character for the whole page, in place of searches a block."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

HEAD = 120  # characters in which digits, capitals and signs are counted
OPENING = frozenset("\"'“«„–—-‘「")
TERMINAL = frozenset('.!?"”»…。！？）)')
TABLE_SIZE = 0x10000  # characters beyond count as none of these
COUNT_BITS = 10  # a count fits in these; texts of at most 1,000 characters are counted

BLANK, COMMA, NEWLINE, STOP, QUESTION, EXCLAMATION = map(ord, " ,\n.?!")

WIDE_LETTER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
WIDE_BYTES = bytes(
    (0xE0, 0xE1, *range(0xE3, 0xF0))
)  # with one of these a wide letter, or a Korean one, begins in UTF-8

COUNTED: dict[str, Callable[[str], bool]] = {
    "digits": str.isdecimal,
    "capitals": str.isupper,
    "bars": "|".__eq__,
    "at_signs": "@".__eq__,
    "copyright_signs": "©".__eq__,
}
MARKED: dict[str, Callable[[str], bool]] = {
    "lower": str.islower,
    "opening": OPENING.__contains__,
    "terminal": TERMINAL.__contains__,
    "colon": ":：".__contains__,
    "ending": ".!?。".__contains__,
}


KINDS = tuple(MARKED)


def _table(tests: Sequence[Callable[[str], bool]], bits: int) -> Any:
    letters = [chr(number) for number in range(TABLE_SIZE)]
    table = np.zeros(TABLE_SIZE, dtype=np.int64)
    for place, test in enumerate(tests):
        table |= np.fromiter(map(test, letters), dtype=np.int64) << (bits * place)
    return table


_COUNTS = _table(tuple(COUNTED.values()), COUNT_BITS)
_MARKS = _table(tuple(MARKED.values()), 1)
WIDE_BIT = 0x80  # in a byte of MARK_TABLE, behind the bits of MARKED
COUNT_TABLE = sum(((_COUNTS >> COUNT_BITS * place) & 1) << place for place in range(len(COUNTED)))
COUNT_TABLE = COUNT_TABLE.astype(np.uint8).tobytes()
MARK_TABLE = _MARKS.astype(np.uint8)
MARK_TABLE[[ord(letter) for letter in WIDE_LETTER.findall("".join(map(chr, range(TABLE_SIZE))))]] |= WIDE_BIT
MARK_TABLE = MARK_TABLE.tobytes()
"""The same for the compiled counting: a byte for each letter, a bit for each kind, in their order."""


def may_hold_wide_letters(text: str) -> bool:
    """Whether it is worth looking for wide letters, Korean ones among them; a tenth of the cost of that."""
    if text.isascii():
        return False
    raw = text.encode("utf-8", "replace")
    return len(raw.translate(None, WIDE_BYTES)) < len(raw)


def wide_of(texts: Sequence[str]) -> Any:
    """How many Chinese, Japanese, Korean and Thai letters every text holds."""
    if not may_hold_wide_letters("".join(texts)):
        return np.zeros(len(texts), dtype=np.int64)
    return np.fromiter([len(WIDE_LETTER.findall(text)) for text in texts], np.int64)


def counts_of(texts: Sequence[str]) -> dict[str, Any]:
    """How many characters of each counted kind every text holds; the texts are neither empty nor above 1,000 characters."""
    packed = np.add.reduceat(_COUNTS[_numbers_of("".join(texts))], _starts_of(texts))
    full = (1 << COUNT_BITS) - 1
    return {name: (packed >> (COUNT_BITS * place)) & full for place, name in enumerate(COUNTED)}


def signs_of(texts: Sequence[str]) -> dict[str, Any]:
    """How many blanks, commas, line breaks and ends of sentences (`. `, `? `, `! `) every text holds; none is empty."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    blanks = codes == BLANK
    stops = (codes == STOP) | (codes == QUESTION) | (codes == EXCLAMATION)
    stops[:-1] &= blanks[1:]
    stops[-1] = False
    starts = _starts_of(texts)
    marked = {"blanks": blanks, "commas": codes == COMMA, "breaks": codes == NEWLINE, "sentences": stops}
    return {name: np.add.reduceat(marks, starts, dtype=np.int64) for name, marks in marked.items()}


def marks_of(letters: str) -> Any:
    """Of every letter the kinds of `MARKED` that it is of, a bit each."""
    return _MARKS[_numbers_of(letters)]


def marked(marks: Any, kind: str) -> Any:
    """Of every letter's marks, 1 or 0 for one kind."""
    return marks >> KINDS.index(kind) & 1


def _starts_of(texts: Sequence[str]) -> Any:
    starts = np.zeros(len(texts), dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts[:-1]), np.int64), out=starts[1:])
    return starts


def _numbers_of(text: str) -> Any:
    numbers = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(numbers < TABLE_SIZE, numbers, 0)
