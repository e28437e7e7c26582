"""What the pipeline cannot go below: parsing alone, extraction alone, and the same bytes through loops that do nothing else."""

import argparse
import asyncio
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from redis.asyncio import Redis
from selectolax.lexbor import LexborHTMLParser

from bench.pipeline_rig import pages, put_page
from services.console.local.embedded_valkey import start_valkey
from services.contracts.messages import NormalizedArticle, RawArticle
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE
from services.normalize import Rejection, extract
from services.normalize.core.metadata.language import language_model
from services.normalize.core.normalized import normalized_article
from services.runtime.broker import build_broker
from services.runtime.envelope import seal
from services.runtime.logs import set_up_logs
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit

AT_ONCE = 16
WARM = 10
STOCK_STREAM = "stock.raw"
PAGE = b"page"

Consume = Callable[[str, int], Awaitable[None]]


@dataclass(frozen=True)
class Floors:
    """CPU milliseconds for each page: in `client` and in `server` of each loop over the same bytes."""

    parse_ms: float
    extract_ms: float
    client_ms: dict[str, float]
    server_ms: dict[str, float]


def measure_floors(count: int) -> Floors:
    """All of them, over the same pages; each loop in a process of its own, the median of three."""
    parse_ms, extract_ms = _sole_work(count)
    client: dict[str, float] = {}
    server: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        valkey = start_valkey(Path(folder), maxmemory="4gb")
        for name in LOOPS:
            results = [_measure(name, valkey.url, count) for _ in range(3)]
            client[name] = statistics.median(result["client_ms"] for result in results)
            server[name] = statistics.median(result["server_ms"] for result in results)
        valkey.stop()
    return Floors(parse_ms, extract_ms, client, server)


def _sole_work(count: int) -> tuple[float, float]:
    language_model()  # half a second, once in a process: a service reads it at its start
    some = list(pages(count + WARM)[1])
    for page in some[:WARM]:
        extract(page, "https://paper.example/1")
    began = time.process_time()
    for page in some[WARM:]:
        LexborHTMLParser(page)
    parsed = time.process_time()
    for page in some[WARM:]:
        extract(page, "https://paper.example/1")
    return (parsed - began) / count * 1e3, (time.process_time() - parsed) / count * 1e3


# ---- three loops: the page and its message in, an article of a usual size out, acknowledged


async def consume_ours(url: str, count: int) -> None:
    """Our runtime, fenced: the handler casts the message, looks at nothing, and hands a finished article over."""
    broker = build_broker(ServiceSettings(redis_url=url))
    article = usual_article()

    @reliable(broker, ARTICLES_RAW, GROUP_NORMALIZE)
    async def on_raw_article(raw: RawArticle) -> None:
        emit(ARTICLES_NORMALIZED, article)

    await broker.start()
    await _until(url, ARTICLES_NORMALIZED, count)
    await broker.stop()


async def consume_bare(url: str, count: int) -> None:
    """redis-py alone: the message cast by hand, one MULTI for each; not fenced, nothing is taken over."""
    article = usual_article()
    async with Redis.from_url(url) as redis:
        done = 0
        while done < count:
            reply: Any = await redis.xreadgroup(
                GROUP_NORMALIZE, "me", {ARTICLES_RAW: ">"}, count=AT_ONCE, block=100
            )
            streams = list(reply.values()) if isinstance(reply, dict) else [entries for _, entries in reply]
            entries = streams[0][0] if isinstance(reply, dict) and streams else streams[0] if streams else []
            for entry_id, fields in entries:
                RawArticle.model_validate_json(json.loads(fields[b"__data__"])["data"])
                async with redis.pipeline(transaction=True) as pipeline:
                    pipeline.xadd(ARTICLES_NORMALIZED, {"__data__": seal(article.model_dump_json(), {})})
                    pipeline.xack(ARTICLES_RAW, GROUP_NORMALIZE, entry_id)
                    await pipeline.execute()
            done += len(entries)


async def consume_stock(url: str, count: int) -> None:
    """FastStream as it is: the page as the body, for it has no second field; publish, then acknowledge; not fenced."""
    broker = RedisBroker(url, log_level=logging.DEBUG)
    article = usual_article()
    stream = StreamSub(STOCK_STREAM, group=GROUP_NORMALIZE, consumer="me", max_records=AT_ONCE)

    @broker.subscriber(stream=stream, ack_policy=AckPolicy.REJECT_ON_ERROR)
    async def on_page(page: bytes) -> None:
        await broker.publish(article, stream=ARTICLES_NORMALIZED)

    await broker.start()
    await _until(url, ARTICLES_NORMALIZED, count)
    await broker.stop()


LOOPS: dict[str, Consume] = {
    "our runtime": consume_ours,
    "bare redis-py": consume_bare,
    "stock FastStream": consume_stock,
}


@cache
def usual_article() -> NormalizedArticle:
    """The article of one of the pages, of about the mean size."""
    made = []
    for number, page in enumerate(pages(40)[1]):
        raw = RawArticle.model_validate(
            {
                "fetch_id": f"{number:032x}",
                "url": f"https://paper.example/{number}",
                "final_url": f"https://paper.example/{number}",
                "fetched_at": "2026-01-01T00:00:00Z",
                "page_hash": "0" * 64,
            }
        )
        found = extract(page, raw.final_url)
        article = found if isinstance(found, Rejection) else normalized_article(raw, found, ())
        if isinstance(article, NormalizedArticle):
            made.append(article)
    mean = statistics.fmean(len(article.model_dump_json()) for article in made)
    return min(made, key=lambda article: abs(len(article.model_dump_json()) - mean))


async def _until(url: str, stream: str, count: int) -> None:
    async with Redis.from_url(url) as redis:
        while await redis.xlen(stream) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _fill(url: str, name: str, count: int) -> None:
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
        for number, page in enumerate(pages(count)[1]):
            await put_page(redis, number, page)
        await redis.xgroup_create(ARTICLES_RAW, GROUP_NORMALIZE, "0")
        if LOOPS[name] is consume_stock:
            broker = RedisBroker(url)
            await broker.connect()
            await redis.xgroup_create(STOCK_STREAM, GROUP_NORMALIZE, "0", mkstream=True)
            entries: Any = await redis.xrange(ARTICLES_RAW)
            for _, fields in entries:
                await broker.publish(fields[PAGE], stream=STOCK_STREAM)
            await redis.delete(ARTICLES_RAW)
            await broker.stop()


def _measure(name: str, url: str, count: int) -> dict[str, float]:
    """One round in a process of its own, so that no loop pays for another's garbage."""
    asyncio.run(_fill(url, name, count))
    command = [sys.executable, "-m", "bench.pipeline_floors", name, url, str(count)]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    result: dict[str, float] = json.loads(lines[-1])
    return result


async def _measure_here(name: str, url: str, count: int) -> dict[str, float]:
    usual_article()
    server, cpu = await _server_cpu_s(url), time.process_time()
    await LOOPS[name](url, count)
    cpu = time.process_time() - cpu
    server = await _server_cpu_s(url) - server
    return {"client_ms": cpu / count * 1e3, "server_ms": server / count * 1e3}


async def _server_cpu_s(url: str) -> float:
    async with Redis.from_url(url) as redis:
        facts = await redis.info("cpu")
        return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])


def _one_round(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=LOOPS)
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    options = parser.parse_args(argv)
    set_up_logs("bench", "warning")
    print(json.dumps(asyncio.run(_measure_here(options.name, options.url, options.count))))
    return 0


if __name__ == "__main__":
    raise SystemExit(_one_round(sys.argv[1:]))
