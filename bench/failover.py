"""What a fail-over of three sentinels loses, and how long there is no master: `./run bench failover`."""

import argparse
import asyncio
import contextlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench.sentinel_rig import Cluster, sentinel_cluster
from services.runtime.broker import connect_redis

WRITE_S = 3.0
BODY = b"x" * 5_000


@dataclass(frozen=True)
class Loss:
    """Of the entries a server had confirmed, how many the new master lacks; and how long nobody took any, in seconds."""

    confirmed: int
    lost: int
    without_master_s: float


async def measure(folder: Path, *, wait: bool) -> Loss:
    """Write as fast as one client can, kill the master in the middle, and look what the promoted replica has."""
    async with sentinel_cluster(folder) as cluster:
        confirmed, died = await _write_until_death(cluster, wait=wait)
        client = connect_redis(cluster.url)
        while not await _takes_entries(client):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        without_master_s = time.monotonic() - died
        kept = await client.xlen("written")
        await client.aclose()
    return Loss(confirmed, max(confirmed - kept, 0), without_master_s)


async def _write_until_death(cluster: Cluster, *, wait: bool) -> tuple[int, float]:
    confirmed, until = 0, time.monotonic() + WRITE_S
    killing = asyncio.get_running_loop().call_later(WRITE_S, cluster.master.process.kill)
    async with Redis.from_url(cluster.master.url) as master:
        with contextlib.suppress(RedisError, OSError):
            while time.monotonic() < until + 5:
                await master.xadd("written", {"body": BODY})
                if wait and not await master.wait(1, 1_000):
                    continue
                confirmed += 1
    killing.cancel()
    return confirmed, until


async def _takes_entries(client: Redis) -> bool:
    try:
        await client.xadd("probe", {"n": 1})
    except (RedisError, OSError):
        return False
    return True


async def _main(rounds: int) -> None:
    print("| how it is written | round | confirmed | lost | without a master |\n|---|---|---|---|---|")
    for name, wait in (("plainly", False), ("WAIT 1 after each entry", True)):
        for number in range(1, rounds + 1):
            with tempfile.TemporaryDirectory() as folder:
                loss = await measure(Path(folder), wait=wait)
            print(
                f"| {name} | {number} | {loss.confirmed:,} | {loss.lost} | {loss.without_master_s:.1f} s |",
                flush=True,
            )


def main(argv: list[str]) -> int:
    """Measure some rounds of either way."""
    parser = argparse.ArgumentParser(prog="./run bench failover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(_main(parser.parse_args(argv).rounds))
    return 0
