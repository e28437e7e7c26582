"""The features of the second pass: what the first pass thought of the blocks around one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.judging.columns import Columns, numbered
from services.normalize.core.judging.tree import chain_of

EDGE_SCORE = -4.0  # beyond the page's ends nothing is article text
CLIP = 6.0  # log-odds; more says nothing more
NEAR = 3
FAR = 20
TOP = 5
PRIOR = 40.0  # characters; a container of few other characters says little about a block
PRIOR_SHARE = 0.3
STEPS = np.array((-3, -2, -1, 1, 2, 3))
SCORE_KEY, CHANCE_KEY = (tuple(f"{name}_{step:+d}" for step in STEPS) for name in ("score", "chance"))
BEFORE, AFTER = 2, 3  # the nearest of the steps
WORST = -99.0


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The candidates' sizes, class paths and elements; each element's parent (the root, 0, is its own) and candidates.

    An element holds the candidates from `first` up to `last` (not included), counted among the candidates.
    """

    sizes: Any
    shapes: Any
    leaves: Any
    parents: Any
    first: Any
    last: Any


def chance(scores: Any) -> Any:
    """The probability that log-odds stand for."""
    return 1.0 / (1.0 + np.exp(-scores.clip(-30.0, 30.0)))


def second_features(page: Surroundings, scores: Any) -> Columns:
    """Feature name → one number for each candidate, from the first pass's log-odds (an array, not empty)."""
    chances = chance(scores)
    masses = chances * page.sizes
    total = masses.sum() or 1.0
    sums = _sums(page, masses, scores)
    columns = _neighbour_columns(scores, chances)
    columns |= _container_columns(page, sums, masses, total)
    columns |= _shape_columns(page, masses, total)
    columns |= _page_columns(page, sums, masses, total, scores)
    return columns | _relative_columns(page, sums, masses, scores)


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Of every element, over the candidates in it: expected text, size, first and last kept candidate, best score.

    `chain[level]` is for each candidate the number of its element `level` steps up.
    """

    mass: Any
    size: Any
    first: Any
    last: Any
    best: Any
    chain: Any


def _sums(page: Surroundings, masses: Any, scores: Any) -> _Sums:
    first, last, count = page.first, page.last, len(scores)
    running = np.zeros((2, count + 1))
    np.cumsum((masses, page.sizes), axis=1, out=running[:, 1:])
    mass, size = running[:, last] - running[:, first]
    kept = np.flatnonzero(scores > 0)
    bounded = np.concatenate(([-1], kept, [count]))
    next_kept = bounded[np.searchsorted(kept, first) + 1]
    kept_before = bounded[np.searchsorted(kept, last)]
    return _Sums(
        mass,
        size,
        np.where(next_kept < last, next_kept, count),
        np.where(kept_before >= first, kept_before, -1),
        _best_within(scores, first, last),
        chain_of(page.parents, page.leaves),
    )


def _best_within(scores: Any, first: Any, last: Any) -> Any:
    """The best score of each stretch of candidates; an element without any has the worst."""
    ends = np.empty(2 * len(first), dtype=np.int64)
    ends[::2], ends[1::2] = first, last
    best = np.maximum.reduceat(np.concatenate((scores, [WORST])), ends)[::2]
    return np.where(first < last, best, WORST)


def _neighbour_columns(scores: Any, chances: Any) -> Columns:
    clipped, padded = np.full(len(scores) + 2 * NEAR, EDGE_SCORE), np.zeros(len(scores) + 2 * NEAR)
    clipped[NEAR:-NEAR], padded[NEAR:-NEAR] = np.clip(scores, -CLIP, CLIP), chances
    around = np.arange(len(scores)) + NEAR + STEPS[:, None]
    near = padded[around]
    return {
        "score": clipped[NEAR:-NEAR],
        "chance": chances,
        SCORE_KEY: clipped[around],
        CHANCE_KEY: near,
        "both_neighbours": near[BEFORE] * near[AFTER],
    }


def _container_columns(page: Surroundings, sums: _Sums, masses: Any, total: float) -> Columns:
    at, above = np.arange(len(masses)), sums.chain[1:]
    mass = sums.mass[above]
    return {
        numbered("others", range(4)): (mass - masses) / (sums.size[above] - page.sizes + PRIOR),
        numbered("mass", range(4)): mass / total,
        numbered("inside", range(4)): (sums.first[above] < at) & (at < sums.last[above]),
    }


def _shape_columns(page: Surroundings, masses: Any, total: float) -> Columns:
    shapes = page.shapes
    count = np.bincount(shapes)[shapes]
    mass = np.bincount(shapes, masses)
    inside, chars = mass[shapes], np.bincount(shapes, page.sizes)[shapes]
    others = (inside - masses + PRIOR * PRIOR_SHARE) / (chars - page.sizes + PRIOR)
    return {
        "shape_others": np.where(count > 1, others, PRIOR_SHARE),
        "shape_mass": inside / total,
        "shape_repeats": count > 1,
        "shape_log_count": np.log1p(count),
        "shape_against_largest": inside / (mass.max() or 1.0),
    }


def _page_columns(page: Surroundings, sums: _Sums, masses: Any, total: float, scores: Any) -> Columns:
    at, before = np.arange(len(scores)), np.cumsum(masses) - masses
    kept = scores > 0
    places = np.nonzero(kept)[0]
    first, last = (places[0], places[-1]) if len(places) else (0, 0)
    since, until = _since(kept), _since(kept[::-1])[::-1]
    return {
        "in_most": _lies_in(page, _lowest(sums, 0.9 * total), at),
        "in_core": _lies_in(page, _lowest(sums, 0.6 * total), at),
        "between": (first < at) & (at < last),
        "before_first": at < first,
        "after_last": at > last,
        "since_kept": since / 10,
        "until_kept": until / 10,
        "nearest_kept": np.minimum(since, until) / 10,
        "farthest_kept": np.maximum(since, until) / 10,
        "mass_before": before / total,
        "mass_after": (total - before - masses) / total,
        "log_mass": np.log1p(total),
        "between_close": (since <= 1) & (until <= 1),
        "size_share": np.minimum(3.0, page.sizes / total),
        "log_kept": np.log1p(len(places)),
    }


def _relative_columns(page: Surroundings, sums: _Sums, masses: Any, scores: Any) -> Columns:
    """How far below the page's best: on a page of doubtful blocks the least doubtful are the article."""
    ranked = np.sort(scores)[-TOP:]
    best, top = ranked[-1], ranked.mean()
    parents = sums.chain[1]
    in_parent = np.bincount(parents, masses)
    share = in_parent[parents] / (in_parent.max() or 1.0)
    return {
        "below_best": np.maximum(-8.0, scores - best),
        "below_top": np.clip(scores - top, -8.0, 4.0),
        "best": np.clip(best, -4.0, CLIP),
        "top": np.clip(top, -4.0, CLIP),
        ("parent_below_best", "grandparent_below_best"): np.maximum(-8.0, sums.best[sums.chain[1:3]] - best),
        "parent_against_largest": share,
        "in_largest_parent": share > 0.99,
    }


def _lowest(sums: _Sums, enough: float) -> int:
    """The smallest container that holds enough of the expected text."""
    return int(np.argmin(np.where(sums.mass >= enough, sums.size, np.inf)))


def _lies_in(page: Surroundings, container: int, at: Any) -> Any:
    """Whether each candidate lies in the container, at any depth."""
    return (page.first[container] <= at) & (at < page.last[container])


def _since(kept: Any) -> Any:
    """Candidates since the last kept one, one for its neighbour; at most 20."""
    places = np.arange(len(kept))
    last = np.maximum.accumulate(np.where(kept, places, -FAR))
    return np.minimum(FAR, places - np.concatenate(([-FAR], last[:-1])))
