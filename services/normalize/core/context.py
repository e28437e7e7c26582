"""The features of the second pass: what the first pass thought of the blocks around one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p

from services.normalize.core.blocks import Element, PageBlock

EDGE_SCORE = -4.0  # beyond the page's ends nothing is article text
CLIP = 6.0  # log-odds; more says nothing more
NEAR = 3
FAR = 20
PRIOR = 40.0  # characters; a container of few other characters says little about a block
PRIOR_SHARE = 0.3

CONTEXT_NAMES: tuple[str, ...] = (
    "score", "chance", *(f"score_{step:+d}" for step in (-3, -2, -1, 1, 2, 3)), *(f"chance_{step:+d}" for step in (-3, -2, -1, 1, 2, 3)),
    *(f"{what}_{level}" for level in range(4) for what in ("others", "mass", "inside")),
    "shape_others", "shape_mass", "shape_repeats", "shape_log_count", "in_most", "in_core", "between", "before_first", "after_last",
    "since_kept", "until_kept", "nearest_kept", "farthest_kept", "mass_before", "mass_after", "log_mass", "between_close",
    "both_neighbours", "size_share", "log_kept",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The candidates' sizes, class paths, and for each the numbers of the elements around it, its own first."""

    sizes: list[float]
    shapes: list[int]
    around: list[list[int]]


def read_surroundings(blocks: Sequence[PageBlock], sizes: list[float], candidates: list[int]) -> Surroundings:
    """The page as the second pass needs it."""
    memory: dict[int, list[int]] = {}
    chosen = [blocks[at] for at in candidates]
    return Surroundings(
        [sizes[at] for at in candidates],
        [block.element.shape for block in chosen],
        [_indices_above(block.element, memory) for block in chosen],
    )


def _indices_above(element: Element | None, memory: dict[int, list[int]]) -> list[int]:
    if element is None:
        return []
    known = memory.get(element.index)
    if known is None:
        known = memory[element.index] = [element.index, *_indices_above(element.parent, memory)]
    return known


def chance(score: float) -> float:
    """The probability that log-odds stand for."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))


def second_features(page: Surroundings, scores: Sequence[float]) -> list[list[float]]:
    """One row of CONTEXT_NAMES for each candidate, from the first pass's log-odds."""
    count = len(scores)
    if not count:
        return []
    sizes = page.sizes
    chances = [chance(score) for score in scores]
    masses = [one * size for one, size in zip(chances, sizes, strict=True)]
    total = sum(masses) or 1.0
    mass_in, size_in = _sums(page.around, masses, sizes)
    shape_mass, shape_size, shape_count = _shape_sums(page.shapes, masses, sizes)
    most, core = _lowest(mass_in, size_in, 0.9 * total), _lowest(mass_in, size_in, 0.6 * total)
    kept = [at for at in range(count) if scores[at] > 0]
    first, last = (kept[0], kept[-1]) if kept else (0, 0)
    first_in, last_in = _kept_range(page.around, kept)
    since, until = _distances(scores)
    clipped = [EDGE_SCORE] * NEAR + [max(-CLIP, min(CLIP, score)) for score in scores] + [EDGE_SCORE] * NEAR
    likely = [0.0] * NEAR + chances + [0.0] * NEAR
    log_mass, log_kept = log1p(total), log1p(len(kept))
    rows = []
    before = 0.0
    for at in range(count):
        mass, size, around, shape = masses[at], sizes[at], page.around[at], page.shapes[at]
        row = [
            clipped[at + 3], chances[at],
            clipped[at], clipped[at + 1], clipped[at + 2], clipped[at + 4], clipped[at + 5], clipped[at + 6],
            likely[at], likely[at + 1], likely[at + 2], likely[at + 4], likely[at + 5], likely[at + 6],
        ]  # fmt: skip
        top = len(around) - 1
        for level in (1, 2, 3, 4):
            index = around[level if level < top else top]
            row += (
                (mass_in[index] - mass) / (size_in[index] - size + PRIOR), mass_in[index] / total,
                index in first_in and first_in[index] < at < last_in[index],
            )  # fmt: skip
        repeats = shape_count[shape]
        others = (shape_mass[shape] - mass + PRIOR * PRIOR_SHARE) / (shape_size[shape] - size + PRIOR)
        near, far = since[at], until[at]
        row += (
            others if repeats > 1 else PRIOR_SHARE, shape_mass[shape] / total, repeats > 1, log1p(repeats),
            most in around, core in around, first < at < last, at < first, at > last,
            near / 10, far / 10, min(near, far) / 10, max(near, far) / 10,
            before / total, (total - before - mass) / total, log_mass, near <= 1 and far <= 1,
            likely[at + 2] * likely[at + 4], min(size / total, 3.0), log_kept,
        )  # fmt: skip
        before += mass
        rows.append(row)
    return rows


def _sums(
    around: list[list[int]], masses: list[float], sizes: list[float]
) -> tuple[dict[int, float], dict[int, float]]:
    mass_in: dict[int, float] = {}
    size_in: dict[int, float] = {}
    for indices, mass, size in zip(around, masses, sizes, strict=True):
        for index in indices:
            mass_in[index] = mass_in.get(index, 0.0) + mass
            size_in[index] = size_in.get(index, 0.0) + size
    return mass_in, size_in


def _shape_sums(
    shapes: list[int], masses: list[float], sizes: list[float]
) -> tuple[dict[int, float], dict[int, float], dict[int, int]]:
    shape_mass: dict[int, float] = {}
    shape_size: dict[int, float] = {}
    shape_count: dict[int, int] = {}
    for shape, mass, size in zip(shapes, masses, sizes, strict=True):
        shape_mass[shape] = shape_mass.get(shape, 0.0) + mass
        shape_size[shape] = shape_size.get(shape, 0.0) + size
        shape_count[shape] = shape_count.get(shape, 0) + 1
    return shape_mass, shape_size, shape_count


def _lowest(mass_in: dict[int, float], size_in: dict[int, float], enough: float) -> int:
    """The smallest container that holds enough of the expected text."""
    best, smallest = 0, float("inf")
    for index, mass in mass_in.items():
        if mass >= enough and size_in[index] < smallest:
            best, smallest = index, size_in[index]
    return best


def _kept_range(around: list[list[int]], kept: list[int]) -> tuple[dict[int, int], dict[int, int]]:
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for at in kept:
        for index in around[at]:
            first.setdefault(index, at)
            last[index] = at
    return first, last


def _distances(scores: Sequence[float]) -> tuple[list[int], list[int]]:
    since, until = [], []
    distance = FAR
    for score in scores:
        distance = min(FAR, distance + 1)
        since.append(distance)
        if score > 0:
            distance = 0
    distance = FAR
    for score in reversed(scores):
        distance = min(FAR, distance + 1)
        until.append(distance)
        if score > 0:
            distance = 0
    until.reverse()
    return since, until
