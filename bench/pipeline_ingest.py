"""What ingest costs for each page of a usual size, from a fetch request to `articles.raw`, for `./run bench pipeline`."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bench.ingest.processes import ingest_process
from bench.pipeline_rig import Cost, cost_of
from bench.pipeline_web import PAGE, host_of, many_hosts
from services.console.local.embedded_valkey import start_valkey
from services.contracts.messages import FetchRequest
from services.contracts.streams import ARTICLES_RAW, FETCH_REQUESTS
from services.runtime.wire import publish

HOSTS = 40
WARM_PAGES = 30
READY_S, DRAIN_S = 60, 900


@dataclass(frozen=True)
class IngestCost:
    """Pages a second through one process, milliseconds of its and the server's CPU for each, MB at rest and after."""

    per_s: float
    cpu_ms: float
    server_ms: float
    rest_mb: float
    after_mb: float


async def measure_ingest(count: int) -> IngestCost:
    """One ingest process fetches `count` pages of forty hosts on loopback, without a pause between two of a host."""
    with tempfile.TemporaryDirectory() as name, many_hosts(HOSTS, real=count + WARM_PAGES) as port:
        folder = Path(name)
        server = start_valkey(folder / "valkey", maxmemory="4gb")
        hosts = [f"{host_of(number)}:{port}" for number in range(HOSTS)]
        (folder / "none.toml").write_text("")
        try:
            async with Redis.from_url(server.url) as redis:
                await _know(redis, hosts)
                settings = {"host_gap_s": "0", "data_dir": str(folder)}
                with ingest_process(server.url, folder / "none.toml", hosts, **settings) as process:
                    await _fetched(redis, hosts, range(WARM_PAGES))
                    rest, before = cost_of(process.pid), cost_of(server.process.pid)
                    began = time.perf_counter()
                    await _fetched(redis, hosts, range(WARM_PAGES, WARM_PAGES + count))
                    took = time.perf_counter() - began
                    return _cost(
                        count, took, (rest, cost_of(process.pid)), (before, cost_of(server.process.pid))
                    )
        finally:
            server.stop()


def _cost(count: int, took: float, ingest: tuple[Cost, Cost], server: tuple[Cost, Cost]) -> IngestCost:
    cpu_ms, server_ms = (1e3 * (after.cpu_s - before.cpu_s) / count for before, after in (ingest, server))
    return IngestCost(count / took, cpu_ms, server_ms, ingest[0].rss_mb, ingest[1].rss_mb)


async def _know(redis: Redis, hosts: list[str]) -> None:
    """The robots.txt of each host is known, as it is a minute after the start of any long-running process."""
    for host in hosts:
        await redis.set(f"ingest:robots:http://{host}", '{"state": "open", "text": ""}')
        await redis.hset(f"ingest:terms:http://{host}", "asked", 1)


async def _fetched(redis: Redis, hosts: list[str], numbers: range) -> None:
    """Ask for these pages and wait until all of them have come."""
    wanted = await redis.xlen(ARTICLES_RAW) + len(numbers)
    for number in numbers:
        url = f"http://{hosts[number % HOSTS]}{PAGE}{number}"
        await publish(redis, FETCH_REQUESTS, FetchRequest(url=url, why="bench"))
    async with asyncio.timeout(DRAIN_S):
        while await redis.xlen(ARTICLES_RAW) < wanted:  # noqa: ASYNC110 - it is another process that works
            await asyncio.sleep(0.02)
