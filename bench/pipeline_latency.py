"""How long one article takes from raw to clean at a steady rate, and where its time goes."""

import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bench.pipeline_processes import READY_S, WARM_NUMBER, WARM_PAGES, Pipeline
from bench.pipeline_rig import Service, generated_page, pages, put_page, seconds_of
from services.contracts.streams import ARTICLES_CLEANED


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
                article = json.loads(fields[b"data"])["url"]
                if article in sent:
                    taken.setdefault(article, now)
