"""Follows the public stream of clean articles: plans their revisits and counts the coverage of each side."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.events import ARTICLE_PUBLISHED, parse_event
from services.contracts.messages import CleanArticle
from services.contracts.streams import ARTICLES_CLEANED
from services.ingest import keys
from services.ingest.core.revisits import STEPS, first_revisit
from services.ingest.scheduling.page_records import WHILE_REVISITED_S, page_id_of, read_page_record
from services.ingest.sources.coverage import announce_balance, count_coverage

BATCH = 200
BLOCK_MS = 2000
REST_S = 5.0
BALANCE_EVERY_S = 3600.0

log = structlog.get_logger()


class CleanReader:
    """Reads `articles.cleaned` as any subscriber may. Reading an entry twice plans and counts it once."""

    def __init__(
        self, redis: Redis, now: Callable[[], datetime], wait: Callable[[float], Awaitable[None]]
    ) -> None:
        self._redis = redis
        self._now = now
        self._wait = wait
        self._position = ""
        self._balanced_at = 0.0
        self._away = False

    async def run(self) -> None:
        """Follow the stream for ever; where it may not or cannot be read, say so once and try again later."""
        while True:
            try:
                await self.turn(block_ms=BLOCK_MS)
                self._away = False
            except RedisError as problem:
                if not self._away:
                    log.warning("revisits_paused", reason=str(problem))
                self._away = True
                await self._wait(REST_S)

    async def turn(self, block_ms: int | None = None) -> int:
        """Take the next entries; returns how many."""
        if not self._position:
            stored = await self._redis.get(keys.CLEAN_POSITION)
            self._position = stored.decode() if isinstance(stored, bytes) else "0-0"
        answer: Any = await self._redis.xread({ARTICLES_CLEANED: self._position}, count=BATCH, block=block_ms)
        entries = answer[0][1] if answer else []
        for entry_id, fields in entries:
            await self._take(entry_id.decode(), fields)
            self._position = entry_id.decode()
        if entries:
            await self._redis.set(keys.CLEAN_POSITION, self._position)
        if len(entries) < BATCH:  # one that is behind does not know yet who has been silent
            await self._balance()
        return len(entries)

    async def _take(self, entry_id: str, fields: Any) -> None:
        try:
            event, article = parse_event(fields)
        except ValueError as problem:
            log.warning("clean_event_unreadable", entry_id=entry_id, reason=str(problem)[:200])
            return
        first_seen = int(entry_id.partition("-")[0]) / 1000
        if event.type != ARTICLE_PUBLISHED or not isinstance(article, CleanArticle):
            return
        await count_coverage(self._redis, article, datetime.fromtimestamp(first_seen, self._now().tzinfo))
        if self._now().timestamp() - first_seen < STEPS[-1].total_seconds():
            await self._plan(article.url, first_seen)

    async def _plan(self, url: str, first_seen: float) -> None:
        page_id = page_id_of(url)
        record = await read_page_record(self._redis, page_id)
        if record.first_seen:
            return
        planned = first_revisit(record, first_seen)
        async with self._redis.pipeline() as pipe:
            pipe.hset(
                keys.page_record(page_id),
                mapping={"url": record.url or url, "first_seen": first_seen, "step": planned.record.step},
            )
            pipe.expire(keys.page_record(page_id), WHILE_REVISITED_S)
            pipe.zadd(keys.REVISITS, {page_id: planned.at}, nx=True)
            await pipe.execute()

    async def _balance(self) -> None:
        now = self._now()
        if now.timestamp() - self._balanced_at >= BALANCE_EVERY_S:
            self._balanced_at = now.timestamp()
            await announce_balance(self._redis, now)
