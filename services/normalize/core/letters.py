"""Counting letters of a page's blocks by table: one look-up a character for the whole page, in place of searches a block."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

OPENING = frozenset("\"'“«„–—-‘「")
TERMINAL = frozenset('.!?"”»…。！？）)')
TABLE_SIZE = 0x10000  # characters beyond count as none of these
COUNT_BITS = 10  # a count fits in these; texts of at most 1,000 characters are counted

BLANK, COMMA, NEWLINE, STOP, QUESTION, EXCLAMATION = map(ord, " ,\n.?!")

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


def _table(tests: Sequence[Callable[[str], bool]], bits: int) -> Any:
    letters = [chr(number) for number in range(TABLE_SIZE)]
    table = np.zeros(TABLE_SIZE, dtype=np.int64)
    for place, test in enumerate(tests):
        table |= np.fromiter(map(test, letters), dtype=np.int64) << (bits * place)
    return table


_COUNTS = _table(tuple(COUNTED.values()), COUNT_BITS)
_MARKS = _table(tuple(MARKED.values()), 1)


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


def marks_of(letters: str) -> dict[str, Any]:
    """Of every letter, whether it is of each marked kind."""
    packed = _MARKS[_numbers_of(letters)]
    return {name: (packed >> place) & 1 for place, name in enumerate(MARKED)}


def _starts_of(texts: Sequence[str]) -> Any:
    starts = np.zeros(len(texts), dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts[:-1]), np.int64), out=starts[1:])
    return starts


def _numbers_of(text: str) -> Any:
    numbers = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(numbers < TABLE_SIZE, numbers, 0)
