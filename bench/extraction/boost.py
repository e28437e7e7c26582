"""Boosted trees over the features of both passes: what these leave over, learnt from log-odds that never saw the page.

Every tree asks one question a level, the same on all its branches (Prokhorenkova et al., "CatBoost", 2018), so that it is
a short row in a file and a look-up when it runs.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.normalize.core.judging.boosted_trees import BoostedTrees

Array = Any

TREES = 300
QUESTIONS = 4
RATE = 0.08  # of each tree's own best values
PENALTY = 20.0  # added to a leaf's curvature; blocks weigh 1 on average
BINS = 32
SORTED = 30_000  # values that are enough to know a column's quantiles
ROWS = (
    20_000  # drawn for the questions of a tree, by the size of their gradient; the values come from all rows
)
LEAST_CHANCE = 0.03  # that a row is drawn
FEATURES_ASKED = 0.3  # share of the features that a tree may choose from
SEED = 3


def fit_trees(
    rows: Array, labels: Array, weights: Array, scores: Array, names: Sequence[str]
) -> BoostedTrees:
    """The trees that lower the weighted log loss of `scores` (log-odds); the same for the same input.

    `rows` has a row a block and a column for each of `names`.
    """
    rng = np.random.default_rng(SEED)
    edges = [_edges(rows[:, place]) for place in range(rows.shape[1])]
    bins = [np.searchsorted(own, rows[:, place]).astype(np.uint8) for place, own in enumerate(edges)]
    weights, scores = weights / weights.mean(), scores.astype(np.float64)
    trees = []
    for _ in range(TREES):
        gradient, curvature = _slopes(scores, labels, weights)
        asked = _questions(bins, gradient, curvature, rng)
        leaves = _leaves([bins[place] for place, _ in asked], asked)
        values = _values(leaves, gradient, curvature)
        scores = scores + values[leaves]
        trees.append((asked, values))
    return _named(trees, edges, names)


def _edges(column: Array) -> Array:
    """Thresholds between the column's quantiles, halfway between two values, so that rounding moves nothing across."""
    some = column[:: max(1, len(column) // SORTED)].astype(np.float64)
    values = np.unique(np.quantile(some, np.linspace(0, 1, BINS + 1)))
    return np.array([float(f"{edge:.5g}") for edge in (values[1:] + values[:-1]) / 2])


def _slopes(scores: Array, labels: Array, weights: Array) -> tuple[Array, Array]:
    chance = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return weights * (chance - labels), weights * chance * (1 - chance)


Question = tuple[int, int]  # a feature's column, and the number of its threshold


def _questions(
    bins: list[Array], gradient: Array, curvature: Array, rng: np.random.Generator
) -> list[Question]:
    """The questions of one tree, each the best after those before it, by a sample of the rows and of the features."""
    size = np.abs(gradient)
    chance = np.clip(ROWS * size / size.sum(), LEAST_CHANCE, 1)
    drawn = np.flatnonzero(rng.random(len(size)) < chance)
    slopes = gradient[drawn] / chance[drawn], curvature[drawn] / chance[drawn]
    places = rng.choice(len(bins), int(FEATURES_ASKED * len(bins)), replace=False)
    own = {int(place): bins[place][drawn].astype(np.int64) for place in places}
    own = {place: one for place, one in own.items() if one.max() > 0}
    leaves, asked = np.zeros(len(drawn), np.int64), []
    for level in range(QUESTIONS):
        gains = {place: _gains(leaves, 1 << level, one, slopes) for place, one in own.items()}
        place = max(gains, key=lambda one: gains[one].max())
        edge = int(gains[place].argmax())
        asked.append((place, edge))
        leaves = 2 * leaves + (own[place] > edge)
    return asked


def _gains(leaves: Array, count: int, bins: Array, slopes: tuple[Array, Array]) -> Array:
    """What each threshold of one feature gains over all leaves so far."""
    width = int(bins.max()) + 1
    places, size = leaves * width + bins, count * width
    gradient, curvature = (
        np.bincount(places, one, size).reshape(count, width).cumsum(axis=1) for one in slopes
    )
    below = gradient**2 / (curvature + PENALTY)
    above = (gradient[:, -1:] - gradient) ** 2 / (curvature[:, -1:] - curvature + PENALTY)
    return (below + above).sum(axis=0)[:-1]  # above the last bin lies nothing


def _leaves(bins: list[Array], asked: list[Question]) -> Array:
    leaves = np.zeros(len(bins[0]), np.int64)
    for own, (_, edge) in zip(bins, asked, strict=True):
        leaves = 2 * leaves + (own > edge)
    return leaves


def _values(leaves: Array, gradient: Array, curvature: Array) -> Array:
    count = 1 << QUESTIONS
    slope, bend = np.bincount(leaves, gradient, count), np.bincount(leaves, curvature, count)
    return np.array([float(f"{value:.4g}") + 0.0 for value in -RATE * slope / (bend + PENALTY)])  # no -0.0


def _named(
    trees: list[tuple[list[Question], Array]], edges: list[Array], names: Sequence[str]
) -> BoostedTrees:
    return BoostedTrees(
        tuple(tuple(names[place] for place, _ in asked) for asked, _ in trees),
        np.array([[edges[place][edge] for place, edge in asked] for asked, _ in trees]),
        np.array([values for _, values in trees]),
    )
