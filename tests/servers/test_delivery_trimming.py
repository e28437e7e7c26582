"""Internal streams lose only what every declared group has finished."""

from typing import Any

from redis.asyncio import Redis

from services.runtime.delivery.trimming import reap_consumers, trim_finished

STREAM = "articles.raw"
NODE = 100  # entries the server keeps together; approximate trimming removes whole nodes only


async def fill(redis: Redis, entries: int) -> list[Any]:
    return [await redis.xadd(STREAM, {"n": number}) for number in range(entries)]


async def read(redis: Redis, group: str, entries: int) -> None:
    await redis.xreadgroup(group, "me", {STREAM: ">"}, count=entries)


async def test_nothing_is_trimmed_while_a_declared_group_is_missing(redis_client: Redis) -> None:
    ids = await fill(redis_client, 3 * NODE)
    assert await trim_finished(redis_client, STREAM, ("fast", "missing")) is None
    await redis_client.xgroup_create(STREAM, "fast", "0")
    await read(redis_client, "fast", 3 * NODE)
    await redis_client.xack(STREAM, "fast", *ids)
    assert await trim_finished(redis_client, STREAM, ("fast", "missing")) is None
    assert await redis_client.xlen(STREAM) == 3 * NODE


async def test_slowest_declared_group_keeps_its_oldest_unfinished_entry(redis_client: Redis) -> None:
    ids = await fill(redis_client, 5 * NODE)
    for group in ("fast", "slow", "forgotten"):
        await redis_client.xgroup_create(STREAM, group, "0")
    await read(redis_client, "fast", 5 * NODE)
    await redis_client.xack(STREAM, "fast", *ids)
    await read(redis_client, "slow", 4 * NODE)
    await redis_client.xack(STREAM, "slow", *ids[: 2 * NODE + 50], *ids[2 * NODE + 51 : 4 * NODE])
    removed = await trim_finished(redis_client, STREAM, ("fast", "slow"))
    assert removed == 2 * NODE
    entries: Any = await redis_client.xrange(STREAM, count=1)
    ((oldest, _),) = entries
    assert oldest <= ids[2 * NODE + 50]


async def test_unread_entries_are_kept_whatever_else_is_finished(redis_client: Redis) -> None:
    ids = await fill(redis_client, 3 * NODE)
    await redis_client.xgroup_create(STREAM, "reader", "0")
    await read(redis_client, "reader", NODE)
    await redis_client.xack(STREAM, "reader", *ids[:NODE])
    await trim_finished(redis_client, STREAM, ("reader",))
    assert await redis_client.xlen(STREAM) >= 2 * NODE
    await read(redis_client, "reader", 2 * NODE)
    await redis_client.xack(STREAM, "reader", *ids)
    await trim_finished(redis_client, STREAM, ("reader",))
    assert await redis_client.xlen(STREAM) == 0


async def test_stream_that_does_not_exist_is_nothing_to_trim(redis_client: Redis) -> None:
    assert await trim_finished(redis_client, STREAM, ("reader",)) == 0
    assert await reap_consumers(redis_client, STREAM, "reader") == 0


async def test_only_silent_consumers_without_entries_are_struck_off(redis_client: Redis) -> None:
    await fill(redis_client, 2)
    await redis_client.xgroup_create(STREAM, "reader", "0")
    await redis_client.xreadgroup("reader", "holder", {STREAM: ">"}, count=1)
    await redis_client.xreadgroup("reader", "idle", {STREAM: ">"}, count=1, noack=True)
    assert await reap_consumers(redis_client, STREAM, "reader", after_s=60) == 0
    assert await reap_consumers(redis_client, STREAM, "reader", after_s=-1) == 1
    assert [consumer["name"] for consumer in await redis_client.xinfo_consumers(STREAM, "reader")] == [
        b"holder"
    ]
