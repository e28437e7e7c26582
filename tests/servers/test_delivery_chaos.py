"""Replicas killed and stopped while messages pour in: the verdict comes from the manifest, and its control must fail."""

import asyncio
import random
import signal
import time
from typing import Any

import pytest
from redis.asyncio import Redis

from bench.delivery_rig import GROUP, SOURCE, add_entries, outputs_of, pending_of

VISIBILITY_S = 1.0
HURT_S = 10.0
PER_SECOND = 150
REPLICAS = 3
OPTIONS = {"visibility": VISIBILITY_S, "work": 0.15}


async def pour(redis: Redis, calm: asyncio.Event) -> int:
    """Entries at a steady rate for as long as faults come; returns how many: the manifest is their numbers from 0."""
    began, sent = time.monotonic(), 0
    while not calm.is_set():
        passed = time.monotonic() - began
        due = int(passed * PER_SECOND)
        await add_entries(redis, range(sent, due))
        sent = due
        await asyncio.sleep(0.02)
    return sent


async def holds_entries(redis: Redis, pid: int) -> bool:
    """Whether this process was given entries that it has not finished."""
    if not await redis.exists(SOURCE) or not await redis.xinfo_groups(SOURCE):
        return False
    consumers = await redis.xinfo_consumers(SOURCE, GROUP)
    return any(f"-{pid}-" in consumer["name"].decode() and consumer["pending"] > 2 for consumer in consumers)


async def disturb(
    redis: Redis, replicas: Any, eventually: Any, fence: bool, calm: asyncio.Event
) -> dict[str, int]:
    """Kill one replica after the other, and stop one for twice the visibility time, at least twice; then say so."""
    running = [replicas(fence=fence, **OPTIONS) for _ in range(REPLICAS)]
    faults, until, chance = {"killed": 0, "stopped": 0}, time.monotonic() + HURT_S, random.Random(7)
    while time.monotonic() < until or faults["stopped"] < 2:
        zombie = running[0]
        await eventually(lambda pid=zombie.process.pid: holds_entries(redis, pid))
        zombie.send(signal.SIGSTOP)
        faults["stopped"] += 1
        for _ in range(2):
            await asyncio.sleep(VISIBILITY_S)
            victim = chance.randrange(1, REPLICAS)
            running[victim].kill()
            running[victim] = replicas(fence=fence, **OPTIONS)
            faults["killed"] += 1
        zombie.send(signal.SIGCONT)
        await asyncio.sleep(0.5)
        running.append(running.pop(0))
    calm.set()
    return faults


@pytest.mark.parametrize("fence", [True, False], ids=["fenced", "control"])
async def test_chaos_loses_and_doubles_nothing(
    redis_client: Redis, replicas: Any, eventually: Any, fence: bool
) -> None:
    """Every message exactly once on the sink. The control, without the ownership check of the hand-off, doubles some."""
    calm = asyncio.Event()
    sent, faults = await asyncio.gather(
        pour(redis_client, calm), disturb(redis_client, replicas, eventually, fence, calm)
    )
    await eventually(lambda: is_drained(redis_client, sent), within_s=60)
    await asyncio.sleep(0.5)  # a zombie's last result is on its way
    numbers = await outputs_of(redis_client)
    assert faults["killed"] >= 4
    assert faults["stopped"] >= 2
    assert set(numbers) == set(range(sent)), "something was lost"
    assert await redis_client.xlen(f"{SOURCE}.dead") == 0
    doubled = len(numbers) - len(set(numbers))
    assert doubled == 0 if fence else doubled > 0


async def is_drained(redis: Redis, sent: int) -> bool:
    return await redis.xlen("rig.out") >= sent and await pending_of(redis) == 0
