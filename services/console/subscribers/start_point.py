"""Where a new group begins: what `--from` may say, as the entry id after which it reads. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

ENTRY_ID = re.compile(r"^(\d{1,15})(?:-(\d{1,20}))?$")
MAX_SEQUENCE = 2**64 - 1
DAY_BEGINS_MS = (
    100_000_000_000  # below it digits alone are no entry id of ours: 20251201 is a date spelt wrong
)
ALLOWED = (
    "0 (everything still kept), $ (only what comes from now on), a day (2025-12-01), a time (2025-12-01T09:00+03:00; "
    "UTC without a zone), or an entry id (1764547200000-0): then the entries after it"
)


@dataclass(frozen=True)
class StartPoint:
    """`after` is the last entry id that is *not* delivered, as XGROUP CREATE takes it; `is_moment`: it was a time."""

    after: str
    is_moment: bool = False

    @property
    def position(self) -> tuple[int, int] | None:
        """The id as two numbers; None for `$`."""
        return None if self.after == "$" else position_of(self.after)


def position_of(entry_id: str) -> tuple[int, int]:
    """An entry id as its two numbers: ids are never compared as text."""
    ms, _, sequence = entry_id.partition("-")
    return int(ms), int(sequence or 0)


def read_start_point(text: str, now: datetime) -> StartPoint:
    """Read `--from`. Raises ValueError saying what was given and what is allowed."""
    given = text.strip()
    if given in ("0", "0-0", "$"):
        return StartPoint(given[0])
    if found := ENTRY_ID.match(given):
        ms, sequence = int(found[1]), int(found[2] or 0)
        if ms >= DAY_BEGINS_MS and sequence <= MAX_SEQUENCE:
            return StartPoint(f"{ms}-{sequence}")
    return _first_of(_moment_of(given), now)


def _moment_of(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(f"unknown start point {given[:60]!r}; allowed: {ALLOWED}") from None
    if "-" not in given:  # Python reads 20251201 too; it is as likely an entry id cut short
        raise ValueError(f"unknown start point {given[:60]!r}; allowed: {ALLOWED}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _first_of(moment: datetime, now: datetime) -> StartPoint:
    if moment > now + timedelta(minutes=1):
        raise ValueError(
            f"start point {moment.isoformat()} lies in the future; for what comes from now on say $"
        )
    ms = int(moment.timestamp() * 1000)
    return StartPoint(f"{ms - 1}-{MAX_SEQUENCE}", is_moment=True) if ms > 0 else StartPoint("0")
