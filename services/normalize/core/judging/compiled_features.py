"""The first pass's features by _features.c: what it is handed, and the names of the rows that it gives."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.element_columns import LEVELS, anchors_of, depths_down
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.name_columns import (
    FAR_KEY,
    IN_KEY,
    NEAR_KEY,
    NEGATIVE_KEY,
    OWN_KEY,
    TAG_KEY,
    inline_masks,
)
from services.normalize.core.judging.place_columns import NEAR_KEY as PROSE_WITHIN
from services.normalize.core.judging.place_columns import block_distances
from services.normalize.core.judging.places import tags_of
from services.normalize.core.judging.text_columns import short_dates, words_and_signs
from services.normalize.core.judging.tree import NEGATIVE
from services.normalize.core.reading.texts import SAID_ROWS
from services.normalize.core.words.class_words import GROUP_NAMES
from services.normalize.core.words.containers import CONTAINERS

TEXT_NAMES = (
    "log_chars", "log_words", "link_share", "log_links", "commas", "sentences", "ends_sentence", "ends_colon", "digits", "capitals",
    "word_length", "starts_lower", "starts_quote", "has_bar", "short_date", "junk_start", "notice_words", "linking_words",
    "writer_words", "short_notice", "many_lines", "title_words", "title_share", "under_15", "under_30", "under_60", "under_100",
    "over_200", "over_400", "links_02", "links_05", "links_09", "short_link", "at_sign", "copyright_sign", "read_more_link", "wide_notice",
)  # fmt: skip
PLACE_NAMES = (
    *SAID_ROWS, "before_headline", "at_headline", "log_after_headline", "log_before_headline", "place", "chars_before",
    "prose_before", "prose_after", "prose_since_headline", "has_headline", *PROSE_WITHIN, "log_blocks", "log_prose", "prose_share",
    "since_prose", "until_prose", "under_junk_heading", "junk_heading_near", "junk_heading_itself",
)  # fmt: skip
NAME_NAMES = (
    *TAG_KEY, *NEGATIVE_KEY, "depth", "hidden", "inline_negative", *OWN_KEY, *NEAR_KEY, *FAR_KEY, *IN_KEY, "li_linked", "li_plain",
    "li_short", "heading_linked", "heading_in_prose", "heading_no_prose_after", "p_prose", "p_short", "div_short", "div_prose",
    "p_linked",
)  # fmt: skip
SHARE_NAMES = (*numbered("share", LEVELS), *numbered("log_prose_blocks", LEVELS), *numbered("links", LEVELS))
SHAPE_NAMES = (
    "shape_log_count", "shape_mean_chars", "shape_links", "shape_share", "shape_sentences", "container_log_blocks",
    "same_parent_before", "same_shape_before", "same_parent_after", "same_shape_after",
)  # fmt: skip
ALIKE = ("siblings", "alike", "alike_prose", "alike_links", "teaser_list")
ALIKE_NAMES = tuple(name for one in ALIKE for name in numbered(one, LEVELS))
HEADLINE_NAMES = (
    "headline_up", "headline_down", "headline_share", "same_article", "other_article", "later_article", "only_article",
    "outside_only_article", "headline_share_prose",
)  # fmt: skip
TITLE_NAMES = (*numbered("titled", (1, 2, 3)), *numbered("titled_against_page", (1, 2, 3)))
NAMES = (
    *TEXT_NAMES,
    *PLACE_NAMES,
    *NAME_NAMES,
    *SHARE_NAMES,
    *SHAPE_NAMES,
    *ALIKE_NAMES,
    *HEADLINE_NAMES,
    *TITLE_NAMES,
)
"""The rows of _features.c, in its order."""

LOGARITHMS = np.array([
    at for at, name in enumerate(NAMES)
    if name.startswith("log_") or "_log_" in name or name in (*numbered("siblings", LEVELS), *numbered("alike", LEVELS))
])  # fmt: skip
"""The rows for which it gives what the logarithm is to be taken of."""

assert (len(GROUP_NAMES), len(CONTAINERS)) == (20, 15)  # as _features.c has them


def compiled_features(facts: PageFacts) -> Columns:
    """As `features.first_features` for an HTML page, as one matrix."""
    count = facts.page.reader.features
    assert count is not None
    matrix = np.frombuffer(count(_arrays_of(facts)), np.float64).reshape(len(NAMES), -1)
    matrix[LOGARITHMS] = np.log1p(matrix[LOGARITHMS])
    return {NAMES: matrix}


def _arrays_of(facts: PageFacts) -> dict[str, Any]:
    """Everything by the names that _features.c knows: whole numbers or floats of 64 bits, a value each."""
    tree, rows, read = facts.tree, facts.measured, words_and_signs(facts)
    since, until = block_distances(facts)
    headline = facts.headline_at
    return {
        **{name: rows[name] for name in OF_BLOCKS},
        **{name: getattr(tree, name) for name in OF_ELEMENTS},
        **{name: read[name].astype(np.float64) for name in READ_FLOATS},
        **{name: read[name].astype(np.int64) for name in READ_NUMBERS},
        "first_mark": rows["first"],
        "last_mark": rows["last"],
        "junk": facts.after_junk_heading,
        "since": since,
        "until": np.ascontiguousarray(until),
        "chars": facts.chars,
        "link_shares": facts.link_shares,
        "candidates": facts.candidates,
        "tags": tags_of(facts),
        "inline_masks": inline_masks(facts),
        "short_date": short_dates(facts, facts.chars[facts.candidates]).astype(np.int64),
        "said": np.ascontiguousarray(facts.said[:, facts.candidates].T, np.float64),
        "element_link_chars": tree.link_chars,
        "anchor": anchors_of(facts),
        "down": depths_down(facts),
        "headline_at": np.array([headline]),
        "headline_article": np.array([facts.page.blocks[headline].element.article if headline >= 0 else 0]),
        "negative": np.array([NEGATIVE]),
    }


OF_BLOCKS = ("lengths", "link_chars", "links", "elements", "blanks", "breaks", "digits", "capitals", "bars", "at_signs", "copyright_signs")  # fmt: skip
OF_ELEMENTS = ("parent", "shape", "article", "hidden", "depth", "flags", "carried", "far", "first", "last", "prose_chars", "prose_blocks")  # fmt: skip
READ_FLOATS = ("commas", "sentences", "titled", "notice", "linking", "writer", "wide_notice")
READ_NUMBERS = ("junk_start", "ends_more", "wide", "title_total")
