"""What the hosts of a simulation saw, as figures: each promise of the schedule and of politeness."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.ingest.growing_web import Asked
from bench.ingest.replica import GAP_S


@dataclass(frozen=True)
class Simulation:
    """What the hosts saw."""

    hosts: int
    hours: float
    kills: int
    asked: list[Asked]
    publications: dict[str, list[float]]
    killed_at_work: int

    def overlaps(self) -> int:
        """Requests that began while another to the same host was running."""
        return sum(later.started < earlier.ended - 1e-6 for earlier, later in self._neighbours(robots=True))

    def shortest_gap_s(self) -> float:
        """The shortest pause between the end of a request and the beginning of the next at one host."""
        return min(
            (later.started - earlier.ended for earlier, later in self._neighbours(robots=False)), default=0.0
        )

    def fetches(self) -> dict[tuple[str, str], int]:
        """How often each published entry was asked for; those too young to have been polled for are left out."""
        counts = {
            (host, f"/a/{n}"): 0
            for host, moments in self.publications.items()
            for n, at in enumerate(moments)
            if at < self.hours * 3600 - 3 * 3600
        }
        for asked in self.asked:
            if (asked.host, asked.path) in counts:
                counts[asked.host, asked.path] += 1
        return counts

    def delays_s(self) -> list[float]:
        """From each entry's publication to its first request."""
        first: dict[tuple[str, str], float] = {}
        for asked in self.asked:
            first.setdefault((asked.host, asked.path), asked.started)
        return [
            first[host, f"/a/{n}"] - at
            for host, moments in self.publications.items()
            for n, at in enumerate(moments)
            if (host, f"/a/{n}") in first
        ]

    def not_modified_share(self) -> float:
        """Share of 304 among the polls with nothing new to tell: no entry since the list's last poll, the first left out."""
        polls = [asked for asked in self.asked if asked.path == "/feed"]
        quiet = [
            later for earlier, later in _pairs_by_host(polls) if not self._published_between(earlier, later)
        ]
        return sum(asked.status == 304 for asked in quiet) / len(quiet) if quiet else 0.0

    def _published_between(self, earlier: Asked, later: Asked) -> bool:
        # The feed is written as its answer ends, so a publication during a poll belongs to that poll.
        return any(earlier.ended < at <= later.ended for at in self.publications[earlier.host])

    def double_polls(self) -> int:
        """Polls of one list within half the shortest interval there is: one due time served twice."""
        polls: dict[str, list[float]] = {}
        for asked in self.asked:
            if asked.path == "/feed":
                polls.setdefault(asked.host, []).append(asked.started)
        return sum(
            later - earlier < 60 for times in polls.values() for earlier, later in itertools.pairwise(times)
        )

    def mean_interval_s(self) -> float:
        """The mean pause between two polls of a host that publishes."""
        busy = [host for host, moments in self.publications.items() if moments]
        polls = sum(asked.path == "/feed" and bool(self.publications[asked.host]) for asked in self.asked)
        return self.hours * 3600 * len(busy) / max(polls, 1)

    def kept(self) -> bool:
        """Whether every promise was kept."""
        fetches = self.fetches().values()
        once = (
            all(count == 1 for count in fetches) if not self.kills else all(count >= 1 for count in fetches)
        )
        polled_once = self.kills > 0 or self.double_polls() == 0
        in_time = self.kills > 0 or median(self.delays_s()) <= self.mean_interval_s() / 2
        quiet = self.not_modified_share() >= 0.95
        return (
            once
            and polled_once
            and in_time
            and quiet
            and not self.overlaps()
            and self.shortest_gap_s() >= GAP_S - 0.01
        )

    def _neighbours(self, *, robots: bool) -> list[tuple[Asked, Asked]]:
        return _pairs_by_host([asked for asked in self.asked if robots or asked.path != "/robots.txt"])


def table_of(runs: Sequence[Simulation]) -> list[str]:
    """The runs side by side, each row a promise and what it asks for."""
    rows = [("", *(f"{run.kills} kills" if run.kills else "nobody killed" for run in runs))]
    rows += [(name, *(tell(run) for run in runs)) for name, tell in ROWS]
    wide = max(len(row[0]) for row in rows)
    return [row[0].ljust(wide) + "".join(cell.rjust(22) for cell in row[1:]) for row in rows]


def _counted(run: Simulation) -> tuple[int, int, int]:
    """Entries never fetched, fetched once, and more often."""
    counts = list(run.fetches().values())
    return counts.count(0), counts.count(1), sum(count > 1 for count in counts)


ROWS: tuple[tuple[str, Callable[[Simulation], str]], ...] = (
    ("hosts, simulated hours", lambda run: f"{run.hosts}, {run.hours:g}"),
    ("kills in mid-work", lambda run: str(run.killed_at_work)),
    ("requests", lambda run: str(len(run.asked))),
    ("two at once at one host (0)", lambda run: str(run.overlaps())),
    (f"shortest gap at a host (>= {GAP_S:g} s)", lambda run: f"{run.shortest_gap_s():.2f} s"),
    ("lists polled twice for one due time (0)", lambda run: str(run.double_polls())),
    ("new entries", lambda run: str(len(run.fetches()))),
    ("  never fetched (0)", lambda run: str(_counted(run)[0])),
    ("  fetched exactly once", lambda run: str(_counted(run)[1])),
    ("  more often (0 while nobody is killed)", lambda run: str(_counted(run)[2])),
    ("304 where nothing is new (>= 95 %)", lambda run: f"{run.not_modified_share():.1%}"),
    ("mean poll interval where there is news", lambda run: f"{run.mean_interval_s():.0f} s"),
    ("publication to request, median (<= half)", lambda run: f"{median(run.delays_s()):.0f} s"),
)


def _pairs_by_host(requests: Sequence[Asked]) -> list[tuple[Asked, Asked]]:
    """Each request with the next one at its host."""
    by_host: dict[str, list[Asked]] = {}
    for asked in sorted(requests, key=lambda one: one.started):
        by_host.setdefault(asked.host, []).append(asked)
    return [pair for rows in by_host.values() for pair in itertools.pairwise(rows)]
