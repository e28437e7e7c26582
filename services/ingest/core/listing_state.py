"""What is remembered of one listing between two polls: validators, pace, health, where it moved, what it taught."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import get_args

from services.ingest.core.liveness import Health, Liveness
from services.ingest.core.schedule import Pace

MOVED_AFTER = 3  # permanent redirects to one place, in a row, before the listing is asked for there


@dataclass(frozen=True)
class ListingState:
    """One flat record; moments are Unix seconds, 0 where never. `evidence` says in words what the state rests on."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    interval_s: float = 0.0
    streak: int = 0
    rates: str = ""
    state: str = "unknown"
    since: float = 0.0
    hinted: str = "unknown"
    hints: int = 0
    new_at: float = 0.0
    gap_s: float = 0.0
    evidence: str = ""
    moved_to: str = ""
    moved_count: int = 0
    shapes: str = ""
    failures: int = 0

    @classmethod
    def of_fields(cls, stored: Mapping[str, str]) -> "ListingState":
        """Read the state from a Redis hash; unknown fields are ignored, unreadable ones take their default."""
        known = {field.name: field.default for field in fields(cls)}
        values = {name: _typed(value, known[name]) for name, value in stored.items() if name in known}
        return cls(**values)  # type: ignore[arg-type]

    def to_pairs(self) -> list[str | float | int]:
        """The state as field, value, field, value for HSET."""
        return [part for field in fields(self) for part in (field.name, getattr(self, field.name))]

    def validators(self) -> dict[str, str]:
        """The request headers that ask for news only: both validators, where the server gave both."""
        headers = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in headers.items() if value}

    @property
    def pace(self) -> Pace:
        """What was learnt of the rhythm."""
        rates = tuple(float(rate) for rate in self.rates.split(",")) if self.rates else ()
        return Pace(self.interval_s, self.streak, rates)

    @property
    def health(self) -> Health:
        """How the listing is doing."""
        return Health(
            _liveness(self.state), self.since, _liveness(self.hinted), self.hints, self.new_at, self.gap_s
        )

    def with_pace(self, pace: Pace) -> "ListingState":
        """The state with a newer pace."""
        rates = ",".join(f"{rate:g}" for rate in pace.rates)
        return replace(self, interval_s=pace.interval_s, streak=pace.streak, rates=rates)

    def with_health(self, health: Health) -> "ListingState":
        """The state with a newer health."""
        return replace(
            self,
            state=health.state,
            since=health.since,
            hinted=health.hinted,
            hints=health.hints,
            new_at=health.new_at,
            gap_s=health.gap_s,
        )

    def with_redirect(self, location: str, *, permanent: bool) -> "ListingState":
        """The state after a redirect: three permanent ones in a row to one place move the listing."""
        if not permanent:
            return self if self.has_moved else replace(self, moved_to="", moved_count=0)
        again = self.moved_count + 1 if location == self.moved_to else 1
        return replace(self, moved_to=location[:2000], moved_count=min(again, MOVED_AFTER))

    @property
    def has_moved(self) -> bool:
        """Whether the listing is asked for at its new place."""
        return self.moved_count >= MOVED_AFTER and bool(self.moved_to)


def _liveness(text: str) -> Liveness:
    return next((state for state in get_args(Liveness) if state == text), "unknown")


def _typed(text: str, default: object) -> str | float | int:
    try:
        if isinstance(default, int):
            return int(text)
        return float(text) if isinstance(default, float) else text
    except ValueError:
        return 0
