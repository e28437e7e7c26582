"""From a page to the log-odds of each of its blocks: the features of its kind and the two passes of the model."""

from dataclasses import dataclass

from services.normalize.core.context import Surroundings, read_surroundings, second_features
from services.normalize.core.facts import PageFacts, read_facts
from services.normalize.core.features import first_features
from services.normalize.core.line_features import line_surroundings
from services.normalize.core.model import Passes, shipped_passes
from services.normalize.core.page import Page


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A page with its facts; `scores` holds the log-odds by block index, None for blocks that are no candidates."""

    page: Page
    facts: PageFacts
    scores: list[float | None]


def score_page(page: Page, passes: Passes | None = None) -> Scored:
    """Both passes over one page, by the shipped weights or by `passes`."""
    facts = read_facts(page)
    scores: list[float | None] = [None] * len(page.blocks)
    if facts.candidates:
        passes = passes or shipped_passes(page.kind)
        first = passes.first.score(first_features(facts))
        second = passes.second.score(second_features(surroundings_of(facts), first))
        for at, score in zip(facts.candidates, second.tolist(), strict=True):
            scores[at] = score
    return Scored(page, facts, scores)


def surroundings_of(facts: PageFacts) -> Surroundings:
    """The frame of the second pass: elements of a page, sections of a dump."""
    page = facts.page
    if page.kind == "text":
        return line_surroundings(page.blocks, facts.sizes)
    return read_surroundings(page.blocks, page.elements, facts.sizes, facts.candidates)
