"""Back-pressure with the real services: where ingest stops, and what 100,000 waiting pages cost: `./run bench backlog`."""

import argparse
import asyncio
import signal
import tempfile
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bench.chaos import words
from bench.chaos.plan import Page, plan_pages
from bench.chaos.process import Process, start_process
from bench.chaos.web import ChaosWeb
from bench.pipeline_rig import put_page
from services.console.local.embedded_valkey import start_valkey
from services.contracts.streams import ARTICLES_RAW, GROUP_NORMALIZE
from services.runtime.delivery.waiting import waiting_entries
from services.runtime.policies import BACKLOG_LIMIT

DISTINCT = 200  # pages of the backlog, over and over
REST_S, GATE_S = 8.0, 20.0
MB = 1024 * 1024


async def measure(folder: Path, count: int, drain_s: float) -> None:
    """Print what each process holds at rest and under the backlog, and whether ingest stood still at its gate."""
    server = start_valkey(folder / "valkey", maxmemory="8gb")
    pages = plan_pages(60, 4, 1.0, 1)
    async with ChaosWeb(pages, 4) as web, Redis.from_url(server.url) as redis:
        environ = _environ(folder, web, server.url)
        names = ("ingest", "normalize", "store")
        processes = {name: start_process(name, folder / f"{name}.log", environ) for name in names}
        try:
            await asyncio.sleep(REST_S)
            rest = {name: _memory_mb(process, "VmRSS") for name, process in processes.items()}
            grew = await _stop_at_the_gate(redis, web, pages, processes)
            await _fill(redis, count)
            full_mb = (await redis.info("memory"))["used_memory"] / MB
            processes["normalize"].send(signal.SIGCONT)
            began = await waiting_entries(redis, ARTICLES_RAW, GROUP_NORMALIZE)
            await asyncio.sleep(drain_s)
            left = await waiting_entries(redis, ARTICLES_RAW, GROUP_NORMALIZE)
            highest_mb = (await redis.info("memory"))["used_memory_peak"] / MB
            peak = {name: _memory_mb(process, "VmHWM") for name, process in processes.items()}
        finally:
            for process in processes.values():
                process.end()
            server.stop()
    print(f"at the gate of {BACKLOG_LIMIT:,}: articles.raw grew by {grew} in {GATE_S:.0f} s\n")
    print("| process | at rest, MB | highest, MB |\n|---|---|---|")
    for name in names:
        print(f"| {name} | {rest[name]:.0f} | {peak[name]:.0f} |")
    print(f"| Redis, {began:,} pages waiting | | {full_mb:.0f}, highest {highest_mb:.0f} |")
    print(f"\n{began - left:,} of {began:,} done in the {drain_s:.0f} s that were looked at")


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


async def _stop_at_the_gate(
    redis: Redis, web: ChaosWeb, pages: tuple[Page, ...], processes: dict[str, Process]
) -> int:
    """With normalize down and the gate's number waiting, pages appear: how many come through in a while."""
    processes["normalize"].send(signal.SIGSTOP)
    await _fill(redis, BACKLOG_LIMIT)
    await asyncio.sleep(3)  # the gate is looked at twice a second
    before = await redis.xlen(ARTICLES_RAW)
    web.begin()
    await asyncio.sleep(GATE_S)
    return int(await redis.xlen(ARTICLES_RAW)) - before


async def _fill(redis: Redis, count: int) -> None:
    """Put pages onto `articles.raw`, the first ones as ingest would, then the same entries over and over."""
    html = "<html><head><title>A report of the paper</title></head><body><article>" + "".join(
        f"<p>{line}</p>" for line in _lines()
    )
    first = [await put_page(redis, number, f"{html}<p>{number}</p>".encode()) for number in range(DISTINCT)]
    entries: Any = await redis.xrevrange(ARTICLES_RAW, count=len(first))
    for start in range(DISTINCT, count, 500):
        pipeline = redis.pipeline(transaction=False)
        for number in range(start, min(start + 500, count)):
            pipeline.xadd(ARTICLES_RAW, entries[number % DISTINCT][1])
        await pipeline.execute()


def _lines() -> list[str]:
    return words.paragraphs_of(1, 8)


def _memory_mb(process: Process, field: str) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines())
    return int(facts[field].split()[0]) / 1_024


def main(argv: list[str]) -> int:
    """Measure once."""
    parser = argparse.ArgumentParser(prog="./run bench backlog", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the draining is looked at")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.entries, options.seconds))
    return 0
