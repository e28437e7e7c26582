"""Articles per second, latency, CPU and memory from `articles.raw` to `articles.cleaned`: `./run bench pipeline`."""

import argparse
import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from selectolax.lexbor import LexborHTMLParser

from bench.pipeline_rig import Service, pages, put_page
from services.console.embedded_valkey import start_valkey
from services.contracts.streams import (
    ARTICLES_CLEANED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    GROUP_NORMALIZE,
    GROUP_STORE,
)
from services.normalize import extract
from services.runtime.broker import connect_redis
from services.runtime.delivery.waiting import waiting_entries

READY_S, DRAIN_S = 30, 600
LOAD_SHARE = 0.7
GOALS = {"rate": 150, "scale": 1.8, "p50_ms": 40, "p99_ms": 150, "rss_mb": 150}


@dataclass(frozen=True)
class Rate:
    """One run that empties a prefilled stream."""

    replicas: int
    per_s: float
    cpu_ms: dict[str, float]
    rest_mb: dict[str, float]
    peak_mb: dict[str, float]
    cleaned: int
    bytes_a_page: float


class Pipeline:
    """A server, some normalize processes and one store, in a folder of their own."""

    def __init__(self, folder: Path, replicas: int) -> None:
        self.server = start_valkey(folder / "valkey", maxmemory="4gb")
        (folder / "topics").mkdir(parents=True)  # no profile: every article is on topic
        environ = {
            "CLEANWIRE_REDIS_URL": self.server.url,
            "CLEANWIRE_DATA_DIR": str(folder),
            "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
            "CLEANWIRE_LOG_LEVEL": "info",
        }
        self.services = [Service(name, folder, environ) for name in ["normalize"] * replicas + ["store"]]
        self.redis: Redis = connect_redis(self.server.url)

    async def ready(self) -> None:
        """Wait until every process reads its stream."""
        async with asyncio.timeout(READY_S):
            for stream, group, wanted in (
                (ARTICLES_RAW, GROUP_NORMALIZE, len(self.services) - 1),
                (ARTICLES_NORMALIZED, GROUP_STORE, 1),
            ):
                while not await self._is_read(stream, group, wanted):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def drained(self) -> None:
        """Wait until nothing is left to do and the relay has caught up."""
        async with asyncio.timeout(DRAIN_S):
            while await waiting_entries(self.redis, ARTICLES_RAW, GROUP_NORMALIZE) or await waiting_entries(  # noqa: ASYNC110
                self.redis, ARTICLES_NORMALIZED, GROUP_STORE
            ):
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Stop everything."""
        for service in self.services:
            service.stop()
        await self.redis.aclose()
        self.server.stop()

    async def _is_read(self, stream: str, group: str, wanted: int) -> bool:
        if not await self.redis.exists(stream):
            return False
        groups = [found["name"] for found in await self.redis.xinfo_groups(stream)]
        if group.encode() not in groups:
            return False
        return len(await self.redis.xinfo_consumers(stream, group)) >= wanted


async def measure_rate(replicas: int, count: int) -> Rate:
    """How fast a prefilled stream is emptied, and at what cost."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder), replicas)
        await pipeline.ready()
        before = [service.cost() for service in pipeline.services]
        _, some = pages(count)
        for (
            service
        ) in pipeline.services:  # held still while the stream is filled, so that filling costs them nothing
            service.hold()
        memory = await _memory_of(pipeline.redis)
        for number, page in enumerate(some):
            await put_page(pipeline.redis, number, page)
        memory = await _memory_of(pipeline.redis) - memory
        began = time.perf_counter()
        for service in pipeline.services:
            service.go_on()
        await pipeline.drained()
        took = time.perf_counter() - began
        after = [service.cost() for service in pipeline.services]
        cleaned = await pipeline.redis.xlen(ARTICLES_CLEANED)
        names = [service.name for service in pipeline.services]
        await pipeline.close()
    cpu = _by_name(
        names, [1e3 * (end.cpu_s - start.cpu_s) / count for start, end in zip(before, after, strict=True)]
    )
    rest, peak = (
        _by_name(names, [cost.rss_mb for cost in before], max),
        _by_name(names, [cost.peak_mb for cost in after], max),
    )
    return Rate(replicas, count / took, cpu, rest, peak, cleaned, memory / count)


async def _memory_of(redis: Redis) -> float:
    return float((await redis.info("memory"))["used_memory"])


async def measure_latency(per_s: float, seconds: float) -> list[float]:
    """Milliseconds from the raw entry to the clean one in a reader's hand, at a steady rate."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder), 1)
        await pipeline.ready()
        count = int(per_s * seconds)
        sent: dict[str, float] = {}
        latencies: list[float] = []
        reader = asyncio.create_task(_read_clean(pipeline.server.url, sent, latencies))
        began = time.perf_counter()
        for number, page in enumerate(pages(count)[1]):
            await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
            url = f"https://paper-{number % 40}.example/{number}"
            sent[url] = time.perf_counter()
            await put_page(pipeline.redis, number, page)
        await pipeline.drained()
        await asyncio.sleep(1)
        reader.cancel()
        await pipeline.close()
    return sorted(latencies)


async def _read_clean(url: str, sent: dict[str, float], latencies: list[float]) -> None:
    last: Any = "0"
    async with Redis.from_url(url) as redis:
        while True:
            reply: Any = await redis.xread({ARTICLES_CLEANED: last}, block=1_000)
            streams = (
                list(reply.values()) if isinstance(reply, dict) else [[entries] for _, entries in reply or ()]
            )
            now = time.perf_counter()
            for entry_id, fields in streams[0][0] if streams else ():
                last = entry_id
                began = sent.get(json.loads(fields[b"data"])["url"])
                if began is not None:
                    latencies.append((now - began) * 1e3)


def measure_floor(count: int) -> dict[str, float]:
    """CPU ms for each page of the parser alone, and of the extraction alone: no stream, no store."""
    some = list(pages(count)[1])
    began = time.process_time()
    for page in some:
        LexborHTMLParser(page)
    parsing = time.process_time() - began
    began = time.process_time()
    for page in some:
        extract(page, "https://paper.example/1")
    return {"parse": parsing / count * 1e3, "extract": (time.process_time() - began) / count * 1e3}


def _by_name(names: list[str], values: list[float], join: Any = sum) -> dict[str, float]:
    return {
        name: join(value for found, value in zip(names, values, strict=True) if found == name)
        for name in dict.fromkeys(names)
    }


def _percentile(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else float("nan")


def _report_rates(rates: list[Rate], floor: dict[str, float]) -> None:
    print(
        "| normalize replicas | pages/s | CPU ms a page: normalize | store | memory at rest, MB | highest, MB |\n|---|---|---|---|---|---|"
    )
    for rate in rates:
        rest, peak = (
            " / ".join(f"{name} {mb:.0f}" for name, mb in facts.items())
            for facts in (rate.rest_mb, rate.peak_mb)
        )
        print(
            f"| {rate.replicas} | {rate.per_s:.0f} | {rate.cpu_ms['normalize']:.2f} | {rate.cpu_ms['store']:.2f} | {rest} | {peak} |"
        )
    print(
        f"\nfloor, CPU ms a page: parsing alone {floor['parse']:.2f}, extraction alone {floor['extract']:.2f}"
    )
    print(
        f"Redis holds {rates[0].bytes_a_page / 1e3:.1f} KB for each raw page; clean articles: {rates[0].cleaned:,}"
    )
    best = max(rate.per_s for rate in rates)
    print(
        f"goals: {GOALS['rate']} pages/s: {_word(best >= GOALS['rate'])}; {GOALS['scale']} × with two replicas: {_word(rates[-1].per_s >= GOALS['scale'] * rates[0].per_s)}"
    )


def _word(met: bool) -> str:
    return "met" if met else "MISSED"


async def _main(options: argparse.Namespace) -> None:
    source, _ = pages(options.pages)
    print(f"{options.pages:,} pages ({source}), {options.cores} cores\n")
    floor = measure_floor(min(options.pages, 200))
    rates = [await measure_rate(replicas, options.pages) for replicas in (1, 2)]
    _report_rates(rates, floor)
    print("\n| load | pages/s | p50 ms | p99 ms | clean articles |\n|---|---|---|---|---|")
    for name, per_s in (("idle", 5.0), (f"{LOAD_SHARE:.0%}", LOAD_SHARE * rates[0].per_s)):
        latencies = await measure_latency(per_s, options.seconds)
        print(
            f"| {name} | {per_s:.0f} | {_percentile(latencies, 0.5):.0f} | {_percentile(latencies, 0.99):.0f} | {len(latencies)} |"
        )
    print(f"goal, idle: p50 at most {GOALS['p50_ms']} ms, p99 at most {GOALS['p99_ms']} ms")


def main(argv: list[str]) -> int:
    """Measure with one and two normalize replicas, then the latency idle and under load."""
    parser = argparse.ArgumentParser(prog="./run bench pipeline", description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each latency is measured")
    options = parser.parse_args(argv)
    options.cores = os.cpu_count()
    asyncio.run(_main(options))
    return 0
