"""Replicas that are killed, stopped, continued and told to end: what they held is done once, by somebody."""

import signal
import time
from typing import Any

import pytest
from redis.asyncio import Redis

from bench.delivery_rig import BEGAN, GROUP, SOURCE, add_entries, outputs_of, pending_of

VISIBILITY_S = 1.0


async def is_held(redis: Redis, entries: int) -> bool:
    return (
        bool(await redis.exists(SOURCE))
        and has_group(await redis.xinfo_groups(SOURCE))
        and await pending_of(redis) == entries
    )


def has_group(groups: list[dict[str, Any]]) -> bool:
    return bool(groups)


async def take_over_s(redis: Redis, replicas: Any, eventually: Any) -> float:
    """Seconds from the `kill -9` of a replica that holds 16 entries until another one has done them all."""
    await redis.flushdb()
    first = replicas(visibility=VISIBILITY_S, work=30)
    await add_entries(redis, range(16))
    await eventually(lambda: is_held(redis, 16))
    second = replicas(visibility=VISIBILITY_S)
    await eventually(lambda: has_consumers(redis, 2))
    first.kill()
    killed = time.monotonic()
    await eventually(lambda: redis.xlen("rig.out"))
    await eventually(lambda: is_held(redis, 0))
    took_s = time.monotonic() - killed
    assert sorted(await outputs_of(redis)) == list(range(16))
    second.kill()
    return took_s


async def test_work_of_a_killed_replica_is_taken_over_within_visibility_and_a_second(
    redis_client: Redis, replicas: Any, eventually: Any
) -> None:
    """In the best of five rounds: a machine under load may stop anybody for a while, and not every time."""
    for _ in range(5):
        took_s = await take_over_s(redis_client, replicas, eventually)
        if took_s < VISIBILITY_S + 1:
            return
    pytest.fail(f"the last of five rounds took {took_s:.1f} s")


@pytest.mark.parametrize("fence", [True, False], ids=["fenced", "control"])
async def test_zombie_that_wakes_after_the_take_over_doubles_nothing(
    redis_client: Redis, replicas: Any, eventually: Any, fence: bool
) -> None:
    """A process stopped in mid-handler for twice the visibility time and continued. The control without the fence doubles."""
    zombie = replicas(visibility=VISIBILITY_S, work=0.5, fence=fence)
    await add_entries(redis_client, range(16))
    await eventually(lambda: is_held(redis_client, 16))
    zombie.send(signal.SIGSTOP)
    stopped = time.monotonic()
    heir = replicas(visibility=VISIBILITY_S, fence=fence)
    await eventually(lambda: redis_client.xlen("rig.out"))
    await eventually(lambda: is_held(redis_client, 0))
    await eventually(lambda: time.monotonic() - stopped > 2 * VISIBILITY_S)
    heir.kill()
    zombie.send(signal.SIGCONT)
    await add_entries(
        redis_client, range(16, 48)
    )  # only the zombie is left, and it sends its stale results first
    await eventually(lambda: has_done(redis_client, range(16, 48)), within_s=30)
    numbers = await outputs_of(redis_client)
    doubled = len(numbers) - len(set(numbers))
    assert doubled == 0 if fence else doubled > 0


async def has_done(redis: Redis, numbers: range) -> bool:
    return set(numbers) <= set(await outputs_of(redis)) and await pending_of(redis) == 0


@pytest.mark.timeout(300)  # a process is started for every death
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "control"])
async def test_messages_that_kill_the_process_die_alone(
    redis_client: Redis, replicas: Any, eventually: Any, alone: bool
) -> None:
    """Each is given out as often as allowed, then buried; bystanders pass. In the control, which runs suspects beside the
    others, bystanders are counted with them.
    """
    await add_entries(redis_client, range(2), do="kill")
    await add_entries(redis_client, range(2, 22), do="slow", s="0.05")
    running = [replicas(visibility=0.5, deliveries=3, alone=alone)]
    highest = 0

    async def is_over() -> bool:
        nonlocal highest
        if running[-1].process.poll() is not None:  # a supervisor restarts what has died
            running.append(replicas(visibility=0.5, deliveries=3, alone=alone))
        if await redis_client.exists(SOURCE) and has_group(await redis_client.xinfo_groups(SOURCE)):
            pending: Any = await redis_client.xpending_range(SOURCE, GROUP, "-", "+", 100)
            highest = max([highest, *(entry["times_delivered"] for entry in pending)])
        letters = await redis_client.xlen(f"{SOURCE}.dead")
        return letters + await redis_client.xlen("rig.out") == 22

    await eventually(is_over, within_s=240, every_s=0.05)
    buried = {int(fields[b"n"]) for _, fields in await redis_client.xrange(f"{SOURCE}.dead")}
    began = {name.decode(): int(count) for name, count in (await redis_client.hgetall(BEGAN)).items()}
    if alone:
        assert buried == {0, 1}
        # The first time both come in one batch: the one may kill the process before the other has begun.
        assert {began["0"], began["1"]} <= {2, 3}
        assert sorted(await outputs_of(redis_client)) == list(range(2, 22))
    else:
        assert buried > {0, 1}, "the control must bury bystanders"


async def test_terminated_replica_releases_what_it_cannot_finish(
    redis_client: Redis, replicas: Any, eventually: Any
) -> None:
    """Given back at once and uncounted: another replica has it long before the visibility time is over."""
    leaving = replicas(visibility=100, work=300, grace=0.3)
    await add_entries(redis_client, range(16))
    await eventually(lambda: is_held(redis_client, 16))
    leaving.terminate(30)
    pending = await redis_client.xpending_range(SOURCE, GROUP, "-", "+", 100)
    assert {(entry["consumer"], entry["times_delivered"]) for entry in pending} == {(b"~retry", 0)}
    replicas(visibility=100)
    await eventually(lambda: redis_client.xlen("rig.out"))
    await eventually(lambda: is_held(redis_client, 0))
    assert sorted(await outputs_of(redis_client)) == list(range(16))


async def test_terminated_replica_finishes_what_runs(
    redis_client: Redis, replicas: Any, eventually: Any
) -> None:
    leaving = replicas(visibility=100, work=0.4, grace=20)
    await add_entries(redis_client, range(16))
    await eventually(lambda: is_held(redis_client, 16))
    leaving.terminate(30)
    assert sorted(await outputs_of(redis_client)) == list(range(16))
    assert await pending_of(redis_client) == 0


async def shares(redis: Redis, replicas: Any, eventually: Any, late: int = 0) -> list[int]:
    """What each of three replicas has done of 600 messages; the last `late` of them are started in mid-work."""
    await redis.flushdb()
    options = {"visibility": 5, "work": 0.02, "concurrency": 4}
    running = [replicas(**options) for _ in range(3 - late)]
    await eventually(lambda: has_consumers(redis, 3 - late))
    if late:
        await add_entries(redis, range(2_000))
        running += [replicas(**options) for _ in range(late)]
        await eventually(lambda: has_consumers(redis, 3))
    began = await redis.xlen("rig.out")
    await add_entries(redis, range(2_000, 2_600))
    await eventually(lambda: is_complete(redis, 2_600 if late else 600))
    done = [int(fields[b"by"]) for _, fields in await redis.xrange("rig.out")][began:]
    for replica in running:
        replica.kill()
    return [done.count(replica.process.pid) for replica in running]


@pytest.mark.parametrize("late", [0, 1], ids=["started together", "one comes later"])
async def test_replicas_share_the_work_evenly(
    redis_client: Redis, replicas: Any, eventually: Any, late: int
) -> None:
    """Within 20 % of even, in the best of five rounds: a machine under load may starve one of them for a while."""
    for _ in range(5):
        counts = await shares(redis_client, replicas, eventually, late)
        if max(counts) - min(counts) <= 0.2 * sum(counts) / 3:
            return
    pytest.fail(f"of the last of five rounds each did {counts}")


async def has_consumers(redis: Redis, wanted: int) -> bool:
    if not await redis.exists(SOURCE) or not await redis.xinfo_groups(SOURCE):
        return False
    return len(await redis.xinfo_consumers(SOURCE, GROUP)) >= wanted


async def is_complete(redis: Redis, outputs: int) -> bool:
    return await redis.xlen("rig.out") >= outputs and await pending_of(redis) == 0
