"""What `cleanwire source balance` shows: new articles of each side, day by day."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.ingest.core.balance import SIDES, Balance
from services.ingest.sources.coverage import balances_before, sides_dark

from .connection import connected
from .settings import ConsoleSettings

COLUMN = 16


@dataclass(frozen=True)
class Coverage:
    """The days, today first, and the sides that are dark with the moment of their last article."""

    days: Sequence[Balance]
    dark: dict[str, datetime]


async def coverage_of(settings: ConsoleSettings, days: int) -> Coverage:
    """The last so many days, today included. Raises CommandError."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with connected(settings) as redis:
        return Coverage(await balances_before(redis, tomorrow, days), await sides_dark(redis))


def balance_lines(coverage: Coverage) -> Iterator[str]:
    """The table for people: articles and share of each side."""
    yield f"{'day':<12}" + "".join(f"{side:>{COLUMN}}" for side in SIDES)
    for balance in coverage.days:
        cells = (f"{balance.counts[side]} ({balance.shares[side]:.0%})" for side in SIDES)
        yield f"{balance.day:<12}" + "".join(f"{cell:>{COLUMN}}" for cell in cells)
    for side, since in coverage.dark.items():
        yield f"{side} is dark: nothing new since {since:%Y-%m-%d %H:%M} UTC"


def balance_json(coverage: Coverage) -> Iterator[str]:
    """One object for each day: `{day, counts, shares}`; then `{dark: {side: moment}}` where a side is dark."""
    for balance in coverage.days:
        yield json.dumps({"day": balance.day, "counts": dict(balance.counts), "shares": balance.shares})
    if coverage.dark:
        yield json.dumps({"dark": {side: since.isoformat() for side, since in coverage.dark.items()}})
