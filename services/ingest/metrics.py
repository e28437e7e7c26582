"""Ingest's metrics: how the listings of each source are, and which sources died, as log lines too."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest import keys
from services.ingest.core.liveness import DEAD
from services.ingest.sources.catalogue import Catalogue
from services.runtime.monitoring.measuring import gauge

AT_ONCE = 500  # listings asked in one round trip

LISTINGS = gauge(
    "source_listings",
    "Listings of a source that are polled, by their state",
    "source",
    "state",
    service="ingest",
)
SOURCE_DEAD = gauge(
    "source_dead",
    "1 while none of a source's own listings lives; fallbacks do not count",
    "source",
    service="ingest",
)

log = structlog.get_logger()


async def measure_sources(redis: Redis, catalogue: Catalogue) -> None:
    """Set the gauges of all sources of the catalogue. Raises RedisError."""
    named = await _source_states(redis, catalogue)
    LISTINGS.clear()
    for (source, state), number in Counter(named).items():
        LISTINGS.labels(source, state).set(number)
    dead = _dead_sources(named)
    for source in {source for source, _ in named}:
        SOURCE_DEAD.labels(source).set(source in dead)


async def tell_sources(redis: Redis, catalogue: Catalogue, every_s: float) -> None:
    """Log which sources died and which live again, looking every `every_s` seconds, for ever; 0 is never."""
    known: set[str] = set()
    while every_s:
        await asyncio.sleep(every_s)
        try:
            dead = _dead_sources(await _source_states(redis, catalogue))
        except (RedisError, OSError) as error:
            log.warning("standing_unknown", stage="ingest/sources", reason=str(error)[:200])
            continue
        for source in sorted(dead - known):
            log.warning("source_died", source=source)
        for source in sorted(known - dead):
            log.info("source_revived", source=source)
        known = dead


def _dead_sources(named: Sequence[tuple[str, str]]) -> set[str]:
    return {source for source, _ in named} - {source for source, state in named if state not in DEAD}


async def _source_states(redis: Redis, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Source and state of each listing that is polled of itself."""
    followed = [listing for listing in catalogue.listings.values() if not (listing.muted or listing.fallback)]
    states = await _states(redis, [listing.listing_id for listing in followed])
    return list(zip((listing.source.name for listing in followed), states, strict=True))


async def _states(redis: Redis, listing_ids: list[str]) -> list[str]:
    states: list[str] = []
    for start in range(0, len(listing_ids), AT_ONCE):
        async with redis.pipeline(transaction=False) as pipeline:
            for listing_id in listing_ids[start : start + AT_ONCE]:
                pipeline.hget(keys.listing_state(listing_id), "state")
            states += [(state or b"unknown").decode() for state in await pipeline.execute()]
    return states
