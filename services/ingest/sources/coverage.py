"""The coverage of each side, counted as it comes out clean, and judged once an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from redis.asyncio import Redis

from services.contracts.messages import CleanArticle
from services.ingest import keys
from services.ingest.core.balance import SIDES, Balance, dark_sides

BALANCE_DAYS = 7
COVERAGE_KEPT_S = 40 * 86400

log = structlog.get_logger()


async def count_coverage(redis: Redis, article: CleanArticle, at: datetime) -> None:
    """Count a new article for its side's day. Counting it twice counts it once; one without a side not at all."""
    if not article.side:
        return
    key = keys.coverage(at.date().isoformat(), article.side)
    async with redis.pipeline() as pipe:
        pipe.sadd(key, article.article_id)
        pipe.expire(key, COVERAGE_KEPT_S)
        await pipe.execute()


async def announce_balance(redis: Redis, now: datetime) -> None:
    """Say how the last full day was shared out, and which side fell silent. Today is young in the morning."""
    judged, *before = await balances_before(redis, now, BALANCE_DAYS + 1)
    known = [balance.counts for balance in before if sum(balance.counts.values())]
    if sum(judged.counts.values()):
        log.info("coverage_balance", day=judged.day, counts=dict(judged.counts), shares=judged.shares)
    for side in dark_sides(judged.counts, known):
        log.warning("side_went_dark", side=side, day=judged.day)


async def balances_before(redis: Redis, now: datetime, days: int) -> Sequence[Balance]:
    """The last full days' coverage, yesterday first."""
    wanted = [(now - timedelta(days=back)).date().isoformat() for back in range(1, days + 1)]
    return [await read_balance(redis, day) for day in wanted]


async def read_balance(redis: Redis, day: str) -> Balance:
    """How many articles of each side came out clean on `day` (`2026-11-21`, UTC)."""
    counts = {side: int(await redis.scard(keys.coverage(day, side))) for side in SIDES}
    return Balance(day, counts)
