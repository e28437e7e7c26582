"""Features of a block's own words: one column of numbers a feature, one row a candidate."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.reading.measures import Rows
from services.normalize.core.words.letters import HEAD, marked

SHORT = 160
LOWER_BOUNDS = np.array([[15.0], [30.0], [60.0], [100.0]])
UPPER_BOUNDS = np.array([[200.0], [400.0]])
LINK_BOUNDS = np.array([[0.2], [0.5], [0.9]])
FOUND = ("titled", "notice", "linking", "writer")
SIGNS = ("commas", "sentences", "ends_more", "label", "short_date", "wide_notice")


def read_texts(facts: PageFacts) -> Columns:
    """The readings of every candidate's text, as columns; the features are made of them."""
    rows = Rows({name: row[facts.candidates] for name, row in facts.measured.items()})
    return _letters(rows) | {"blanks": rows["blanks"], "breaks": rows["breaks"]} | words_and_signs(facts)


def words_and_signs(facts: PageFacts) -> Columns:
    """What is looked up in every candidate's words, and the signs in them."""
    rows, at = facts.measured, facts.candidates
    read: Columns = {name: facts.found[name][at] for name in FOUND}
    read |= {name: rows[name][at] for name in SIGNS}
    return read | {"title_total": facts.found["words"][at], "wide": rows["wide"][at] > 0}


def _letters(rows: Rows) -> Columns:
    """What kinds of letters a text begins with and ends in, and which share its head has of them."""
    lengths, first, last = np.minimum(rows["lengths"], HEAD), rows["first"], rows["last"]
    return {
        "digits": rows["digits"] / lengths,
        "capitals": rows["capitals"] / lengths,
        "has_bar": rows["bars"] > 0,
        "at_sign": rows["at_signs"] > 0,
        "copyright_sign": rows["copyright_signs"] > 0,
        "starts_lower": marked(first, "lower"),
        "starts_quote": marked(first, "opening"),
        "ends_sentence": marked(last, "terminal"),
        "ends_colon": marked(last, "colon"),
        "ends_open": 1 - marked(last, "ending"),
    }


def text_columns(read: Columns, size: Any, links: Any, link_count: Any) -> Columns:
    """What the words of the block themselves say; `size` and `links` are its characters and their share in links."""
    words, wide, notice = read["blanks"] + 1, read["wide"], read["notice"]
    commas = np.where(
        wide, np.minimum(1.0, read["commas"] / 8), np.where(words > 1, read["commas"] / words, 0.0)
    )
    short, linked, below_300 = size < SHORT, link_count > 0, size < 300
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
        "short_date": read["short_date"],
        "junk_start": read["label"],
        "notice_words": np.minimum(3, notice),
        "linking_words": short * np.minimum(2, read["linking"]),
        "writer_words": below_300 * (read["writer"] > 0),
        "short_notice": short * np.minimum(2, notice),
        "many_lines": read["breaks"] > 0,
        "title_words": np.minimum(4, read["titled"]),
        "title_share": read["titled"] / (read["title_total"] + 4),
        ("under_15", "under_30", "under_60", "under_100"): size < LOWER_BOUNDS,
        ("over_200", "over_400"): size > UPPER_BOUNDS,
        ("links_02", "links_05", "links_09"): links > LINK_BOUNDS,
        "short_link": (size < 100) & linked & (links > 0.3) & (read["ends_open"] > 0),
        "at_sign": read["at_sign"],
        "copyright_sign": read["copyright_sign"],
        "read_more_link": linked * below_300 * read["ends_more"],
        "wide_notice": np.minimum(3, read["wide_notice"]),
    }
