"""The coverage of each side: counted as it comes out clean, told once a day, and a side that goes dark told at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from redis.asyncio import Redis

from services.contracts.messages import CleanArticle
from services.ingest import keys
from services.ingest.core.balance import SIDES, Balance, DarkSide, dark_sides
from services.ingest.stored import read_hash

BALANCE_DAYS = 7
COVERAGE_KEPT_S = 40 * 86400
TOLD_KEPT_S = 2 * 86400

log = structlog.get_logger()


async def count_coverage(redis: Redis, article: CleanArticle, at: datetime) -> None:
    """Count a new article for its side's day. Counting it twice counts it once; one without a side not at all."""
    if not article.side:
        return
    key = keys.coverage(at.date().isoformat(), article.side)
    async with redis.pipeline() as pipe:
        pipe.sadd(key, article.article_id)
        pipe.expire(key, COVERAGE_KEPT_S)
        pipe.hset(keys.COVERAGE_LAST, article.side, at.timestamp())
        await pipe.execute()


async def announce_balance(redis: Redis, now: datetime) -> None:
    """Log yesterday's balance once, whichever replica comes first; and each side that goes dark or comes back, once."""
    [yesterday, *before] = await balances_before(redis, now, BALANCE_DAYS + 1)
    if yesterday.total and await _is_first(redis, yesterday.day):
        log.info(
            "coverage_balance", day=yesterday.day, counts=dict(yesterday.counts), shares=yesterday.shares
        )
    last = await _last_moments(redis)
    days = [balance.counts for balance in (yesterday, *before) if balance.total]
    for dark in dark_sides(last, days):
        await _tell_dark(redis, dark, now)
    for side, since in (await sides_dark(redis)).items():
        if last.get(side, since) > since and await redis.hdel(keys.SIDES_DARK, side):
            log.info("side_came_back", side=side, since=since.isoformat())


async def balances_before(redis: Redis, now: datetime, days: int) -> Sequence[Balance]:
    """The last full days' coverage (UTC), yesterday first."""
    wanted = [(now - timedelta(days=back)).date().isoformat() for back in range(1, days + 1)]
    return [await read_balance(redis, day) for day in wanted]


async def read_balance(redis: Redis, day: str) -> Balance:
    """How many articles of each side came out clean on `day` (`2026-11-21`, UTC)."""
    counts = {side: int(await redis.scard(keys.coverage(day, side))) for side in SIDES}
    return Balance(day, counts)


async def sides_dark(redis: Redis) -> dict[str, datetime]:
    """The sides that are dark, and when the last article of each came out clean."""
    return _moments(await read_hash(redis, keys.SIDES_DARK))


async def _tell_dark(redis: Redis, dark: DarkSide, now: datetime) -> None:
    if await redis.hsetnx(keys.SIDES_DARK, dark.side, str(dark.since.timestamp())):
        log.warning(
            "side_went_dark",
            side=dark.side,
            since=dark.since.isoformat(),
            usual_per_day=dark.usual,
            hours=round((now - dark.since).total_seconds() / 3600),
        )


async def _is_first(redis: Redis, day: str) -> bool:
    return bool(await redis.set(keys.balance_told(day), "1", nx=True, ex=TOLD_KEPT_S))


async def _last_moments(redis: Redis) -> dict[str, datetime]:
    return _moments(await read_hash(redis, keys.COVERAGE_LAST))


def _moments(stored: dict[str, str]) -> dict[str, datetime]:
    return {side: datetime.fromtimestamp(float(seconds), UTC) for side, seconds in stored.items()}
