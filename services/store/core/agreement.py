"""How well one grouping agrees with another: B-cubed. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares from 0 to 1, over all items."""

    precision: float
    recall: float

    @property
    def f(self) -> float:
        """The harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(found: Sequence[Hashable], true: Sequence[Hashable]) -> Agreement:
    """For each item, how much of its found group is of its true one, and the other way round (Bagga and Baldwin 1998).

    >>> b_cubed(["x", "x", "y"], ["a", "a", "a"])
    Agreement(precision=1.0, recall=0.5555555555555555)
    """
    ours, theirs = _sets(found), _sets(true)
    both = [(ours[label], theirs[truth]) for label, truth in zip(found, true, strict=True)]
    count = max(len(both), 1)
    precision = sum(len(a & b) / len(a) for a, b in both) / count
    return Agreement(precision, sum(len(a & b) / len(b) for a, b in both) / count)


def _sets(labels: Sequence[Hashable]) -> dict[Hashable, set[int]]:
    sets: dict[Hashable, set[int]] = defaultdict(set)
    for place, label in enumerate(labels):
        sets[label].add(place)
    return sets
