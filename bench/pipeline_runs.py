"""Runs of the pipeline from raw to clean: how fast a full stream is emptied, how long one article takes at a steady rate."""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bench.pipeline_rig import (
    Cost,
    Service,
    cost_of,
    generated_page,
    machine_cpu_s,
    pages,
    put_page,
    seconds_of,
)
from services.console.local.embedded_valkey import start_valkey
from services.contracts.streams import (
    ARTICLES_CLEANED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    GROUP_NORMALIZE,
    GROUP_STORE,
)
from services.runtime.broker import connect_redis
from services.runtime.delivery.waiting import waiting_entries

READY_S, DRAIN_S = 60, 900
REST_CPU_S = 0.1  # in a second, of all processes together
WARM_PAGES = 30  # before anything is measured: models are loaded, connections made
WARM_NUMBER = 1_000_000  # far from the numbers that are measured
SERVER = "valkey"


@dataclass(frozen=True)
class Rate:
    """One run that emptied a prefilled stream: pages a second, and for each service (and the server) what it took.

    `others` is how many cores were busy with something else meanwhile; `possible` the share of the pages a second that
    were reached, of those that the rest of the machine could have done at these costs.
    """

    replicas: int
    per_s: float
    cpu_ms: Mapping[str, float]
    rest_mb: Mapping[str, float]
    after_mb: Mapping[str, float]
    peak_mb: Mapping[str, float]
    others: float
    cleaned: int
    bytes_a_page: float

    @property
    def possible(self) -> float:
        """Of the cores that were ours, the share that worked at pages; the rest waited."""
        ours = max((os.cpu_count() or 1) - self.others, 0.1)
        return self.per_s * sum(self.cpu_ms.values()) / 1e3 / ours


@dataclass(frozen=True)
class Taken:
    """One article's milliseconds from the raw entry to the clean one in a reader's hand, and where they went.

    Normalize until its outcome line, the store until its own, the relay and the reader from there.
    """

    ms: float
    normalize: float
    store: float
    relay: float


@dataclass(frozen=True)
class Latency:
    """Every article of a run, the quickest first; `first_ms` of a service just started."""

    per_s: float
    articles: list[Taken]
    first_ms: float

    @property
    def ms(self) -> list[float]:
        """Each article's milliseconds, ascending."""
        return [one.ms for one in self.articles]

    def percentile(self, share: float, part: str = "ms") -> float:
        """In milliseconds; not a number where nothing arrived."""
        values = sorted(getattr(one, part) for one in self.articles)
        return values[min(int(len(values) * share), len(values) - 1)] if values else float("nan")

    def slowest(self, part: str) -> float:
        """The mean of a part over the slowest hundredth of the articles."""
        some = self.articles[-max(len(self.articles) // 100, 1) :]
        return statistics.fmean(getattr(one, part) for one in some) if some else float("nan")


class Pipeline:
    """A server, some normalize processes and, unless `store` is False, one store, in a folder of their own.

    `held`: each normalize process may run on one core alone, of those that are ours.
    """

    def __init__(self, folder: Path, replicas: int, *, store: bool = True, held: bool = False) -> None:
        self.server = start_valkey(folder / "valkey", maxmemory="4gb")
        (folder / "topics").mkdir(parents=True)  # no profile: every article is on topic
        environ = {
            "CLEANWIRE_REDIS_URL": self.server.url,
            "CLEANWIRE_DATA_DIR": str(folder),
            "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
            "CLEANWIRE_LOG_LEVEL": "info",
        }
        ours = sorted(os.sched_getaffinity(0))
        cores = [ours[n % len(ours)] if held else None for n in range(replicas)]
        self.services = [Service("normalize", folder, environ, core) for core in cores]
        self.services += [Service("store", folder, environ) for _ in range(store)]
        self.readers = [(ARTICLES_RAW, GROUP_NORMALIZE, replicas)]
        self.readers += [(ARTICLES_NORMALIZED, GROUP_STORE, 1)] if store else []
        self.redis: Redis = connect_redis(self.server.url)

    async def up(self) -> None:
        """Wait until every process reads its stream."""
        async with asyncio.timeout(READY_S):
            for stream, group, wanted in self.readers:
                while not await self._is_read(stream, group, wanted):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def at_rest(self) -> None:
        """Wait until no process has anything of its start left to do: the language model is read behind it."""
        async with asyncio.timeout(READY_S):
            used = -1.0
            while (now := sum(_cpu_s(costs) for costs in self.costs().values())) > used + REST_CPU_S:
                used = now
                await asyncio.sleep(1)

    async def warm(self) -> None:
        """Have every process work a little."""
        for number in range(WARM_PAGES):
            await put_page(self.redis, WARM_NUMBER + number, generated_page(WARM_NUMBER + number))
        await self.drained()

    async def drained(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(DRAIN_S):
            for stream, group, _ in self.readers:
                while await waiting_entries(self.redis, stream, group):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    def costs(self) -> dict[str, list[Cost]]:
        """What each process has used until now, by the name of its service, the server among them."""
        costs: dict[str, list[Cost]] = {}
        for service in self.services:
            costs.setdefault(service.name, []).append(service.cost())
        return {**costs, SERVER: [cost_of(self.server.process.pid)]}

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


async def measure_rate(replicas: int, count: int, *, store: bool = True, held: bool = False) -> Rate:
    """How fast a prefilled stream is emptied, and at what cost; without the store up to `articles.normalized`."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder), replicas, store=store, held=held)
        try:
            await pipeline.up()
            await pipeline.at_rest()
            rest = pipeline.costs()
            await pipeline.warm()
            bytes_a_page = await _fill(pipeline, count)
            return await _empty(pipeline, replicas, count, rest, bytes_a_page)
        finally:
            await pipeline.close()


async def _fill(pipeline: Pipeline, count: int) -> float:
    """Put the pages onto the stream while nobody runs; returns the server's bytes for each."""
    for service in pipeline.services:
        service.hold()
    before = await _memory_of(pipeline.redis)
    for number, page in enumerate(pages(count)[1]):
        await put_page(pipeline.redis, number, page)
    return (await _memory_of(pipeline.redis) - before) / count


async def _empty(
    pipeline: Pipeline, replicas: int, count: int, rest: dict[str, list[Cost]], bytes_a_page: float
) -> Rate:
    clean = await pipeline.redis.xlen(ARTICLES_CLEANED)
    before, machine, began = pipeline.costs(), machine_cpu_s(), time.perf_counter()
    for service in pipeline.services:
        service.go_on()
    await pipeline.drained()
    took = time.perf_counter() - began
    after, machine = pipeline.costs(), machine_cpu_s() - machine
    cpu_s = {name: _cpu_s(after[name]) - _cpu_s(before[name]) for name in after}
    return Rate(
        replicas,
        count / took,
        {name: 1e3 * seconds / count for name, seconds in cpu_s.items()},
        {name: max(cost.rss_mb for cost in costs) for name, costs in rest.items()},
        {name: max(cost.rss_mb for cost in costs) for name, costs in after.items()},
        {name: max(cost.peak_mb for cost in costs) for name, costs in after.items()},
        max(machine - sum(cpu_s.values()), 0.0) / took,
        await pipeline.redis.xlen(ARTICLES_CLEANED) - clean,
        bytes_a_page,
    )


def _cpu_s(costs: list[Cost]) -> float:
    return sum(cost.cpu_s for cost in costs)


async def _memory_of(redis: Redis) -> float:
    return float((await redis.info("memory"))["used_memory"])


async def measure_latency(per_s: float, seconds: float) -> Latency:
    """One article at a time, `per_s` a second, and how long each took."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder), 1)
        sent: dict[str, float] = {}
        taken: dict[str, float] = {}
        reader = asyncio.create_task(_read_clean(pipeline.server.url, sent, taken))
        try:
            first_ms = await _first(pipeline, sent, taken)
            await pipeline.warm()
            sent.clear()
            taken.clear()
            await _send(pipeline, per_s, int(per_s * seconds), sent)
            await pipeline.drained()
            await asyncio.sleep(1)
            articles = _in_parts(pipeline.services, sent, taken)
        finally:
            reader.cancel()
            await pipeline.close()
    return Latency(per_s, articles, first_ms)


def _in_parts(services: list[Service], sent: dict[str, float], taken: dict[str, float]) -> list[Taken]:
    """Where each article's time went, by the outcome lines of both services; times are seconds since 1970."""
    normalize, store = (service.outcomes() for service in services)
    normalized = {record["url"]: record for record in normalize if record.get("url") in taken}
    stored = {record.get("article_id"): seconds_of(record) for record in store}
    found = []
    for url, record in normalized.items():
        began, read, kept = sent[url], seconds_of(record), stored[record["article_id"]]
        parts = (taken[url] - began, read - began, kept - read, taken[url] - kept)
        found.append(Taken(*(1e3 * seconds for seconds in parts)))
    return sorted(found, key=lambda one: one.ms)


async def _first(pipeline: Pipeline, sent: dict[str, float], taken: dict[str, float]) -> float:
    """The first article of services that have just come up."""
    await pipeline.up()
    await pipeline.at_rest()
    number = WARM_NUMBER + WARM_PAGES
    url = _url_of(number)
    sent[url] = time.time()
    await put_page(pipeline.redis, number, generated_page(number))
    async with asyncio.timeout(READY_S):
        while url not in taken:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return 1e3 * (taken[url] - sent[url])


async def _send(pipeline: Pipeline, per_s: float, count: int, sent: dict[str, float]) -> None:
    began = time.perf_counter()
    for number, page in enumerate(pages(count)[1]):
        await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
        sent[_url_of(number)] = time.time()
        await put_page(pipeline.redis, number, page)


def _url_of(number: int) -> str:
    return f"https://paper-{number % 40}.example/{number}"


async def _read_clean(url: str, sent: dict[str, float], taken: dict[str, float]) -> None:
    last: Any = "0"
    async with Redis.from_url(url) as redis:
        while True:
            reply: Any = await redis.xread({ARTICLES_CLEANED: last}, block=1_000)
            streams = (
                list(reply.values()) if isinstance(reply, dict) else [[entries] for _, entries in reply or ()]
            )
            now = time.time()
            for entry_id, fields in streams[0][0] if streams else ():
                last = entry_id
                url = json.loads(fields[b"data"])["url"]
                if url in sent:
                    taken.setdefault(url, now)
