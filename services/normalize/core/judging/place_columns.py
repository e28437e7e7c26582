"""Features of a block's place on the page, and of what the page's head says of its words."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.reading.measures import FAR
from services.normalize.core.reading.texts import SAID_ROWS

NEAR = np.array([[3], [8], [20]])
NEAR_KEY = numbered("prose_within", (3, 8, 20))


def place_columns(facts: PageFacts, distances: tuple[Any, Any]) -> Columns:
    """Before or after the headline, among how much prose, under which headings."""
    at, count, headline = facts.candidates, len(facts.page.blocks), facts.headline_at
    since_headline = max(0, headline)
    running = np.concatenate(([0.0], np.cumsum(facts.chars * facts.prose)))
    prose = running[-1] or 1.0
    chars = np.cumsum(facts.chars)
    junk = facts.after_junk_heading[at]
    since, until = distances
    before = running[at]
    around = running[np.minimum(count, at + NEAR)] - running[np.maximum(0, at - NEAR + 1)]
    return {
        SAID_ROWS: facts.said[:, at],
        "before_headline": (headline >= 0) & (at < headline),
        "at_headline": at == headline,
        "log_after_headline": np.log1p(np.maximum(0, at - since_headline)),
        "log_before_headline": np.log1p(np.maximum(0, since_headline - at)),
        "place": at / count,
        "chars_before": chars[at] / chars[-1],
        "prose_before": before / prose,
        "prose_after": (running[-1] - running[at + 1]) / prose,
        "prose_since_headline": np.maximum(0.0, before - running[since_headline]) / prose,
        "has_headline": headline >= 0,
        NEAR_KEY: around / prose,
        "log_blocks": np.log1p(count),
        "log_prose": np.log1p(prose),
        "prose_share": prose / chars[-1],
        "since_prose": since / 10,
        "until_prose": until / 10,
        "under_junk_heading": junk >= 0,
        "junk_heading_near": np.minimum(FAR, np.abs(junk)) / 10,
        "junk_heading_itself": junk == 0,
    }


def prose_distances(facts: PageFacts) -> tuple[Any, Any]:
    """For every candidate the blocks between it and the prose before it, and the prose after it; at most 20."""
    rows, at = facts.measured, facts.candidates
    return rows["since_prose"][at], rows["until_prose"][at]
