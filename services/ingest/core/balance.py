"""How coverage is shared out between the sides, and which side has fallen silent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

SIDES = ("state", "exile", "regional", "international")
USUAL_LEAST = 3.0  # articles a day below which a silent day means nothing


@dataclass(frozen=True)
class Balance:
    """One day's new coverage: articles per side, and each side's share of the whole (0 to 1)."""

    day: str
    counts: Mapping[str, int]

    @property
    def shares(self) -> dict[str, float]:
        """Each side's share."""
        whole = sum(self.counts.values())
        return {side: round(self.counts.get(side, 0) / whole, 3) if whole else 0.0 for side in SIDES}


def dark_sides(today: Mapping[str, int], days_before: list[Mapping[str, int]]) -> tuple[str, ...]:
    """The sides that usually publish and have nothing today.

    `days_before` are the days before, each complete; a side counts as usual with 3 articles a day on average.

    >>> dark_sides({"exile": 4}, [{"exile": 5, "state": 6}, {"exile": 4, "state": 4}])
    ('state',)
    """
    if not days_before:
        return ()
    usual = {side: sum(day.get(side, 0) for day in days_before) / len(days_before) for side in SIDES}
    return tuple(side for side in SIDES if usual[side] >= USUAL_LEAST and today.get(side, 0) == 0)
