"""What operators ask of ingest: how the sources are, and what a backfill would ask for. Reads only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.listing_state import ListingState
from services.ingest.sources.catalogue import Catalogue
from services.ingest.stored import read_hash


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


def _moment(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
