"""Clears what ingest need not remember any longer: seen marks of entries that left their lists months ago."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest import keys
from services.ingest.core.seen_marks import SeenMark, day_number, is_outdated

EVERY_S = 3600.0
CLEARED_KEPT_S = 2 * 86400
PAGE = 500

log = structlog.get_logger()


@dataclass(frozen=True)
class MarkClearer:
    """Once a day, whichever replica comes first, in small steps."""

    redis: Redis
    now: Callable[[], datetime]
    wait: Callable[[float], Awaitable[None]]

    async def run(self) -> None:
        """Look every hour whether today's clearing is still to be done."""
        while True:
            try:
                await self.turn()
            except RedisError as problem:
                log.warning("clearing_postponed", reason=str(problem))
            await self.wait(EVERY_S)

    async def turn(self) -> int:
        """Clear, unless it was done today; returns how many marks went."""
        now = self.now()
        first = await self.redis.set(
            keys.marks_cleared(now.date().isoformat()), "1", nx=True, ex=CLEARED_KEPT_S
        )
        if not first:
            return 0
        cleared = 0
        async for key in self.redis.scan_iter(keys.ALL_SEEN_MARKS, count=PAGE):
            cleared += await self._clear(key, day_number(now))
        log.info("seen_marks_cleared", marks=cleared)
        return cleared

    async def _clear(self, key: str | bytes, today: int) -> int:
        old: list[str | bytes] = []
        async for article_id, mark in self.redis.hscan_iter(key, count=PAGE):
            if is_outdated(SeenMark.of_text(mark.decode() if isinstance(mark, bytes) else mark), today):
                old.append(article_id)
        for start in range(0, len(old), PAGE):
            await self.redis.hdel(key, *old[start : start + PAGE])
        return len(old)
