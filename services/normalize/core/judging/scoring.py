"""From a page to the log-odds of each of its blocks: the features of its kind and the model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns
from services.normalize.core.judging.compiled_context import compiled_context, compiled_context_of
from services.normalize.core.judging.compiled_features import compiled_features
from services.normalize.core.judging.context import Surroundings, second_features
from services.normalize.core.judging.facts import PageFacts, read_facts
from services.normalize.core.judging.features import first_features
from services.normalize.core.judging.line_features import line_surroundings
from services.normalize.core.judging.model import Passes, shipped_passes
from services.normalize.core.judging.places import leaves_of
from services.normalize.core.reading.page import Page


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A page with its facts; `scores` holds the log-odds by block index, None for blocks that are no candidates.

    `log_odds` are those of the candidates as an array.
    """

    page: Page
    facts: PageFacts
    scores: list[float | None]
    log_odds: Any


def score_page(page: Page, passes: Passes | None = None) -> Scored:
    """Both passes over one page and what the trees add, by the shipped weights or by `passes`."""
    facts = read_facts(page)
    scores: list[float | None] = [None] * len(page.blocks)
    log_odds = np.zeros(0)
    if len(facts.candidates):
        passes = passes or shipped_passes(page.kind)
        compiled = page.kind == "html" and page.reader.features is not None
        columns = compiled_features(facts) if compiled else first_features(facts)
        around = _second_features(facts, passes.first.score(columns))
        log_odds = passes.second.score(around)
        if passes.trees is not None and log_odds.max() > 0:
            # Where nothing is likely, the passes' word stands: trees have learnt which blocks are an article, not whether one is there.
            log_odds = log_odds + passes.trees.score(columns, around, page.reader.verdicts)
        for at, score in zip(facts.candidates.tolist(), log_odds.tolist(), strict=True):
            scores[at] = score
    return Scored(page, facts, scores, log_odds)


def _second_features(facts: PageFacts, first: Any) -> Columns:
    of_page = facts.page.reader.second_features_of_page
    if of_page is not None and facts.page.kind == "html":
        return compiled_context_of(facts, first, of_page)
    around, compiled = surroundings_of(facts), facts.page.reader.second_features
    return compiled_context(around, first, compiled) if compiled else second_features(around, first)


def surroundings_of(facts: PageFacts) -> Surroundings:
    """The frame of the second pass: elements of a page, sections of a dump."""
    if facts.page.kind == "text":
        return line_surroundings(facts.page.blocks, facts.sizes)
    tree, candidates = facts.tree, facts.candidates
    leaves = leaves_of(facts)
    return Surroundings(
        sizes=facts.chars[candidates],
        shapes=tree.shape[leaves],
        leaves=leaves,
        parents=tree.parent,
        first=np.searchsorted(candidates, tree.first),
        last=np.searchsorted(candidates, tree.last),
    )
