"""Features of a block's place on the page, and of what the page's head says of its words."""

from typing import Any

import numpy as np

from services.normalize.core.facts import FAR, PageFacts
from services.normalize.core.page_hints import text_key
from services.normalize.core.text_columns import Columns

SAID = 60  # characters compared with the head's texts
SHORTEST_SAID = 15


def place_columns(facts: PageFacts, at: Any, distances: tuple[Any, Any]) -> Columns:
    """Before or after the headline, among how much prose, under which headings; `at` are the candidates' indices."""
    blocks = facts.page.blocks
    count, headline = len(blocks), facts.headline_at
    since_headline = max(0, headline)
    sizes = np.array(facts.sizes)
    running = np.concatenate(([0.0], np.cumsum(sizes * np.array(facts.prose))))
    prose = running[-1] or 1.0
    chars = np.cumsum(sizes)
    junk = np.array(facts.after_junk_heading)[at]
    since, until = distances
    columns: Columns = dict(
        zip(SAID_NAMES, np.array(_said(facts), dtype=np.float64).reshape(-1, 6).T, strict=True)
    )
    columns |= {
        "before_headline": (headline >= 0) & (at < headline),
        "at_headline": at == headline,
        "log_after_headline": np.log1p(np.maximum(0, at - since_headline)),
        "log_before_headline": np.log1p(np.maximum(0, since_headline - at)),
        "place": at / count,
        "chars_before": chars[at] / chars[-1],
        "prose_before": running[at] / prose,
        "prose_after": (running[-1] - running[at + 1]) / prose,
        "prose_since_headline": np.maximum(0.0, running[at] - running[since_headline]) / prose,
        "has_headline": np.full(len(at), headline >= 0),
    }
    for near in (3, 8, 20):
        around = running[np.minimum(count, at + near)] - running[np.maximum(0, at - near + 1)]
        columns[f"prose_within_{near}"] = around / prose
    return columns | {
        "log_blocks": np.full(len(at), np.log1p(count)),
        "log_prose": np.full(len(at), np.log1p(prose)),
        "prose_share": np.full(len(at), prose / chars[-1]),
        "since_prose": since / 10,
        "until_prose": until / 10,
        "under_junk_heading": junk >= 0,
        "junk_heading_near": np.minimum(FAR, np.abs(junk)) / 10,
        "junk_heading_itself": junk == 0,
    }


SAID_NAMES = (
    "is_headline_text",
    "in_title",
    "in_description",
    "in_article_body",
    "not_in_article_body",
    "repeated",
)


def _said(facts: PageFacts) -> list[tuple[float, ...]]:
    """Whether the head says the candidate's words too, and how often the page has said them before."""
    hints, seen = facts.hints, dict[str, int]()
    chosen = set(facts.candidates)
    rows: list[tuple[float, ...]] = []
    for at, key in enumerate(facts.keys):
        long = len(key) > SHORTEST_SAID
        repeated = seen.get(key, 0)
        seen[key] = repeated + 1
        if at not in chosen:
            continue
        said, short = key[:SAID], facts.sizes[at] < 250
        in_body = long and bool(hints.article_body_key) and said.replace("\n", " ") in hints.article_body_key
        rows.append((
            short and text_key(key) in hints.headlines, short and len(key) > 10 and key in hints.title,
            long and said in hints.description, in_body, long and bool(hints.article_body_key) and not in_body,
            min(3, repeated) if long else 0,
        ))  # fmt: skip
    return rows


def prose_distances(facts: PageFacts, at: Any) -> tuple[Any, Any]:
    """For every candidate the blocks between it and the prose before it, and the prose after it; at most 20."""
    prose = np.array(facts.prose)
    return _since(prose)[at], _since(prose[::-1])[::-1][at]


def _since(marks: Any) -> Any:
    places = np.arange(len(marks))
    last = np.maximum.accumulate(np.where(marks, places, -FAR - 1))
    before = np.concatenate(([-FAR - 1], last[:-1]))
    return np.minimum(FAR, places - 1 - before)
