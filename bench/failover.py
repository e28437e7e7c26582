"""What a fail-over of three sentinels loses, and how long there is no master: `./run bench failover`."""

import argparse
import asyncio
import contextlib
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bench.sentinel_rig import Cluster, sentinel_cluster
from services.runtime.broker import connect_redis

WRITE_S = 3.0
HELD_S = 3.0  # how long the replica stands still before the master dies: a network that lags
BODY = b"x" * 5_000


@dataclass(frozen=True)
class Way:
    """How entries are written: whether each waits for the replica, and the server's own bound in seconds, if any."""

    name: str
    wait: bool = False
    max_lag_s: int | None = None


@dataclass(frozen=True)
class Loss:
    """Of the entries a server had confirmed, how many the new master lacks; and how long nobody took any, in seconds."""

    confirmed: int
    lost: int
    lost_s: float
    refused: int
    without_master_s: float


WAYS = (
    Way("plainly"),
    Way("`min-replicas-to-write 1`, `min-replicas-max-lag 1`", max_lag_s=1),
    Way("`WAIT 1` after each entry", wait=True),
)


async def measure(folder: Path, way: Way, *, is_held: bool) -> Loss:
    """Write as fast as one client can, kill the master in the middle, and look what the promoted replica has."""
    async with sentinel_cluster(folder) as cluster:
        confirmed, refused, died = await _write_until_death(cluster, way, is_held=is_held)
        client = connect_redis(cluster.url)
        while not await _takes_entries(client):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        without_master_s = time.monotonic() - died
        written: Any = await client.xrange("written")
        kept = {int(fields[b"n"]) for _, fields in written}
        await client.aclose()
    gone = [at for number, at in confirmed if number not in kept]
    return Loss(len(confirmed), len(gone), died - min(gone) if gone else 0.0, refused, without_master_s)


async def _write_until_death(
    cluster: Cluster, way: Way, *, is_held: bool
) -> tuple[list[tuple[int, float]], int, float]:
    """The confirmed entries with the moment of their confirmation, how many were refused, when the master died."""
    confirmed: list[tuple[int, float]] = []
    died: list[float] = []
    refused = number = 0
    loop = asyncio.get_running_loop()
    async with Redis.from_url(cluster.master.url, socket_timeout=2 * HELD_S) as master:
        if way.max_lag_s is not None:
            await master.config_set("min-replicas-to-write", 1)
            await master.config_set("min-replicas-max-lag", way.max_lag_s)
        if is_held:
            loop.call_later(WRITE_S, cluster.replica.process.send_signal, signal.SIGSTOP)
        loop.call_later(WRITE_S + HELD_S * is_held, _kill_master, cluster, died)
        with contextlib.suppress(RedisError, OSError):
            while not died:
                number += 1
                try:
                    await master.xadd("written", {"n": number, "body": BODY})
                except ResponseError:  # NOREPLICAS: the server says no, which is the point of it
                    refused += 1
                    await asyncio.sleep(0.01)
                    continue
                if not way.wait or await master.wait(1, 200):
                    confirmed.append((number, time.monotonic()))
    while not died:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return confirmed, refused, died[0]


def _kill_master(cluster: Cluster, died: list[float]) -> None:
    cluster.master.process.kill()
    died.append(time.monotonic())
    with contextlib.suppress(OSError):
        cluster.replica.process.send_signal(signal.SIGCONT)


async def _takes_entries(client: Redis) -> bool:
    try:
        await client.xadd("probe", {"n": 1})
    except (RedisError, OSError):
        return False
    return True


async def _main(rounds: int) -> None:
    print("| how it is written | the replica | confirmed | lost | of the last | refused | without a master |")
    print("|---|---|---|---|---|---|---|")
    for is_held in (False, True):
        for way in WAYS:
            for _ in range(rounds):
                with tempfile.TemporaryDirectory() as folder:
                    loss = await measure(Path(folder), way, is_held=is_held)
                state = f"stands still for the last {HELD_S:.0f} s" if is_held else "keeps up"
                print(
                    f"| {way.name} | {state} | {loss.confirmed:,} | {loss.lost:,} | {loss.lost_s:.1f} s | "
                    f"{loss.refused:,} | {loss.without_master_s:.1f} s |",
                    flush=True,
                )


def main(argv: list[str]) -> int:
    """Measure some rounds of each way, with a replica that keeps up and with one that lags."""
    parser = argparse.ArgumentParser(prog="./run bench failover", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    asyncio.run(_main(parser.parse_args(argv).rounds))
    return 0
