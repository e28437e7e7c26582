"""The first pass's features by _features.c: what it is handed, and the names of the rows that it gives."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.element_columns import LEVELS
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.name_columns import (
    FAR_KEY,
    IN_KEY,
    NEAR_KEY,
    NEGATIVE_KEY,
    OWN_KEY,
    TAG_KEY,
)
from services.normalize.core.judging.place_columns import NEAR_KEY as PROSE_WITHIN
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
    matrix = np.frombuffer(count(*arrays_of(facts)), np.float64).reshape(len(NAMES), -1)
    matrix[LOGARITHMS] = np.log1p(matrix[LOGARITHMS])
    return {NAMES: matrix}


def arrays_of(facts: PageFacts) -> tuple[Any, ...]:
    """What _features.c asks for, in its order."""
    return (
        facts.measured.whole,
        facts.words,
        facts.said,
        facts.after_junk_heading,
        facts.candidates,
        facts.tree.whole,
        facts.headline_at,
        NEGATIVE,
    )
