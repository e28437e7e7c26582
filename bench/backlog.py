"""Back-pressure with the real services: where ingest stops, and what 100,000 waiting pages cost: `./run bench backlog`."""

import argparse
import asyncio
import os
import signal
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from redis.asyncio import Redis

from bench.backlog_watch import Watch
from bench.chaos import words
from bench.chaos.plan import plan_pages
from bench.chaos.process import Process, start_process
from bench.chaos.web import ChaosWeb
from bench.pipeline_rig import Cost, cost_of, put_page
from services.console.local.embedded_valkey import start_valkey
from services.contracts.events import parse_event
from services.contracts.messages import CleanArticle
from services.contracts.streams import ARTICLES_CLEANED, ARTICLES_RAW
from services.runtime.policies import BACKLOG_LIMIT

NAMES = ("ingest", "normalize", "store")
PARAGRAPHS = 2
TOGETHER = 10
ANSWERS_WITHIN_S = 120.0  # a crowded machine is slow, and nothing here is about the connection
MB = 1024 * 1024
REST_S, GATE_LOOKS_S, GATE_S = 8.0, 3.0, 20.0
HOST = "https://paper-"

Entries = list[tuple[bytes, dict[str | bytes, str | bytes]]]


@dataclass(frozen=True)
class Backlog:
    """What waits: so many pages, so many of them different, and how long the draining may take."""

    entries: int
    articles: int
    at_most_s: float


@dataclass(frozen=True)
class Figures:
    """What a run found: what each process had used at rest, before the backlog drained, and at the end.

    `clean` are the distinct pages of the backlog on the clean stream; `redis_mb` what the server held for the backlog.
    """

    backlog: Backlog
    grew: int
    redis_mb: float
    rest: dict[str, Cost]
    full: dict[str, Cost]
    end: dict[str, Cost]
    clean: int
    doubled: int
    is_drained: bool
    watch: Watch

    @property
    def is_whole(self) -> bool:
        """Everything came through, once."""
        return self.is_drained and self.clean == self.backlog.articles and not self.doubled

    def table(self) -> str:
        """The figures as Markdown."""
        entries, articles = self.backlog.entries, self.backlog.articles
        took_s = self.watch.waiting["for normalize"][-1][0]
        return "\n".join(
            [
                f"at the gate of {BACKLOG_LIMIT:,}: articles.raw grew by {self.grew} in {GATE_S:.0f} s\n",
                "| process | at rest, MB | highest until all was drained, MB | at the end, MB | CPU ms a page |",
                "|---|---|---|---|---|",
                *(self._row(name) for name in self.end),
                f"\n{entries:,} pages waiting, {articles:,} of them different, are {self.redis_mb:.0f} MB of Redis' data; "
                f"{'drained' if self.is_drained else 'NOT drained'} after {took_s:,.0f} s: {self.clean:,} of {articles:,} on the "
                f"clean stream, {self.doubled} doubled; load {os.getloadavg()[2]:.1f} over 15 min",
            ]
        )

    def _row(self, name: str) -> str:
        rest, full, end = self.rest[name], self.full[name], self.end[name]
        cpu_ms = 1e3 * (end.cpu_s - full.cpu_s) / self.backlog.entries
        return f"| {name} | {rest.rss_mb:.0f} | {end.peak_mb:.0f} | {end.rss_mb:.0f} | {cpu_ms:.2f} |"


async def measure(folder: Path, backlog: Backlog) -> Figures:
    """Stop normalize at its gate's number of pages, put the others past the gate, let everything drain, and watch."""
    server = start_valkey(folder / "valkey", maxmemory="8gb")
    async with ChaosWeb(plan_pages(60, 4, 1.0, 1), 4) as web:
        environ = _environ(folder, web, server.url)
        processes = {name: start_process(name, folder / f"{name}.log", environ) for name in NAMES}
        pids = {name: process.pid for name, process in processes.items()} | {"Redis": server.process.pid}
        try:
            await asyncio.sleep(REST_S)
            async with Redis.from_url(
                server.url, socket_timeout=ANSWERS_WITHIN_S, socket_connect_timeout=ANSWERS_WITHIN_S
            ) as redis:
                return await _drain(Watch(redis, pids), web, processes["normalize"], backlog)
        finally:
            for process in processes.values():
                process.end()
            server.stop()


async def _drain(watch: Watch, web: ChaosWeb, normalize: Process, backlog: Backlog) -> Figures:
    redis, rest = watch.redis, _costs(watch.pids)
    grew = await _stop_at_the_gate(redis, web, normalize, backlog)
    await _fill(redis, range(BACKLOG_LIMIT, backlog.entries), backlog)
    redis_mb, full = (await redis.info("memory"))["used_memory"] / MB, _costs(watch.pids)
    normalize.send(signal.SIGCONT)
    is_drained = await watch.until(partial(_is_drained, watch, backlog), backlog.at_most_s)
    end, found = _costs(watch.pids), await _clean_pages(redis)
    doubled = found.total() - len(found)
    return Figures(backlog, grew, redis_mb, rest, full, end, len(found), doubled, is_drained, watch)


def _costs(pids: Mapping[str, int]) -> dict[str, Cost]:
    return {name: cost_of(pid) for name, pid in pids.items()}


def _environ(folder: Path, web: ChaosWeb, url: str) -> dict[str, str]:
    (folder / "topics").mkdir()
    (folder / "sources.toml").write_text(web.sources_toml())
    return {
        "CLEANWIRE_REDIS_URL": url,
        "CLEANWIRE_DATA_DIR": str(folder),
        "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
        "CLEANWIRE_SOURCES_FILE": str(folder / "sources.toml"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(f"127.0.0.1:{port}" for port in web.ports),
        "CLEANWIRE_CONTACT": "bench@example.org",
        "CLEANWIRE_HOST_GAP_S": "0",
    }


async def _stop_at_the_gate(redis: Redis, web: ChaosWeb, normalize: Process, backlog: Backlog) -> int:
    """With normalize down and the gate's number waiting, pages appear: how many come through in a while."""
    normalize.send(signal.SIGSTOP)
    await _fill(redis, range(BACKLOG_LIMIT), backlog)
    await asyncio.sleep(GATE_LOOKS_S)  # the gate is looked at twice a second
    before = await redis.xlen(ARTICLES_RAW)
    web.begin()
    await asyncio.sleep(GATE_S)
    return int(await redis.xlen(ARTICLES_RAW)) - before


async def _fill(redis: Redis, numbers: range, backlog: Backlog) -> None:
    """Put pages onto `articles.raw` as ingest would; when all articles were there once, they come again."""
    for start in range(0, len(numbers), TOGETHER):
        pages = [number % backlog.articles for number in numbers[start : start + TOGETHER]]
        await asyncio.gather(*(put_page(redis, page, _page(page)) for page in pages))


def _page(number: int) -> bytes:
    title, text = words.headline_of(number), words.paragraphs_of(number, PARAGRAPHS)
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title><meta property="og:type" content="article"></head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


async def _is_drained(watch: Watch, backlog: Backlog) -> bool:
    """Nothing waits, and the relay has sent what the archive has."""
    return watch.nothing_waits() and await watch.redis.xlen(ARTICLES_CLEANED) >= backlog.articles


async def _clean_pages(redis: Redis) -> Counter[str]:
    """How often each page of the backlog stands on the clean stream."""
    found: Counter[str] = Counter()
    start = "-"
    while batch := cast(Entries, await redis.xrange(ARTICLES_CLEANED, min=start, count=TOGETHER)):
        articles = [parse_event(fields)[1] for _, fields in batch]
        urls = [one.url for one in articles if isinstance(one, CleanArticle)]
        found.update(url for url in urls if url.startswith(HOST))
        start = f"({batch[-1][0].decode()}"
    return found


def main(argv: list[str]) -> int:
    """Measure once; 1 where something was lost, doubled, or not drained in time."""
    parser = argparse.ArgumentParser(prog="./run bench backlog", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="pages put past the gate")
    parser.add_argument("--articles", type=int, help="how many of all pages are different (all of them)")
    parser.add_argument("--seconds", type=float, default=3_600.0, help="how long the draining may take")
    parser.add_argument("--chart", type=Path, help="a file for the chart (SVG)")
    options = parser.parse_args(argv)
    entries = BACKLOG_LIMIT + options.entries
    backlog = Backlog(entries, min(options.articles or entries, entries), options.seconds)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder), backlog))
    print(figures.table())
    if options.chart:
        options.chart.write_text(figures.watch.chart(), encoding="utf-8")
    return 0 if figures.is_whole else 1
