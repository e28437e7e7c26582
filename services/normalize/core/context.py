"""The features of the second pass: what the first pass thought of the blocks around one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.blocks import Element, PageBlock
from services.normalize.core.text_columns import Columns

EDGE_SCORE = -4.0  # beyond the page's ends nothing is article text
CLIP = 6.0  # log-odds; more says nothing more
NEAR = 3
FAR = 20
TOP = 5
PRIOR = 40.0  # characters; a container of few other characters says little about a block
PRIOR_SHARE = 0.3
STEPS = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The candidates' sizes, class paths and elements, and each element's parent (the root, 0, is its own)."""

    sizes: Any
    shapes: Any
    leaves: Any
    parents: Any


def read_surroundings(
    blocks: Sequence[PageBlock],
    elements: Sequence[Element],
    sizes: Sequence[float],
    candidates: Sequence[int],
) -> Surroundings:
    """The page as the second pass needs it."""
    own = [blocks[at].element for at in candidates]
    return Surroundings(
        np.array([sizes[at] for at in candidates], dtype=np.float64),
        np.array([one.shape for one in own], dtype=np.int64),
        np.array([one.index for one in own], dtype=np.int64),
        np.array([one.parent.index if one.parent is not None else 0 for one in elements], dtype=np.int64),
    )


def chance(scores: Any) -> Any:
    """The probability that log-odds stand for."""
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))


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
    chain: list[Any]


def _sums(page: Surroundings, masses: Any, scores: Any) -> _Sums:
    count, never = len(page.parents), len(scores)
    parents = page.parents.tolist()
    mass = np.bincount(page.leaves, masses, minlength=count).tolist()
    size = np.bincount(page.leaves, page.sizes, minlength=count).tolist()
    first, last, best = [never] * count, [-1] * count, [-99.0] * count
    for at, (leaf, score) in enumerate(zip(page.leaves.tolist(), scores.tolist(), strict=True)):
        if score > best[leaf]:
            best[leaf] = score
        if score > 0:
            last[leaf] = at
            if first[leaf] == never:
                first[leaf] = at
    for element in range(count - 1, 0, -1):
        if not size[element]:
            continue
        above = parents[element]
        mass[above] += mass[element]
        size[above] += size[element]
        if first[element] < first[above]:
            first[above] = first[element]
        if last[element] > last[above]:
            last[above] = last[element]
        if best[element] > best[above]:
            best[above] = best[element]
    chain = [page.leaves]
    for _ in range(4):
        chain.append(page.parents[chain[-1]])
    return _Sums(np.array(mass), np.array(size), np.array(first), np.array(last), np.array(best), chain)


def _neighbour_columns(scores: Any, chances: Any) -> Columns:
    clipped = np.pad(np.clip(scores, -CLIP, CLIP), NEAR, constant_values=EDGE_SCORE)
    padded = np.pad(chances, NEAR)
    end = len(scores) + NEAR
    columns: Columns = {"score": clipped[NEAR:end], "chance": chances}
    columns |= {f"score_{step:+d}": clipped[NEAR + step : end + step] for step in STEPS}
    columns |= {f"chance_{step:+d}": padded[NEAR + step : end + step] for step in STEPS}
    columns["both_neighbours"] = columns["chance_-1"] * columns["chance_+1"]
    return columns


def _container_columns(page: Surroundings, sums: _Sums, masses: Any, total: float) -> Columns:
    columns: Columns = {}
    at = np.arange(len(masses))
    for level in range(4):
        one = sums.chain[level + 1]
        columns |= {
            f"others_{level}": (sums.mass[one] - masses) / (sums.size[one] - page.sizes + PRIOR),
            f"mass_{level}": sums.mass[one] / total,
            f"inside_{level}": (sums.first[one] < at) & (at < sums.last[one]),
        }
    return columns


def _shape_columns(page: Surroundings, masses: Any, total: float) -> Columns:
    count = np.bincount(page.shapes)[page.shapes]
    mass = np.bincount(page.shapes, masses)
    inside, chars = mass[page.shapes], np.bincount(page.shapes, page.sizes)[page.shapes]
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
        "in_most": _lies_in(page, _lowest(sums, 0.9 * total)),
        "in_core": _lies_in(page, _lowest(sums, 0.6 * total)),
        "between": (first < at) & (at < last),
        "before_first": at < first,
        "after_last": at > last,
        "since_kept": since / 10,
        "until_kept": until / 10,
        "nearest_kept": np.minimum(since, until) / 10,
        "farthest_kept": np.maximum(since, until) / 10,
        "mass_before": before / total,
        "mass_after": (total - before - masses) / total,
        "log_mass": np.full(len(scores), np.log1p(total)),
        "between_close": (since <= 1) & (until <= 1),
        "size_share": np.minimum(3.0, page.sizes / total),
        "log_kept": np.full(len(scores), np.log1p(len(places))),
    }


def _relative_columns(page: Surroundings, sums: _Sums, masses: Any, scores: Any) -> Columns:
    """How far below the page's best: on a page of doubtful blocks the least doubtful are the article."""
    ranked = np.sort(scores)[-TOP:]
    best, top = ranked[-1], ranked.mean()
    in_parent = np.bincount(sums.chain[1], masses, minlength=len(page.parents))
    share = in_parent[sums.chain[1]] / (in_parent.max() or 1.0)
    return {
        "below_best": np.maximum(-8.0, scores - best),
        "below_top": np.clip(scores - top, -8.0, 4.0),
        "best": np.full(len(scores), np.clip(best, -4.0, CLIP)),
        "top": np.full(len(scores), np.clip(top, -4.0, CLIP)),
        "parent_below_best": np.maximum(-8.0, sums.best[sums.chain[1]] - best),
        "grandparent_below_best": np.maximum(-8.0, sums.best[sums.chain[2]] - best),
        "parent_against_largest": share,
        "in_largest_parent": share > 0.99,
    }


def _lowest(sums: _Sums, enough: float) -> int:
    """The smallest container that holds enough of the expected text."""
    return int(np.argmin(np.where(sums.mass >= enough, sums.size, np.inf)))


def _lies_in(page: Surroundings, container: int) -> Any:
    """Whether each candidate lies in the container, at any depth."""
    inside = [False] * len(page.parents)
    inside[container] = True
    parents = page.parents.tolist()
    for element in range(1, len(parents)):
        if inside[parents[element]]:
            inside[element] = True
    return np.array(inside)[page.leaves]


def _since(kept: Any) -> Any:
    """Candidates since the last kept one, one for its neighbour; at most 20."""
    places = np.arange(len(kept))
    last = np.maximum.accumulate(np.where(kept, places, -FAR))
    return np.minimum(FAR, places - np.concatenate(([-FAR], last[:-1])))
