"""Text to comparable words: one folding for sameness, changes and stories. No stems here (see stories/terms.py)."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
APOSTROPHES = "'’‘ʼ`´"
STRESS = "\u0301"


def fold(text: str) -> str:
    """The text without what two outlets spell differently: width, case, apostrophes, ё, stress marks.

    >>> fold("Don’t — Ещё")
    'dont — еще'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    for mark in (*APOSTROPHES, STRESS):  # `str.translate` takes ten times as long for a page of text
        folded = folded.replace(mark, "")
    return folded


def words_of(text: str | None) -> list[str]:
    """The folded words in order; punctuation, quotes and dashes are no words."""
    return WORD.findall(fold(text)) if text else []
