"""How everything stands, as a log line of each stage now and then: whoever has only logs gets the same figures as /metrics."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from ..backlog import backlog_of
from ..delivery.breaker import open_breakers
from ..delivery.engine import Engine
from .vitals import disk_vitals, redis_vitals

logger = structlog.get_logger()


async def tell_standing(redis: Redis, engines: Sequence[Engine], data_dir: Path, every_s: float) -> None:
    """Log how each stage of this process and what it depends on stand, every `every_s` seconds, for ever; 0 is never."""
    while every_s:
        await asyncio.sleep(every_s)
        await _tell_vitals(redis, data_dir)
        for engine in engines:
            await _tell_stage(redis, engine)


async def _tell_stage(redis: Redis, engine: Engine) -> None:
    status = engine.status()
    here = {
        "stage": f"{status.group}/{status.stream}",
        "stream": status.stream,
        "group": status.group,
        "running": status.running,
        "waits_for": status.waits_for,
        "last_read_s": round(status.last_read_s, 1),
        "last_commit_s": round(status.last_commit_s, 1),
    }
    try:
        backlog = await backlog_of(redis, status.stream)
        opened = await open_breakers(redis, [(status.stream, status.group)])
    except (RedisError, OSError) as error:
        logger.warning("standing_unknown", stage=here["stage"], stream=status.stream, reason=str(error))
        return
    todo = backlog.groups.get(status.group)
    logger.info(
        "stage_standing",
        **here,
        lag=todo.lag if todo else backlog.length,
        pending=todo.pending if todo else 0,
        oldest_pending_s=(todo.oldest_pending_s if todo else None) or 0.0,
        dead=backlog.dead,
        breaker_open=any(opened.values()),
    )


async def _tell_vitals(redis: Redis, data_dir: Path) -> None:
    disk = disk_vitals(data_dir)
    try:
        vitals = await redis_vitals(redis)
    except (RedisError, OSError):
        vitals = None
    logger.info(
        "service_standing",
        data_dir_free_bytes=disk.free_bytes if disk else None,
        data_dir_size_bytes=disk.size_bytes if disk else None,
        redis_up=vitals is not None,
        redis_memory_used_bytes=vitals.used_bytes if vitals else None,
        redis_memory_limit_bytes=vitals.limit_bytes if vitals else None,
        redis_writes=vitals.writes if vitals else None,
    )
