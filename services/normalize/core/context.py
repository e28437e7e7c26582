"""The features of the second pass: what the first pass thought of the blocks around one."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p

from services.normalize.core.blocks import Element, PageBlock

EDGE_SCORE = -4.0  # beyond the page's ends nothing is article text
CLIP = 6.0  # log-odds; more says nothing more
NEAR = 3
FAR = 20
TOP = 5
PRIOR = 40.0  # characters; a container of few other characters says little about a block
PRIOR_SHARE = 0.3
STEPS = (-3, -2, -1, 1, 2, 3)

NEIGHBOUR_NAMES = ("score", "chance", *(f"score_{step:+d}" for step in STEPS), *(f"chance_{step:+d}" for step in STEPS),
                   "both_neighbours")  # fmt: skip
CONTAINER_NAMES = tuple(f"{what}_{level}" for level in range(4) for what in ("others", "mass", "inside"))
SHAPE_NAMES = ("shape_others", "shape_mass", "shape_repeats", "shape_log_count")
PAGE_NAMES = (
    "in_most", "in_core", "between", "before_first", "after_last", "since_kept", "until_kept", "nearest_kept", "farthest_kept",
    "mass_before", "mass_after", "log_mass", "between_close", "size_share", "log_kept",
)  # fmt: skip
RELATIVE_NAMES = (
    "below_best", "below_top", "best", "top", "parent_below_best", "grandparent_below_best", "parent_against_largest",
    "shape_against_largest", "in_largest_parent",
)  # fmt: skip
CONTEXT_NAMES: tuple[str, ...] = NEIGHBOUR_NAMES + CONTAINER_NAMES + SHAPE_NAMES + PAGE_NAMES + RELATIVE_NAMES


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
    if not scores:
        return []
    view = _View(page, scores)
    return [
        [*view.neighbours(at), *view.containers(at), *view.shape(at), *view.page_wide(at), *view.relative(at)]
        for at in range(len(scores))
    ]


class _View:
    """The page seen through the first pass: expected text (`mass` = chance x size) summed over containers and shapes."""

    def __init__(self, page: Surroundings, scores: Sequence[float]) -> None:
        self.around, self.shapes, self.sizes, self.scores = page.around, page.shapes, page.sizes, scores
        chances = [chance(score) for score in scores]
        self.masses = [one * size for one, size in zip(chances, page.sizes, strict=True)]
        self.total = sum(self.masses) or 1.0
        edge = [EDGE_SCORE] * NEAR
        self.clipped = edge + [max(-CLIP, min(CLIP, score)) for score in scores] + edge
        self.chances = [0.0] * NEAR + chances + [0.0] * NEAR
        self._sum_containers()
        self._sum_shapes()
        self.most, self.core = self._lowest(0.9), self._lowest(0.6)
        self._find_kept()
        self.since, self.until = _distances(scores)
        self.before = _running(self.masses)
        self._find_best()

    def _sum_containers(self) -> None:
        mass_in: dict[int, float] = {}
        size_in: dict[int, float] = {}
        for indices, mass, size in zip(self.around, self.masses, self.sizes, strict=True):
            for index in indices:
                mass_in[index] = mass_in.get(index, 0.0) + mass
                size_in[index] = size_in.get(index, 0.0) + size
        self.mass_in, self.size_in = mass_in, size_in

    def _sum_shapes(self) -> None:
        sums: dict[int, list[float]] = {}
        for shape, mass, size in zip(self.shapes, self.masses, self.sizes, strict=True):
            one = sums.get(shape)
            if one is None:
                one = sums[shape] = [0.0, 0.0, 0.0]
            one[0] += mass
            one[1] += size
            one[2] += 1
        self.shape_sums = sums
        self.largest_shape = max(one[0] for one in sums.values()) or 1.0

    def _lowest(self, share: float) -> int:
        """The smallest container that holds this share of the expected text."""
        enough = share * self.total
        found = [(self.size_in[index], index) for index, mass in self.mass_in.items() if mass >= enough]
        return min(found)[1] if found else 0

    def _find_kept(self) -> None:
        kept = [at for at, score in enumerate(self.scores) if score > 0]
        self.first, self.last = (kept[0], kept[-1]) if kept else (0, 0)
        self.log_kept, self.log_mass = log1p(len(kept)), log1p(self.total)
        self.first_in: dict[int, int] = {}
        self.last_in: dict[int, int] = {}
        for at in kept:
            for index in self.around[at]:
                self.first_in.setdefault(index, at)
                self.last_in[index] = at

    def _find_best(self) -> None:
        best_in: dict[int, float] = {}
        parent_mass: dict[int, float] = {}
        for indices, score, mass in zip(self.around, self.scores, self.masses, strict=True):
            for index in indices[1:3]:
                if score > best_in.get(index, -99.0):
                    best_in[index] = score
            parent = indices[1] if len(indices) > 1 else indices[0]
            parent_mass[parent] = parent_mass.get(parent, 0.0) + mass
        ranked = sorted(self.scores)[-TOP:]
        self.best, self.top = ranked[-1], sum(ranked) / len(ranked)
        self.best_in, self.parent_mass = best_in, parent_mass
        self.largest_parent = max(parent_mass.values()) or 1.0

    def neighbours(self, at: int) -> list[float]:
        one, other = self.clipped, self.chances
        return [
            one[at + 3], other[at + 3], one[at], one[at + 1], one[at + 2], one[at + 4], one[at + 5], one[at + 6],
            other[at], other[at + 1], other[at + 2], other[at + 4], other[at + 5], other[at + 6], other[at + 2] * other[at + 4],
        ]  # fmt: skip

    def containers(self, at: int) -> list[float]:
        around, mass, size = self.around[at], self.masses[at], self.sizes[at]
        top = len(around) - 1
        row: list[float] = []
        for level in (1, 2, 3, 4):
            index = around[level if level < top else top]
            inside = self.mass_in[index]
            row += (
                (inside - mass) / (self.size_in[index] - size + PRIOR), inside / self.total,
                index in self.first_in and self.first_in[index] < at < self.last_in[index],
            )  # fmt: skip
        return row

    def shape(self, at: int) -> list[float]:
        inside, chars, count = self.shape_sums[self.shapes[at]]
        others = (inside - self.masses[at] + PRIOR * PRIOR_SHARE) / (chars - self.sizes[at] + PRIOR)
        return [others if count > 1 else PRIOR_SHARE, inside / self.total, count > 1, log1p(count)]

    def page_wide(self, at: int) -> list[float]:
        around, near, far = self.around[at], self.since[at], self.until[at]
        return [
            self.most in around, self.core in around, self.first < at < self.last, at < self.first, at > self.last,
            near / 10, far / 10, min(near, far) / 10, max(near, far) / 10, self.before[at] / self.total,
            (self.total - self.before[at + 1]) / self.total, self.log_mass, near <= 1 and far <= 1,
            min(self.sizes[at] / self.total, 3.0), self.log_kept,
        ]  # fmt: skip

    def relative(self, at: int) -> list[float]:
        around, score = self.around[at], self.scores[at]
        top = len(around) - 1
        parent, grandparent = around[min(1, top)], around[min(2, top)]
        mass = self.parent_mass[parent] / self.largest_parent
        return [
            max(-8.0, score - self.best), max(-8.0, min(4.0, score - self.top)), max(-4.0, min(CLIP, self.best)),
            max(-4.0, min(CLIP, self.top)), max(-8.0, self.best_in.get(parent, score) - self.best),
            max(-8.0, self.best_in.get(grandparent, score) - self.best), mass,
            self.shape_sums[self.shapes[at]][0] / self.largest_shape, mass > 0.99,
        ]  # fmt: skip


def _running(masses: list[float]) -> list[float]:
    running = [0.0]
    for mass in masses:
        running.append(running[-1] + mass)
    return running


def _distances(scores: Sequence[float]) -> tuple[list[int], list[int]]:
    """Blocks since the last kept one, and until the next."""
    since = _since(scores)
    until = _since(scores[::-1])
    until.reverse()
    return since, until


def _since(scores: Sequence[float]) -> list[int]:
    distances = []
    distance = FAR
    for score in scores:
        distance = min(FAR, distance + 1)
        distances.append(distance)
        if score > 0:
            distance = 0
    return distances
