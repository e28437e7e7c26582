"""What the server can do to us: lose the group or everything, be full, be away, forget the scripts."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bench.delivery_rig import GROUP, SINK, SOURCE, Handler, add_entries, outputs_of, pending_of
from services.console.local.embedded_valkey import start_valkey
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE, GROUP_STORE
from services.runtime.delivery.engine import Engine
from services.runtime.delivery.gates import BacklogGate, MemoryGate, PriorityGate
from services.runtime.policies import BACKLOG_LIMIT, INGEST_GATES


async def is_done(redis: Redis, outputs: int) -> bool:
    return await redis.xlen(SINK) >= outputs and await pending_of(redis) == 0


async def test_destroyed_group_is_healed_and_nothing_is_skipped(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await start_engine(Handler(redis_client, 0))
    await add_entries(redis_client, range(20))
    await eventually(lambda: is_done(redis_client, 20))
    with capture_logs() as logs:
        await redis_client.xgroup_destroy(SOURCE, GROUP)
        await add_entries(redis_client, range(20, 40))
        await eventually(lambda: redis_client.exists(SINK))
        await eventually(lambda: has_numbers(redis_client, range(40)))
    assert "group_healed" in [line["event"] for line in logs]


async def has_numbers(redis: Redis, numbers: range) -> bool:
    return set(await outputs_of(redis)) >= set(numbers)


async def test_flushed_server_is_healed_and_what_came_at_once_is_read(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await start_engine(Handler(redis_client, 0))
    await add_entries(redis_client, range(20))
    await eventually(lambda: is_done(redis_client, 20))
    await redis_client.flushdb()
    await add_entries(redis_client, range(20, 40))
    await eventually(lambda: has_numbers(redis_client, range(20, 40)))


async def test_full_server_holds_results_and_releases_them_once(
    tmp_path: Path, quick_policy: Any, eventually: Any
) -> None:
    """Out of memory nothing is lost, doubled, run again or buried."""
    server = start_valkey(tmp_path)
    calls = 0
    async with Redis.from_url(server.url) as redis, Redis.from_url(server.url) as engine_redis:
        handler = Handler(redis, 0)

        async def counted(entry: Any, send_slice: Any) -> Any:
            nonlocal calls
            calls += 1
            return await handler(entry, send_slice)

        await add_entries(redis, range(200), body=b"x" * 2_000)
        await redis.xgroup_create(SOURCE, GROUP, "0")
        await redis.config_set("maxmemory", 1_000_000)
        engine = Engine(SOURCE, GROUP, counted, quick_policy())
        await engine.start(
            engine_redis
        )  # a stage that starts on a full server must read: draining is what it needs
        await eventually(lambda: engine.status().running == 16)
        full_until = (
            time.monotonic() + 2.5
        )  # longer than the visibility time: without heartbeats they would run again
        await eventually(lambda: time.monotonic() > full_until)
        assert (calls, await redis.xlen(SINK)) == (16, 0)
        await redis.config_set("maxmemory", 0)
        await eventually(lambda: is_done(redis, 200))
        assert sorted(await outputs_of(redis)) == list(range(200))
        assert (calls, await redis.xlen(f"{SOURCE}.dead")) == (200, 0)
        await engine.stop()
    server.stop()


async def test_killed_server_loses_and_doubles_nothing(
    tmp_path: Path, quick_policy: Any, eventually: Any
) -> None:
    server = start_valkey(tmp_path)
    async with Redis.from_url(server.url) as redis, Redis.from_url(server.url) as engine_redis:
        engine = Engine(SOURCE, GROUP, Handler(redis, 0.05), quick_policy())
        await engine.start(engine_redis)
        await add_entries(redis, range(400))
        await eventually(lambda: redis.xlen(SINK))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server = start_valkey(tmp_path, server.port)
        await redis.connection_pool.disconnect()
        await eventually(lambda: is_done(redis, 400))
        assert sorted(await outputs_of(redis)) == list(range(400))
        await engine.stop()
    server.stop()


async def test_engine_started_before_the_server_waits_for_it(
    tmp_path: Path, quick_policy: Any, eventually: Any
) -> None:
    server = start_valkey(tmp_path)
    server.stop()
    async with Redis.from_url(server.url) as redis, Redis.from_url(server.url) as engine_redis:
        engine = Engine(SOURCE, GROUP, Handler(redis, 0), quick_policy())
        await engine.start(engine_redis)
        assert engine.status().alive
        server = start_valkey(tmp_path, server.port)
        await redis.connection_pool.disconnect()
        await add_entries(redis, range(3))
        await eventually(lambda: is_done(redis, 3))
        await engine.stop()
    server.stop()


async def test_stage_waits_behind_a_backlog_and_goes_on_below_it(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await redis_client.xgroup_create("next", "reader", "0", mkstream=True)
    for number in range(10):
        await redis_client.xadd("next", {"n": number})
    await add_entries(redis_client, range(5))
    with capture_logs() as logs:
        engine = await start_engine(Handler(redis_client, 0), gates=(BacklogGate("next", "reader", 10),))
        await eventually(lambda: engine.status().waits_for)
        assert await redis_client.xlen(SINK) == 0
        given: Any = await redis_client.xreadgroup("reader", "me", {"next": ">"}, count=10)
        assert engine.status().waits_for, "entries given out and unfinished count too"
        entries = next(iter(given.values()))[0] if isinstance(given, dict) else given[0][1]
        await redis_client.xack("next", "reader", *(entry_id for entry_id, _ in entries))
        await eventually(lambda: is_done(redis_client, 5))
    assert [line["event"] for line in logs if line["event"].startswith("gate_")] == [
        "gate_closed",
        "gate_opened",
    ]


@pytest.mark.parametrize(
    ("stream", "group"), [(ARTICLES_RAW, GROUP_NORMALIZE), (ARTICLES_NORMALIZED, GROUP_STORE)]
)
async def test_ingest_stops_at_the_mark_whichever_service_behind_it_is_away(
    redis_client: Redis, stream: str, group: str
) -> None:
    async def reasons() -> list[str]:
        found = [await gate.reason_to_wait(redis_client, closed=False) for gate in INGEST_GATES]
        return [reason for reason in found if reason]

    pipeline = redis_client.pipeline(transaction=False)
    for number in range(BACKLOG_LIMIT - 1):
        pipeline.xadd(stream, {"n": number})
    await pipeline.execute()
    assert await reasons() == []
    await redis_client.xadd(stream, {"n": BACKLOG_LIMIT})
    assert await reasons() == [f"10,000 entries of {stream} wait for {group}"]


async def test_backlog_of_a_group_that_does_not_exist_yet_is_the_whole_stream(redis_client: Redis) -> None:
    for number in range(3):
        await redis_client.xadd("next", {"n": number})
    assert await BacklogGate("next", "nobody", 3).reason_to_wait(redis_client, closed=False)
    assert not await BacklogGate("next", "nobody", 4).reason_to_wait(redis_client, closed=False)
    assert not await BacklogGate("no-such-stream", "nobody", 1).reason_to_wait(redis_client, closed=False)


async def test_closed_gate_opens_only_a_little_below_its_mark(redis_client: Redis) -> None:
    for number in range(95):
        await redis_client.xadd("next", {"n": number})
    gate = BacklogGate("next", "nobody", 100)
    assert not await gate.reason_to_wait(redis_client, closed=False)
    assert await gate.reason_to_wait(redis_client, closed=True)


async def test_stage_waits_while_the_server_is_fuller_than_its_share(tmp_path: Path) -> None:
    server = start_valkey(tmp_path, maxmemory="50mb")
    async with Redis.from_url(server.url) as redis:
        gate = MemoryGate(0.6)
        assert await gate.reason_to_wait(redis, closed=False) is None
        for number in range(32):
            await redis.set(f"big:{number}", b"x" * 1_000_000)
        reason = await gate.reason_to_wait(redis, closed=False)
        assert reason is not None
        assert "60%" in reason
        await redis.config_set("maxmemory", 0)
        assert await gate.reason_to_wait(redis, closed=True) is None
    server.stop()


async def test_second_stream_is_read_only_while_the_first_is_empty(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await redis_client.xgroup_create("first", GROUP, "0", mkstream=True)
    await redis_client.xadd("first", {"n": 1})
    await add_entries(redis_client, range(5))
    engine = await start_engine(Handler(redis_client, 0), gates=(PriorityGate("first", GROUP),))
    await asyncio.sleep(1)  # the time in which an open gate would have let all five through
    assert await redis_client.xlen(SINK) == 0
    assert engine.status().waits_for is None  # the order of lanes is no trouble
    await redis_client.xreadgroup(GROUP, "me", {"first": ">"}, noack=True)
    await eventually(lambda: is_done(redis_client, 5))


@pytest.mark.parametrize("deleted", [1, 3])
async def test_gate_knows_an_empty_stream_where_the_server_counts_no_lag(
    redis_client: Redis, deleted: int
) -> None:
    """After XDEL the server says `lag: nil`; a priority gate that took the length for it would never open again."""
    ids = [await redis_client.xadd("first", {"n": number}) for number in range(5)]
    await redis_client.xgroup_create("first", GROUP, ids[2])
    await redis_client.xdel("first", ids[deleted])
    assert await PriorityGate("first", GROUP).reason_to_wait(redis_client, closed=False)
    await redis_client.xreadgroup(GROUP, "me", {"first": ">"}, noack=True)
    assert await PriorityGate("first", GROUP).reason_to_wait(redis_client, closed=False) is None
