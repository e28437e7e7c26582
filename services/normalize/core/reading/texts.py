"""What the texts of blocks say: how they begin, which words are asked for in them, what the page's head says too."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from services.normalize.core.words.phrases import beginnings_of, words_of

KEY_CHARS = 200
READ = 600  # characters in which words are looked for
SAID = 60  # characters compared with the head's texts
SHORTEST_SAID = 15
SHORTEST_IN_TITLE = 10
SHORT = 250
MOST_REPEATED = 3

SAID_ROWS = ("is_headline_text", "in_title", "in_description", "in_article_body", "not_in_article_body", "repeated")  # fmt: skip
IS_HEADLINE, IN_TITLE, IN_DESCRIPTION, IN_BODY, NOT_IN_BODY, REPEATED = range(len(SAID_ROWS))

Groups = tuple[frozenset[bytes], ...]


class Said(NamedTuple):
    """What the page's head says: its headlines as `text_key` has them, the other texts in lower case; empty if nothing."""

    headlines: frozenset[str]
    title: str
    description: str
    body: str


@dataclass(frozen=True, slots=True)
class TextReading:
    """The three readings of a page's texts by one hand: those below, or _texts.c's."""

    keys_of: Callable[[list[str]], tuple[list[str], Any]]
    find_words: Callable[[list[str], Groups, frozenset[bytes]], Any]
    said_by_head: Callable[[list[str], Any, Any, Said], Any]


def keys_of(texts: list[str]) -> tuple[list[str], Any]:
    """Of every text its first 200 characters in lower case, and an array of what it may begin as (`beginnings_of`)."""
    keys = [text[:KEY_CHARS].lower() for text in texts]
    return keys, np.fromiter(map(beginnings_of, keys), np.int64)


def find_words(texts: list[str], groups: Groups, own: frozenset[bytes]) -> Any:
    """Of the first 600 characters of every text, a row each: the words, those of `own`, those of every group.

    Words are counted as often as they stand there, those of a group once.
    """
    asked = (own, *groups)
    rows = np.zeros((1 + len(asked), len(texts)), np.int64)
    for at, text in enumerate(texts):
        words = words_of(text[:READ])
        rows[:, at] = [len(words), *map(len, map(frozenset(words).intersection, asked))]
    return rows


def said_by_head(keys: list[str], sizes: Any, judged: Any, head: Said) -> Any:
    """Whether the head says a text too, and how often the page has said it before: `SAID_ROWS`, a row each.

    `sizes` are the texts' characters, wide letters counted more; of texts that are not `judged` only the first row is told.
    """
    rows = np.zeros((len(SAID_ROWS), len(keys)), np.int64)
    shortest = min(map(len, head.headlines), default=KEY_CHARS * 4)
    counts: Counter[str] = Counter()
    for at, key in enumerate(keys):
        if sizes[at] < SHORT and len(key) >= shortest:
            rows[IS_HEADLINE, at] = text_key(key) in head.headlines
        if judged[at]:
            rows[IN_TITLE:, at] = _said_of(key, sizes[at], head, counts[key])
        counts[key] += 1
    return rows


def _said_of(key: str, size: float, head: Said, before: int) -> tuple[int, int, int, int, int]:
    in_title = size < SHORT and SHORTEST_IN_TITLE < len(key) <= len(head.title) and key in head.title
    if len(key) <= SHORTEST_SAID:
        return (in_title, 0, 0, 0, 0)
    said = key[:SAID]
    described = len(head.description) > SHORTEST_SAID and said in head.description
    in_body = head.body != "" and said.replace("\n", " ") in head.body
    return (in_title, described, in_body, head.body != "" and not in_body, min(MOST_REPEATED, before))


def text_key(text: str) -> str:
    """The form in which a block is compared with a headline: lower case, single blanks, no punctuation at the ends."""
    return squeezed(text).lower().strip(" .!?:…\"'“”„«»‘’")


def squeezed(text: str) -> str:
    """Single blanks between words."""
    return " ".join(text.split())


PYTHON = TextReading(keys_of, find_words, said_by_head)
