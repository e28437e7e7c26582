"""Commands are packed in C, byte for byte as redis-py packs them."""

from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.connection import Connection
from redis.exceptions import DataError

from services.runtime.broker import connect_redis
from services.runtime.packing import packing


@pytest.mark.parametrize(
    "command",
    [
        ("XADD", "s", "*", "__data__", b"\xff\x00" * 9_000, "n", 5, "x", -0.1, "big", 2**70),
        ("SCRIPT LOAD", "return 1"),
        (b"PING",),
        ("SET", "ключ", "значение"),
        ("SET", b"k", bytearray(b"v")),
        ("SET", "k", memoryview(b"v")),
        ("ZADD", "z", 1e300, "a", float("inf"), "b"),
        ("SET", "", ""),
    ],
)
def test_command_is_packed_as_the_client_would(command: tuple[Any, ...]) -> None:
    assert b"".join(packing(Connection)().pack_command(*command)) == b"".join(
        Connection().pack_command(*command)
    )


@pytest.mark.parametrize("value", [None, True, ["a"], {"a": 1}])
def test_value_that_redis_cannot_hold_is_refused_as_by_the_client(value: object) -> None:
    with pytest.raises(DataError):
        packing(Connection)().pack_command("SET", "k", value)


async def test_clients_of_ours_pack_in_c_and_behave_as_before(redis_url: str) -> None:
    async with connect_redis(redis_url) as redis:
        assert issubclass(redis.connection_pool.connection_class, packing(Connection))
        pipeline = redis.pipeline(transaction=True)
        pipeline.set("k", b"\xff")
        pipeline.get("k")
        assert await pipeline.execute() == [True, b"\xff"]


def test_every_way_to_a_server_is_packed_in_c() -> None:
    for url in (
        "redis://127.0.0.1:1/0",
        "rediss://127.0.0.1:1/0",
        "unix:///tmp/none.sock",
        "sentinel://127.0.0.1:1/master",
    ):
        client: Redis = connect_redis(url)
        assert client.connection_pool.connection_class.__mro__[1].__name__ == "PacksInC", url
