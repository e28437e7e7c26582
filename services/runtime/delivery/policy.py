"""How one stage delivers: its times and its limits (docs/delivery.md has the reason of each)."""

from dataclasses import dataclass, field

from .breaker import BreakerPolicy
from .gates import Gate
from .parking import ParkingPolicy


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings of one engine. Times in seconds."""

    concurrency: int = 16
    visibility_s: float = 30.0  # an entry whose consumer was silent this long belongs to whoever takes it
    max_deliveries: int = 5
    backoff_s: tuple[float, ...] = (1.0, 5.0, 20.0)
    pause_after: int = 3  # RetryLater in a row from one dependency
    probe_s: tuple[float, float] = (1.0, 8.0)  # first and longest wait between two probes of a paused stage
    block_s: float = 0.5
    grace_s: float = 6.0  # what SIGTERM leaves the running handlers; all of a machine stops within 10 s
    gates: tuple[Gate, ...] = ()
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
    parking: ParkingPolicy = field(default_factory=ParkingPolicy)

    @property
    def heartbeat_s(self) -> float:
        """A third of the visibility time: two heartbeats may be lost before an entry is."""
        return self.visibility_s / 3

    def backoff_after(self, attempt: int) -> float:
        """The wait after the failed delivery number `attempt`; a pending entry waits at most the visibility time."""
        return min(self.backoff_s[min(attempt, len(self.backoff_s)) - 1], self.visibility_s)
