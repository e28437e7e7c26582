"""How fast a full stream of raw pages is emptied, and at what cost."""

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bench.pipeline_processes import Pipeline, cpu_s_of
from bench.pipeline_rig import Cost, machine_cpu_s, pages, put_page
from services.contracts.streams import ARTICLES_CLEANED


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
    cpu_s = {name: cpu_s_of(after[name]) - cpu_s_of(before[name]) for name in after}
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


async def _memory_of(redis: Redis) -> float:
    return float((await redis.info("memory"))["used_memory"])
