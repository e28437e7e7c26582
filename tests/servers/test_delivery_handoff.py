"""The hand-off: outputs and acknowledgement stand together, or neither does."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bench.delivery_rig import GROUP, SINK, SOURCE, add_entries, outputs_of, pending_of
from services.runtime.delivery.committing import OwnershipLost
from services.runtime.delivery.engine import SendSlice
from services.runtime.delivery.entry import Entry, Output, output_of
from services.runtime.delivery.group import ConsumerGroup


async def echo(entry: Entry, send_slice: SendSlice) -> list[Output]:
    return [Output("XADD", SINK, ("*", "n", entry.fields[b"n"]))]


async def is_done(redis: Redis, outputs: int) -> bool:
    return await redis.xlen(SINK) >= outputs and await pending_of(redis) == 0


async def two_consumers(redis: Redis) -> tuple[ConsumerGroup, ConsumerGroup, Entry]:
    """Two consumers, and an entry that the first was given and the second has taken over."""
    first, second = (ConsumerGroup(redis, SOURCE, GROUP, name, 0.01) for name in ("first", "second"))
    await first.create()
    await first.load_scripts()
    await add_entries(redis, range(1))
    (entry,) = await first.read(1, 0.1)
    await asyncio.sleep(0.02)
    assert [taken.id for taken in (await second.take(1, ())).entries] == [entry.id]
    return first, second, entry


async def test_entries_that_stood_before_the_first_start_are_read(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(40))
    await start_engine(echo)
    await eventually(lambda: is_done(redis_client, 40))
    assert sorted(await outputs_of(redis_client)) == list(range(40))


async def test_no_more_entries_are_held_than_handlers_run(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    free = asyncio.Event()

    async def wait(entry: Entry, send_slice: SendSlice) -> list[Output]:
        await free.wait()
        return []

    await add_entries(redis_client, range(50))
    engine = await start_engine(wait, concurrency=4)
    await eventually(lambda: engine.status().running == 4)
    await asyncio.sleep(0.3)
    assert await pending_of(redis_client) == 4
    free.set()


async def test_outputs_are_written_in_the_order_of_the_calls(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    async def several(entry: Entry, send_slice: SendSlice) -> list[Output]:
        return [
            output_of("XADD", SINK, "*", "n", "1"),
            output_of("SADD", "seen", "a", "b"),
            output_of("ZADD", "due", 5.5, "a"),
            output_of("HSET", "validators", "etag", b"\xff"),
            output_of("ZREM", "due", "gone"),
            output_of("DEL", "seen"),
            output_of("SADD", "seen", "c"),
            output_of("SET", "mark", "x", "EX", 60),
            output_of("EXPIRE", "seen", 60),
        ]

    await add_entries(redis_client, range(1))
    await start_engine(several)
    await eventually(lambda: redis_client.xlen(SINK))
    assert await redis_client.smembers("seen") == {b"c"}
    assert await redis_client.zscore("due", "a") == 5.5
    assert await redis_client.hget("validators", "etag") == b"\xff"
    assert 0 < await redis_client.ttl("seen") <= 60
    assert await pending_of(redis_client) == 0


async def test_wrong_type_of_a_later_key_writes_nothing_at_all(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    async def bad(entry: Entry, send_slice: SendSlice) -> list[Output]:
        return [output_of("XADD", SINK, "*", "n", "1"), output_of("SADD", "a-string", "member")]

    await redis_client.set("a-string", "x")
    await add_entries(redis_client, range(1))
    await start_engine(bad, max_deliveries=3)
    await eventually(lambda: redis_client.xlen(f"{SOURCE}.dead"))
    assert await redis_client.xlen(SINK) == 0
    assert await redis_client.get("a-string") == b"x"


async def test_lost_reply_repeated_doubles_nothing(redis_client: Redis) -> None:
    group = ConsumerGroup(redis_client, SOURCE, GROUP, "me", 30)
    await group.create()
    await group.load_scripts()
    await add_entries(redis_client, range(1))
    (entry,) = await group.read(1, 0.1)
    call = group.finishing(entry.id, await echo(entry, None))
    assert await group.send([call, call]) == [1, 0]
    assert await redis_client.xlen(SINK) == 1


async def test_result_of_a_consumer_that_was_robbed_is_dropped(redis_client: Redis) -> None:
    first, second, entry = await two_consumers(redis_client)
    stale, live = (Output("XADD", SINK, ("*", "n", number)) for number in ("1", "2"))
    assert await first.send([first.finishing(entry.id, [stale])]) == [0]
    assert await second.send([second.finishing(entry.id, [live])]) == [1]
    assert await outputs_of(redis_client) == [2]


async def test_robbed_consumer_can_neither_release_nor_touch_the_entry(redis_client: Redis) -> None:
    first, second, entry = await two_consumers(redis_client)
    assert await first.send([first.giving_back(entry.id, 0, 0)]) == [0]
    assert await first.touch([entry.id]) == [entry.id]
    assert await second.touch([entry.id]) == []
    (pending,) = await redis_client.xpending_range(SOURCE, GROUP, "-", "+", 1)
    assert (pending["consumer"], pending["times_delivered"]) == (b"second", 2)


async def test_slices_stand_before_the_acknowledgement(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    seen: list[tuple[int, int]] = []

    async def sliced(entry: Entry, send_slice: SendSlice) -> list[Output]:
        await send_slice([output_of("XADD", SINK, "*", "n", number) for number in range(3)])
        seen.append((await redis_client.xlen(SINK), await pending_of(redis_client)))
        return [output_of("XADD", SINK, "*", "n", 3)]

    await add_entries(redis_client, range(1))
    await start_engine(sliced)
    await eventually(lambda: is_done(redis_client, 4))
    assert seen == [(3, 1)]
    assert await outputs_of(redis_client) == [0, 1, 2, 3]


async def test_slice_of_a_robbed_handler_ends_it(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    ends: list[str] = []

    async def robbed(entry: Entry, send_slice: SendSlice) -> list[Output]:
        await redis_client.xclaim(SOURCE, GROUP, "thief", 0, [entry.id])
        try:
            await send_slice([output_of("XADD", SINK, "*", "n", 1)])
        except OwnershipLost:
            ends.append("lost")
            raise
        return []

    await add_entries(redis_client, range(1))
    engine = await start_engine(robbed, visibility_s=30.0)
    await eventually(lambda: ends and engine.status().running == 0)
    assert await redis_client.xlen(SINK) == 0
    assert (await redis_client.xpending(SOURCE, GROUP))["consumers"] == [{"name": b"thief", "pending": 1}]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("FLUSHALL", ()),
        ("ZADD", ("high", "member")),
        ("ZADD", (float("nan"), "member")),
        ("HSET", ("only",)),
        ("EXPIRE", ("soon",)),
        ("SADD", ()),
        ("XADD", ("0-1", "a", "b")),
        ("SET", ("v", "EX")),
        ("SADD", tuple(range(6_000))),
    ],
)
def test_output_that_redis_would_refuse_is_refused_before(command: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=command):
        output_of(command, "key", *arguments)


async def test_every_allowed_form_is_taken_by_the_server(redis_client: Redis) -> None:
    forms = [
        output_of("XADD", "x", "*", "a", "b"),
        output_of("SADD", "s", *range(5_000)),
        output_of("SREM", "s", 1),
        output_of("ZADD", "z", 1, "a", 2.5, "b"),
        output_of("ZREM", "z", "a"),
        output_of("HSET", "h", "a", "b"),
        output_of("HDEL", "h", "a"),
        output_of("SET", "v", "1"),
        output_of("PEXPIRE", "v", 60_000),
        output_of("DEL", "v"),
    ]
    group = ConsumerGroup(redis_client, SOURCE, GROUP, "me", 30)
    await group.create()
    await group.load_scripts()
    await add_entries(redis_client, range(1))
    (entry,) = await group.read(1, 0.1)
    assert await group.send([group.finishing(entry.id, forms)]) == [1]
    assert await redis_client.scard("s") == 4_999


async def test_script_unknown_to_the_server_is_taught_and_called_again(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await start_engine(echo)
    await redis_client.script_flush()
    await add_entries(redis_client, range(3))
    await eventually(lambda: is_done(redis_client, 3))
    with pytest.raises(ResponseError):
        await redis_client.evalsha("0" * 40, 0)
    assert sorted(await outputs_of(redis_client)) == [0, 1, 2]
