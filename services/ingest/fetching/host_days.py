"""How polite we were: what was asked of each host on one day. Reads only."""

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from services.ingest import keys
from services.ingest.stored import read_hash


@dataclass(frozen=True)
class HostDay:
    """How one host was treated on one day; `requests` counts its robots.txt, too.

    `shortest_gap_s` is None with fewer than two requests; a robots.txt and the page it was asked for are one there.
    """

    host: str
    requests: int
    bytes: int
    not_modified_share: float
    throttled: int
    robots_refusals: int
    failed: int
    shortest_gap_s: float | None


async def politeness_of_day(redis: Redis, day: str) -> list[HostDay]:
    """Every host that was asked on `day` (`2026-11-21`, UTC), the most asked first."""
    members: Any = await redis.smembers(keys.hosts_of_day(day))
    rows = [
        _host_day(host, await read_hash(redis, keys.day_counts(day, host)))
        for host in map(bytes.decode, members)
    ]
    return sorted(rows, key=lambda row: (-row.requests, row.host))


def _host_day(host: str, counts: dict[str, str]) -> HostDay:
    asked = int(counts.get("requests", 0))
    requests = asked + int(counts.get("robots_requests", 0))
    gap = counts.get("shortest_gap_ms")
    return HostDay(
        host=host,
        requests=requests,
        bytes=int(counts.get("bytes", 0)),
        not_modified_share=round(int(counts.get("not_modified", 0)) / asked, 3) if asked else 0.0,
        throttled=int(counts.get("throttled", 0)),
        robots_refusals=int(counts.get("robots_refusals", 0)),
        failed=int(counts.get("failed", 0)),
        shortest_gap_s=float(gap) / 1000 if gap else None,
    )
