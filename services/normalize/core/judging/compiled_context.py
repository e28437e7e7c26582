"""The second pass's features by _features.c: what it is handed, and the names of the rows that it gives."""

from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.context import CHANCE_KEY, SCORE_KEY, TOP, Surroundings, chance
from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.reading.compiled import PageFeatures, SecondFeatures

LEVELS = range(4)
NAMES = (
    "score", "chance", *SCORE_KEY, *CHANCE_KEY, "both_neighbours", *numbered("others", LEVELS), *numbered("mass", LEVELS),
    *numbered("inside", LEVELS), "shape_others", "shape_mass", "shape_repeats", "shape_log_count", "shape_against_largest",
    "in_most", "in_core", "between", "before_first", "after_last", "since_kept", "until_kept", "nearest_kept", "farthest_kept",
    "mass_before", "mass_after", "log_mass", "between_close", "size_share", "log_kept", "below_best", "below_top", "best", "top",
    "parent_below_best", "grandparent_below_best", "parent_against_largest", "in_largest_parent",
)  # fmt: skip
"""The rows of _features.c, in its order."""

LOGARITHMS = np.array([at for at, name in enumerate(NAMES) if name.startswith("log_") or "_log_" in name])
"""The rows for which it gives what the logarithm is to be taken of."""


def compiled_context(page: Surroundings, scores: Any, count: SecondFeatures) -> Columns:
    """As `context.second_features`, as one matrix; `count` is what _features.c gives."""
    return _named(count(_arrays_of(page, scores)))


def compiled_context_of(facts: PageFacts, scores: Any, count: PageFeatures) -> Columns:
    """The same for an HTML page, whose `surroundings_of` are read off its arrays."""
    return _named(count(*arrays_of(facts, scores)))


def _named(buffer: bytearray) -> Columns:
    matrix = np.frombuffer(buffer, np.float64).reshape(len(NAMES), -1)
    matrix[LOGARITHMS] = np.log1p(matrix[LOGARITHMS])
    return {NAMES: matrix}


def arrays_of(facts: PageFacts, scores: Any) -> tuple[Any, ...]:
    """What _features.c asks for, in its order; sums and means as numpy takes them."""
    chances, ranked = chance(scores), np.sort(scores)[-TOP:]
    total = (chances * facts.chars[facts.candidates]).sum() or 1.0
    return (
        facts.measured.whole,
        facts.candidates,
        facts.tree.whole,
        scores,
        chances,
        total,
        ranked[-1],
        ranked.mean(),
    )


def _arrays_of(page: Surroundings, scores: Any) -> dict[str, Any]:
    """Everything by the names that _features.c knows; sums and means as numpy takes them."""
    chances = chance(scores)
    ranked = np.sort(scores)[-TOP:]
    return {
        "scores": scores,
        "chances": chances,
        "sizes": page.sizes,
        "shapes": page.shapes,
        "leaves": page.leaves,
        "parents": page.parents,
        "first": page.first,
        "last": page.last,
        "total": np.array([(chances * page.sizes).sum() or 1.0]),
        "best": ranked[-1:],
        "top": np.array([ranked.mean()]),
    }
