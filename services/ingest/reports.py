"""What operators ask of ingest: how the sources are, how polite we were, and the start of a backfill. Reads only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.listing_state import ListingState
from services.ingest.sources import Catalogue
from services.ingest.stored import read_hash


@dataclass(frozen=True)
class HostDay:
    """How one host was treated on one day. `shortest_gap_s` is None with fewer than two requests."""

    host: str
    requests: int
    bytes: int
    not_modified_share: float
    throttled: int
    robots_refusals: int
    failed: int
    shortest_gap_s: float | None


@dataclass(frozen=True)
class ListingRow:
    """One list of one source and how it is doing; moments are None where they never were."""

    source: str
    side: str
    kind: str
    url: str
    state: str
    since: datetime | None
    evidence: str
    last_new: datetime | None
    due: datetime | None
    interval_s: float
    fallback: bool
    muted: bool


async def politeness_of_day(redis: Redis, day: str) -> list[HostDay]:
    """Every host that was asked on `day` (`2026-11-21`, UTC), the most asked first."""
    members: Any = await redis.smembers(keys.hosts_of_day(day))
    rows = [
        _host_day(host, await read_hash(redis, keys.day_counts(day, host)))
        for host in map(bytes.decode, members)
    ]
    return sorted(rows, key=lambda row: (-row.requests, row.host))


async def source_rows(redis: Redis, catalogue: Catalogue) -> list[ListingRow]:
    """Every list of the catalogue with its state, in the file's order."""
    rows = []
    for listing in catalogue.listings.values():
        state = ListingState.of_fields(await read_hash(redis, keys.listing_state(listing.listing_id)))
        due = await redis.zscore(keys.SCHEDULE, listing.listing_id)
        rows.append(
            ListingRow(
                source=listing.source.name,
                side=listing.source.side,
                kind=listing.kind,
                url=state.moved_to if state.has_moved else listing.url,
                state="muted" if listing.muted else state.state,
                since=_moment(state.since),
                evidence=state.evidence,
                last_new=_moment(state.new_at),
                due=_moment(float(due or 0.0)),
                interval_s=listing.poll_s or state.interval_s,
                fallback=listing.fallback,
                muted=listing.muted,
            )
        )
    return rows


def backfill_requests(catalogue: Catalogue, source: str, since: datetime) -> list[FetchRequest]:
    """What to put on `fetch.backfill` to have a source's history walked back to `since`.

    Its sitemaps, or else whatever sitemaps the robots.txt of its sites name. Raises KeyError for an unknown source.
    """
    listings = catalogue.of_source(source)
    if not listings:
        raise KeyError(source)
    sitemaps = [listing.url for listing in listings if listing.kind == "sitemap"]
    sites = [f"{urlsplit(one.url).scheme}://{urlsplit(one.url).netloc}/robots.txt" for one in listings]
    return [
        FetchRequest(
            url=url, kind="sitemap", source=listings[0].source, why="backfill", lane="backfill", since=since
        )
        for url in dict.fromkeys(sitemaps or sites)
    ]


def _host_day(host: str, counts: dict[str, str]) -> HostDay:
    requests = int(counts.get("requests", 0))
    gap = counts.get("shortest_gap_ms")
    return HostDay(
        host=host,
        requests=requests,
        bytes=int(counts.get("bytes", 0)),
        not_modified_share=round(int(counts.get("not_modified", 0)) / requests, 3) if requests else 0.0,
        throttled=int(counts.get("throttled", 0)),
        robots_refusals=int(counts.get("robots_refusals", 0)),
        failed=int(counts.get("failed", 0)),
        shortest_gap_s=float(gap) / 1000 if gap else None,
    )


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
