"""The words of a text with which a term of a topic may begin, and those behind them."""

import re
from collections.abc import Callable

from services.normalize.core.words.compiled_lines import LINES

WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:[’'ʼ][^\W_]+)*")
STEM_KEY = 3  # letters by which terms are looked up: words go on with any ending

Asked = list[tuple[int, tuple[str, ...]]]
"""Each word that was asked for: which of the text's words it is, and how it and those behind it are spelled."""


def folded_word(word: str) -> str:
    """A word as terms are compared with it: no upper case, one apostrophe."""
    return word.casefold().replace("’", "'").replace("ʼ", "'")


def find_words_asked(text: str, starts: frozenset[str], fold: Callable[[str], str], reach: int) -> Asked:
    """The words whose first three letters, folded, are among `starts`, each with those behind it, `reach` in all."""
    words = WORD.findall(text)
    asked = [at for at, word in enumerate(words) if fold(word)[:STEM_KEY] in starts]
    return [(at, tuple(words[at : at + reach])) for at in asked]


words_asked: Callable[[str, frozenset[str], Callable[[str], str], int], Asked]
words_asked = find_words_asked if LINES is None else LINES.words_asked
"""As `find_words_asked`, in C where it was built."""
