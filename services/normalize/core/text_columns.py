"""Features of a block's own words: one column of numbers a feature, one row a candidate."""

import re
from typing import Any

import numpy as np

from services.normalize.core.facts import PageFacts
from services.normalize.core.phrases import JUNK_START, LINKING, NOTICE, WIDE_NOTICE, WRITER, words_of

Columns = dict[str, Any]
"""Feature name → a numpy array with one number (or truth value) for each candidate."""

TERMINAL = frozenset('.!?"”»…。！？）)')
OPENING = frozenset("\"'“«„–—-‘「")
DATE = re.compile(r"\b(?:19|20)\d\d\b|\d\d?[:.]\d\d\b")
DIGITS = re.compile(r"\d")
HEAD = 120  # characters in which digits, capitals and signs are counted
WIDE_HEAD = 200
READ = 600
MORE = ("more", "more…", "more...", "→", "»", ">>")
SHORT = 160
READINGS = (
    "words", "commas", "sentences", "titled", "title_total", "wide_notice", "ends_sentence", "ends_colon", "ends_open", "digits",
    "capitals", "starts_lower", "starts_quote", "has_bar", "has_date", "junk_start", "notice", "linking", "writer", "many_lines",
    "at_sign", "copyright_sign", "ends_more", "wide",
)  # fmt: skip


def read_texts(facts: PageFacts) -> Columns:
    """The readings of every candidate's text, as columns; later columns are made of them."""
    blocks = facts.page.blocks
    rows = [_readings(blocks[at].text, facts, at) for at in facts.candidates]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(READINGS)).T
    return dict(zip(READINGS, table, strict=True))


def _readings(text: str, facts: PageFacts, at: int) -> tuple[float, ...]:
    head, first, last, hints = text[:HEAD], text[0], text[-1], facts.hints
    words = words_of(text[:READ])
    found = set(words)
    size = facts.sizes[at]
    wide = size > len(text)
    short = size < SHORT
    counts = _wide_counts(text, facts) if wide else _counts(text, len(words), len(found & hints.title_words))
    return (
        text.count(" ") + 1, *counts, last in TERMINAL, last == ":" or last == "：", last not in ".!?。",
        len(DIGITS.findall(head)) / len(head), sum(map(str.isupper, head)) / len(head), first.islower(), first in OPENING,
        "|" in head, short and DATE.search(text) is not None, JUNK_START.match(text) is not None, len(found & NOTICE),
        short and len(found & LINKING), not found.isdisjoint(WRITER), "\n" in text, "@" in head, "©" in head,
        size < 300 and text.endswith(MORE), wide,
    )  # fmt: skip


def _counts(text: str, words: int, titled: int) -> tuple[float, ...]:
    sentences = text.count(". ") + text.count("? ") + text.count("! ")
    return text.count(","), sentences, titled, words, 0


def _wide_counts(text: str, facts: PageFacts) -> tuple[float, ...]:
    """The same for a script without blanks: its own marks, and pairs of letters in place of words."""
    head, pairs = text[:WIDE_HEAD], facts.hints.title_pairs
    sentences = text.count("。") + text.count("！") + text.count("？")
    titled = sum(head[at : at + 2] in pairs for at in range(0, len(head), 2)) if pairs else 0
    return (
        text.count("，") + text.count("、"),
        sentences,
        titled,
        len(head) // 4,
        len(WIDE_NOTICE.findall(head)),
    )


def text_columns(read: Columns, size: Any, links: Any, link_count: Any) -> Columns:
    """What the words of the block themselves say; `size` and `links` are its characters and their share in links."""
    words, wide, notice = read["words"], read["wide"] > 0, read["notice"]
    commas = np.where(
        wide, np.minimum(1.0, read["commas"] / 8), np.where(words > 1, read["commas"] / words, 0.0)
    )
    short = size < SHORT
    return {
        "log_chars": np.log1p(size),
        "log_words": np.log1p(words),
        "link_share": links,
        "log_links": np.log1p(link_count),
        "commas": commas,
        "sentences": (read["sentences"] + read["ends_sentence"]) / (size / 80 + 1),
        "ends_sentence": read["ends_sentence"],
        "ends_colon": read["ends_colon"],
        "digits": read["digits"],
        "capitals": read["capitals"],
        "word_length": np.where(wide, 6.0, np.minimum(20.0, size / words)),
        "starts_lower": read["starts_lower"],
        "starts_quote": read["starts_quote"],
        "has_bar": read["has_bar"],
        "short_date": (size < 120) * read["has_date"],
        "junk_start": read["junk_start"],
        "notice_words": np.minimum(3, notice),
        "linking_words": short * np.minimum(2, read["linking"]),
        "writer_words": (size < 300) * read["writer"],
        "short_notice": short * np.minimum(2, notice),
        "many_lines": read["many_lines"],
        "title_words": np.minimum(4, read["titled"]),
        "title_share": read["titled"] / (read["title_total"] + 4),
        "under_15": size < 15,
        "under_30": size < 30,
        "under_60": size < 60,
        "under_100": size < 100,
        "over_200": size > 200,
        "over_400": size > 400,
        "links_02": links > 0.2,
        "links_05": links > 0.5,
        "links_09": links > 0.9,
        "short_link": (size < 100) * (link_count > 0) * (links > 0.3) * read["ends_open"],
        "at_sign": read["at_sign"],
        "copyright_sign": read["copyright_sign"],
        "read_more_link": (link_count > 0) * (size < 300) * read["ends_more"],
        "wide_notice": np.minimum(3, read["wide_notice"]),
    }
