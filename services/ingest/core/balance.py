"""How coverage is shared out between the sides, and which side has fallen silent. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SIDES = ("state", "exile", "regional", "international")
USUAL_LEAST = 3.0  # articles a day below which a silent day means nothing
SILENCE = timedelta(days=1)


@dataclass(frozen=True)
class Balance:
    """One day's new coverage: articles per side, and each side's share of the whole (0 to 1)."""

    day: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All sides together."""
        return sum(self.counts.values())

    @property
    def shares(self) -> dict[str, float]:
        """Each side's share."""
        whole = self.total
        return {side: round(self.counts.get(side, 0) / whole, 3) if whole else 0.0 for side in SIDES}


@dataclass(frozen=True)
class DarkSide:
    """A side that usually publishes and has fallen silent: since when, and how many articles a day it used to bring."""

    side: str
    since: datetime
    usual: float


def dark_sides(
    last: Mapping[str, datetime], days_before: Sequence[Mapping[str, int]]
) -> tuple[DarkSide, ...]:
    """The sides with three articles a day and more on average that others have outlasted by a day.

    `last` is when each side's newest article came out clean, `days_before` the full days before today that had any
    coverage. Silence is measured up to the newest article of any side: where all are silent it is we who are, and
    other events tell that.

    >>> day = datetime(2026, 11, 21)
    >>> [one.side for one in dark_sides({"exile": day, "state": day - 2 * SILENCE}, [{"exile": 5, "state": 4}])]
    ['state']
    """
    newest = max(last.values(), default=None)
    silent = [side for side, moment in last.items() if newest and newest - moment >= SILENCE]
    usual = {side: sum(day.get(side, 0) for day in days_before) / max(len(days_before), 1) for side in silent}
    return tuple(
        DarkSide(side, last[side], round(usual[side], 1))
        for side in SIDES
        if side in silent and usual[side] >= USUAL_LEAST
    )
