"""CPU per message of the delivery engine, beside stock FastStream and a bare redis-py loop: `./run bench delivery`."""

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
from pathlib import Path
from typing import Any

from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from pydantic import BaseModel
from redis.asyncio import Redis

from services.console.local.embedded_valkey import start_valkey
from services.runtime.broker import build_broker
from services.runtime.delivery.policy import Policy
from services.runtime.envelope import seal
from services.runtime.logs import set_up_logs
from services.runtime.monitoring.metrics import Metrics
from services.runtime.settings import ServiceSettings
from services.runtime.subscriber import reliable
from services.runtime.wire import emit

SOURCE, SINK, GROUP = "bench.in", "bench.out", "bench"
GOAL_US = 110  # CPU of the runtime for one message with a fenced 5 KB hand-off
CONCURRENCY = 16
SENTENCE = "Переговоры продолжились во вторник: the delegations met for the third time, officials said. "

Consume = Callable[[str, int], Awaitable[None]]


class Body(BaseModel):
    """A message of about 5 KB."""

    id: int
    text: str


def body_of_bytes(size: int) -> str:
    """Text of about `size` bytes in UTF-8, of letters as our streams carry them."""
    return (SENTENCE * (size // len(SENTENCE.encode()) + 1))[: size * len(SENTENCE) // len(SENTENCE.encode())]


async def consume_ours(url: str, messages: int) -> None:
    """The engine under FastStream, as the services use it."""
    await _run_ours(url, messages, metrics=False)


async def consume_ours_with_metrics(url: str, messages: int) -> None:
    """The same with FastStream's Prometheus middleware, as with CLEANWIRE_HTTP_PORT set."""
    await _run_ours(url, messages, metrics=True)


async def _run_ours(url: str, messages: int, *, metrics: bool) -> None:
    broker = build_broker(ServiceSettings(redis_url=url))
    if metrics:
        broker.add_middleware(Metrics("bench").middleware)

    @reliable(broker, SOURCE, GROUP, policy=Policy(concurrency=CONCURRENCY))
    async def on_body(body: Body) -> None:
        emit(SINK, body)

    await broker.start()
    await _until_done(url, messages)
    await broker.stop()


async def consume_stock(url: str, messages: int) -> None:
    """FastStream as its documentation shows it: its envelope, publish, then acknowledge; not fenced, not atomic."""
    broker = RedisBroker(url, log_level=logging.DEBUG)
    stream = StreamSub(SOURCE, group=GROUP, consumer="me", max_records=CONCURRENCY)

    @broker.subscriber(stream=stream, ack_policy=AckPolicy.REJECT_ON_ERROR)
    async def on_body(body: Body) -> None:
        await broker.publish(body, stream=SINK)

    await broker.start()
    await _until_done(url, messages)
    await broker.stop()


async def consume_bare(url: str, messages: int) -> None:
    """The floor: redis-py, JSON and pydantic by hand, one MULTI for each message; not fenced."""
    async with Redis.from_url(url) as redis:
        done = 0
        while done < messages:
            reply: Any = await redis.xreadgroup(GROUP, "me", {SOURCE: ">"}, count=CONCURRENCY, block=100)
            entries = reply[0][1] if reply else []
            for entry_id, fields in entries:
                body = Body.model_validate_json(json.loads(fields[b"__data__"])["data"])
                async with redis.pipeline(transaction=True) as pipeline:
                    pipeline.xadd(SINK, {"__data__": seal(body.model_dump_json(), {})})
                    pipeline.xack(SOURCE, GROUP, entry_id)
                    await pipeline.execute()
            done += len(entries)


VARIANTS: dict[str, Consume] = {
    "ours": consume_ours,
    "ours + /metrics": consume_ours_with_metrics,
    "stock FastStream": consume_stock,
    "bare redis-py": consume_bare,
}


async def _until_done(url: str, messages: int) -> None:
    async with Redis.from_url(url) as redis:
        while await redis.xlen(SINK) < messages or (await redis.xpending(SOURCE, GROUP))["pending"]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _fill(url: str, messages: int, size: int) -> None:
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
        await redis.xgroup_create(SOURCE, GROUP, "0", mkstream=True)
        for start in range(0, messages, 500):
            pipeline = redis.pipeline(transaction=False)
            for number in range(start, min(start + 500, messages)):
                body = Body(id=number, text=body_of_bytes(size))
                pipeline.xadd(
                    SOURCE, {"__data__": seal(body.model_dump_json(), {"correlation_id": f"c{number}"})}
                )
            await pipeline.execute()


async def _server_cpu_s(url: str) -> float:
    async with Redis.from_url(url) as redis:
        facts = await redis.info("cpu")
        return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])


async def _measure_here(name: str, url: str, messages: int) -> dict[str, float]:
    server = await _server_cpu_s(url)
    wall, cpu = time.perf_counter(), time.process_time()
    await VARIANTS[name](url, messages)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    server = await _server_cpu_s(url) - server
    return {"rate": messages / wall, "cpu_us": cpu / messages * 1e6, "server_us": server / messages * 1e6}


def _measure(name: str, url: str, messages: int, size: int) -> dict[str, float]:
    """One round in a process of its own, so that no variant pays for another's garbage."""
    asyncio.run(_fill(url, messages, size))
    command = [
        sys.executable,
        "-m",
        "bench.delivery",
        "--round",
        name,
        "--url",
        url,
        "--messages",
        str(messages),
    ]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    result: dict[str, float] = json.loads(lines[-1])
    return result


def _report(rounds: dict[str, list[dict[str, float]]], messages: int, size: int) -> None:
    print(
        f"{messages:,} messages of {size:,} bytes in and out, {CONCURRENCY} at once; median of {len(rounds['ours'])} rounds (range)\n"
    )
    print("| variant | messages/s | client CPU µs/message | server CPU µs/message |\n|---|---|---|---|")
    for name, results in rounds.items():
        cells = []
        for figure in ("rate", "cpu_us", "server_us"):
            values = [result[figure] for result in results]
            cells.append(f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})")
        print(f"| {name} | {' | '.join(cells)} |")
    best = min(result["cpu_us"] for result in rounds["ours"])
    print(
        f"\ngoal: ours at most {GOAL_US} µs on a quiet machine; best round {best:.0f} µs: {'met' if best <= GOAL_US else 'MISSED'}"
    )


def main(argv: list[str]) -> int:
    """Measure all variants in turn, several rounds, on a server of its own."""
    parser = argparse.ArgumentParser(prog="./run bench delivery", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=5_000, help="bytes of text in each message")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--round", help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.round:
        set_up_logs("bench", "warning")
        print(json.dumps(asyncio.run(_measure_here(options.round, options.url, options.messages))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        server = start_valkey(Path(folder))
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in VARIANTS}
        for _ in range(options.rounds):
            for name, results in rounds.items():
                results.append(_measure(name, server.url, options.messages, options.size))
        server.stop()
    _report(rounds, options.messages, options.size)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
