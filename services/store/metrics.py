"""The store's metrics, and the same figures as log lines for whoever has only logs."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.failures import RetryLater
from services.contracts.messages import NormalizedArticle
from services.runtime.monitoring.measuring import counter, gauge, histogram

from .claim.settling import Settled
from .core.members import claimed_instant
from .database.opening import Database
from .relay.backlog import RelayBacklog, relay_backlogs

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
PUBLICATION_SECONDS = (60.0, 300.0, 900.0, 1_800.0, 3_600.0, 10_800.0, 21_600.0, 86_400.0, 259_200.0)

SIDE_ARTICLES = counter(
    "side_articles", "New articles by the side their outlet stands on", "side", service="store"
)
FETCH_TO_CLEAN = histogram(
    "fetch_to_clean_seconds", "From the fetch of a new article's page to its announcement", SECONDS, "store"
)
PUBLICATION_TO_CLEAN = histogram(
    "publication_to_clean_seconds",
    "From the time a new article's page gives for its publication, where it gives a minute, to its announcement",
    PUBLICATION_SECONDS,
    "store",
)
WAITING = gauge(
    "relay_waiting",
    "Announcements of the archive that their public stream still lacks",
    "stream",
    service="store",
)
OLDEST = gauge("relay_oldest_waiting_seconds", "Since the oldest of them was made", "stream", service="store")

UNKNOWN_SIDE = "unknown"

log = structlog.get_logger()


def count_settled(article: NormalizedArticle, settled: Settled, now: datetime) -> dict[str, Any]:
    """Count a settled article; returns what its outcome line says of its side and its delays."""
    side = article.source.side if article.source else UNKNOWN_SIDE
    if settled.verdict != "new":
        return {"side": side}
    SIDE_ARTICLES.labels(side).inc()
    fetched_s = max((now - article.fetched_at).total_seconds(), 0.0)
    FETCH_TO_CLEAN.observe(fetched_s)
    delays = {"fetch_to_clean_s": round(fetched_s, 3)}
    published, day_only = claimed_instant(article.published)
    if published and not day_only and published <= now:
        delay_s = (now - published).total_seconds()
        PUBLICATION_TO_CLEAN.observe(delay_s)
        delays["publication_to_clean_s"] = round(delay_s, 1)
    return {"side": side, **delays}


async def measure_relay(database: Database, redis: Redis) -> None:
    """Set the relay's gauges. Raises RetryLater, redis.exceptions.RedisError."""
    for backlog in await _backlogs(database, redis):
        WAITING.labels(backlog.stream).set(backlog.waiting)
        OLDEST.labels(backlog.stream).set(backlog.oldest_s)


async def tell_relay(database: Database, redis: Redis, every_s: float) -> None:
    """Log how the relay of each public stream stands, every `every_s` seconds, for ever; 0 is never."""
    while every_s:
        await asyncio.sleep(every_s)
        try:
            backlogs = await _backlogs(database, redis)
        except (RetryLater, RedisError, OSError) as error:
            log.warning("standing_unknown", stage="store/relay", reason=str(error)[:200])
            continue
        for backlog in backlogs:
            log.info(
                "relay_standing",
                stream=backlog.stream,
                waiting=backlog.waiting,
                oldest_waiting_s=round(backlog.oldest_s, 1),
            )


async def _backlogs(database: Database, redis: Redis) -> Sequence[RelayBacklog]:
    return await relay_backlogs(database, redis, datetime.now(UTC))
