"""When a clean article's page is asked for again, and when no more. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Literal

STEPS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)
LAST_STEPS_FROM = 2  # from the 6 h step on, two unchanged answers in a row end the visits
WITHDRAWN_AFTER = timedelta(hours=24)  # between the first and the confirming 404 or 410

Answer = Literal["changed", "unchanged", "gone", "failed"]


@dataclass(frozen=True)
class PageRecord:
    """What is remembered of a fetched page: where, its validators, its hash, and how its revisits went.

    `first_seen` and `gone_at` are Unix seconds, 0 where never; `source` is the source as JSON.
    """

    url: str = ""
    source: str = ""
    etag: str = ""
    last_modified: str = ""
    page_hash: str = ""
    first_seen: float = 0.0
    step: int = 0
    unchanged: int = 0
    gone_at: float = 0.0

    @classmethod
    def of_fields(cls, stored: Mapping[str, str]) -> "PageRecord":
        """Read the record from a Redis hash."""
        empty = cls()
        known = {name: value for name, value in stored.items() if hasattr(empty, name)}
        return cls(**{name: type(getattr(empty, name))(value) for name, value in known.items()})

    def to_pairs(self) -> list[str | float | int]:
        """The record as field, value, … for HSET."""
        return [part for field in fields(self) for part in (field.name, getattr(self, field.name))]

    def validators(self) -> dict[str, str]:
        """The request headers that ask for a changed page only."""
        headers = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True)
class VisitAgain:
    """The page is asked for again at `at` (Unix seconds)."""

    record: PageRecord
    at: float


@dataclass(frozen=True)
class Drop:
    """The page is left alone from now on."""


@dataclass(frozen=True)
class Withdrew:
    """The page was gone twice, a day apart: its outlet took it back."""

    record: PageRecord


def first_revisit(record: PageRecord, first_seen: float) -> VisitAgain:
    """The first revisit of an article that came out clean at `first_seen`."""
    return VisitAgain(replace(record, first_seen=first_seen, step=0), first_seen + STEPS[0].total_seconds())


def next_revisit(record: PageRecord, answer: Answer, now: float) -> VisitAgain | Drop | Withdrew:
    """What follows from the answer to a revisit at step `record.step`."""
    if answer == "gone":
        return _after_gone(record, now)
    unchanged = record.unchanged + 1 if answer == "unchanged" and record.step >= LAST_STEPS_FROM else 0
    following = replace(record, step=record.step + 1, unchanged=unchanged, gone_at=0.0)
    if unchanged >= 2 or following.step >= len(STEPS):
        return Drop()
    at = record.first_seen + STEPS[following.step].total_seconds()
    return VisitAgain(following, max(at, now + 60.0))


def step_name(step: int) -> str:
    """The step as operators read it: `15m`, `1h`, … `72h`."""
    minutes = int(STEPS[min(step, len(STEPS) - 1)].total_seconds() // 60)
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h"


def _after_gone(record: PageRecord, now: float) -> VisitAgain | Withdrew:
    apart = WITHDRAWN_AFTER.total_seconds()
    if record.gone_at and now - record.gone_at >= apart:
        return Withdrew(record)
    gone_at = record.gone_at or now
    return VisitAgain(replace(record, gone_at=gone_at), gone_at + apart)
