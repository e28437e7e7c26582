"""From a page to the log-odds of each of its blocks: the features of its kind and the two passes of the model."""

from dataclasses import dataclass

from services.normalize.core.context import CONTEXT_NAMES, Surroundings, read_surroundings, second_features
from services.normalize.core.features import (
    FEATURE_NAMES,
    PLACE_NAMES,
    TEXT_NAMES,
    PageFacts,
    first_features,
    read_facts,
    text_and_place_features,
)
from services.normalize.core.line_features import LINE_NAMES, line_features, line_surroundings
from services.normalize.core.model import Passes, read_passes
from services.normalize.core.page import Page

LINE_FEATURE_NAMES: tuple[str, ...] = TEXT_NAMES + PLACE_NAMES + LINE_NAMES


@dataclass(frozen=True, slots=True)
class Scored:
    """A page with its facts; `scores` holds the log-odds by block index, None for blocks that are no candidates."""

    page: Page
    facts: PageFacts
    surroundings: Surroundings
    scores: list[float | None]


def score_page(page: Page, passes: Passes | None = None) -> Scored:
    """Both passes over one page, by the shipped weights or by `passes`."""
    facts, rows, surroundings = first_rows(page)
    passes = passes or _shipped_passes(page.kind)
    first = [passes.first.score(row) for row in rows]
    second = [passes.second.score(row) for row in second_features(surroundings, first)]
    scores: list[float | None] = [None] * len(page.blocks)
    for at, score in zip(facts.candidates, second, strict=True):
        scores[at] = score
    return Scored(page, facts, surroundings, scores)


def _shipped_passes(kind: str) -> Passes:
    return read_passes(kind, LINE_FEATURE_NAMES if kind == "text" else FEATURE_NAMES, CONTEXT_NAMES)


def first_rows(page: Page) -> tuple[PageFacts, list[list[float]], Surroundings]:
    """What the first pass sees of a page, and the frame of the second; training uses the same."""
    facts = read_facts(page)
    sizes = [one.size for one in facts.facts]
    if page.kind == "html":
        return facts, first_features(page, facts), read_surroundings(page.blocks, sizes, facts.candidates)
    facts.take_all()
    words = text_and_place_features(page, facts)
    rows = [one + line for one, line in zip(words, line_features(page.blocks), strict=True)]
    return facts, rows, line_surroundings(page.blocks, facts.candidates, sizes)
