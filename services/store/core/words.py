"""Text to comparable words: one folding for sameness, changes and stories. No stems here (see stories/terms.py)."""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
APOSTROPHES = "'’‘ʼ`´"
STRESS = "\u0301"
TEXTS_REMEMBERED, SHORTEST_REMEMBERED, LONGEST_REMEMBERED = 64, 500, 20_000
"""The fingerprint and the terms of its story read an article's text one after the other, with a few dozen articles in work.
Headlines and paragraphs are not worth it, hostile pages would be too much."""


def fold(text: str) -> str:
    """The text without what two outlets spell differently: width, case, apostrophes, ё, stress marks.

    >>> fold("Don’t — Ещё")
    'dont — еще'
    """
    folded = without_case(text).replace("ё", "е")
    for mark in (*APOSTROPHES, STRESS):  # `str.translate` takes ten times as long for a page of text
        folded = folded.replace(mark, "")
    return folded


def without_case(text: str) -> str:
    """The text without width, ligatures and case: what every folding begins with."""
    if SHORTEST_REMEMBERED <= len(text) <= LONGEST_REMEMBERED:
        return _remembered(text)
    return _without_case(text)


def _without_case(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


_remembered = lru_cache(maxsize=TEXTS_REMEMBERED)(_without_case)


def words_of(text: str | None) -> list[str]:
    """The folded words in order; punctuation, quotes and dashes are no words."""
    return WORD.findall(fold(text)) if text else []
