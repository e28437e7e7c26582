"""What one process costs that follows many sources with nothing new: memory and processor time."""

import asyncio
import time
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bench.ingest.processes import cpu_s, ingest_process, rss_mb, web
from bench.ingest.web import host_of

HOSTS = 500
INTERVAL_S = 600.0  # of a list that is followed at the first pace: the dearest case
RSS_LIMIT_MB, CPU_LIMIT = 400, 0.10


async def idle_cost(redis_url: str, folder: Path, sources: int, seconds: float) -> bool:
    """Memory and processor time of one process that follows many sources with nothing new."""
    with web(HOSTS) as port:
        file = folder / "many.toml"
        rows = (
            f'[[source]]\nname = "S{n}"\noutlet = "S{n}"\n[[source.feed]]\nkind = "feed"\n'
            f'url = "http://{host_of(n % HOSTS)}:{port}/feed/{n}"\n'
            for n in range(sources)
        )
        file.write_text("\n".join(rows))
        names = [f"{host_of(n)}:{port}" for n in range(HOSTS)]
        async with Redis.from_url(redis_url) as redis:
            await redis.flushall()
            with ingest_process(redis_url, file, names, host_gap_s="0.1") as process:
                await _first_polls_done(redis, sources)
                await _spread_polls(redis)
                before, started = cpu_s(process.pid), time.monotonic()
                await asyncio.sleep(seconds)
                core = (cpu_s(process.pid) - before) / (time.monotonic() - started)
                memory = rss_mb(process.pid)
    print(
        f"{sources} sources, nothing new, {seconds:.0f} s: {memory:.0f} MB RSS (goal < {RSS_LIMIT_MB}), "
        f"{core:.1%} of a core (goal < {CPU_LIMIT:.0%})"
    )
    return memory < RSS_LIMIT_MB and core < CPU_LIMIT


async def _first_polls_done(redis: Redis, sources: int) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        polled = 0
        async for _key in redis.scan_iter("ingest:listing:*", count=2000):
            polled += 1
        if polled >= sources:
            return
        await asyncio.sleep(1.0)
    raise TimeoutError("the first polls were not done within 600 s")


async def _spread_polls(redis: Redis) -> None:
    """Bring the second polls forward to now, as evenly as they fall in a process that has run for a day."""
    ids: Any = await redis.zrange("ingest:schedule", 0, -1)
    now = time.time()
    await redis.zadd("ingest:schedule", {one: now + n * INTERVAL_S / len(ids) for n, one in enumerate(ids)})
