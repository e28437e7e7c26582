"""How soon a killed replica's work is done by another one: `./run bench take-over`."""

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bench.delivery_rig import GROUP, SOURCE, Replica, add_entries, outputs_of, pending_of, start_replica
from services.console.local.embedded_valkey import start_valkey

HELD = 16
LOOK_EVERY_S = 0.05
STARTS_WITHIN_S = 60.0


async def measure(url: str, rounds: int, visibility_s: float) -> list[float]:
    """Seconds from the `kill -9` of a replica that holds 16 entries until another has done them all, for each round.

    The rounds run beside one another, each in a database of its own.
    """
    return await asyncio.gather(*(_take_over_s(f"{url}/{number}", visibility_s) for number in range(rounds)))


async def _take_over_s(url: str, visibility_s: float) -> float:
    started: list[Replica] = []
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
        try:
            started.append(
                start_replica(url, visibility=visibility_s, work=10 * visibility_s, concurrency=HELD)
            )
            await add_entries(redis, range(HELD))
            await _until_held(redis)
            started.append(start_replica(url, visibility=visibility_s))
            await _until_reading(redis, consumers=2)
            # The kill meets the heartbeat, which comes every third of the visibility time, anywhere.
            await asyncio.sleep(random.uniform(0, visibility_s / 3))
            started[0].kill()
            return await _until_done(redis)
        finally:
            for replica in started:
                replica.kill()


async def _until_held(redis: Redis) -> None:
    async with asyncio.timeout(STARTS_WITHIN_S):
        await _until_reading(redis, consumers=1)
        while await pending_of(redis) < HELD:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)


async def _until_reading(redis: Redis, *, consumers: int) -> None:
    async with asyncio.timeout(STARTS_WITHIN_S):
        while len(await _consumers(redis)) < consumers:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)


async def _consumers(redis: Redis) -> list[object]:
    try:
        return list(await redis.xinfo_consumers(SOURCE, GROUP))
    except ResponseError:  # no group yet
        return []


async def _until_done(redis: Redis) -> float:
    began = time.monotonic()
    while len(await outputs_of(redis)) < HELD or await pending_of(redis):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


def main(argv: list[str]) -> int:
    """Measure some rounds for each visibility time; 1 if one took longer than that and a second."""
    parser = argparse.ArgumentParser(prog="./run bench take-over", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visibility", type=float, nargs="+", default=[5.0, 30.0], metavar="SECONDS")
    options = parser.parse_args(argv)
    print("| visibility, s | done after the kill, s: median (least to most) | load |\n|---|---|---|")
    is_late = False
    with tempfile.TemporaryDirectory() as folder:
        server = start_valkey(Path(folder), databases=options.rounds)
        for visibility_s in options.visibility:
            took = asyncio.run(measure(server.url.rpartition("/")[0], options.rounds, visibility_s))
            spread = f"{statistics.median(took):.1f} ({min(took):.1f} to {max(took):.1f})"
            print(f"| {visibility_s:g} | {spread} | {os.getloadavg()[0]:.0f} |", flush=True)
            is_late |= max(took) > visibility_s + 1
        server.stop()
    return int(is_late)
