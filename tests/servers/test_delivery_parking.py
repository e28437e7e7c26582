"""A host whose messages all fail is parked: the stage goes on, the host's messages wait as dead letters of one cause."""

from typing import Any

from redis.asyncio import Redis
from structlog.testing import capture_logs

from bench.delivery_rig import GROUP, SINK, SOURCE, Handler, add_entries, pending_of
from services.contracts.failures import Unprocessable
from services.runtime.delivery.dead import dead_groups, retry_dead
from services.runtime.delivery.engine import SendSlice
from services.runtime.delivery.entry import Entry, Output
from services.runtime.delivery.parking import ParkingPolicy

BAD, GOOD = range(0, 100, 2), range(1, 100, 2)
NEVER = ParkingPolicy(after=5, probe_every_s=3_600)
PARKED_KEY = f"cleanwire:parked:{SOURCE}:{GROUP}"


def host_of(entry: Entry) -> str:
    return f"host-{int(entry.fields[b'n']) % 2}.example"


class Fragile:
    """Fails on one host's messages until it is mended; counts how often it ran on them."""

    def __init__(self) -> None:
        self.is_broken, self.ran = True, 0

    async def __call__(self, entry: Entry, send_slice: SendSlice) -> list[Output]:
        if host_of(entry) == "host-0.example":
            self.ran += 1
            if self.is_broken:
                raise Unprocessable("no article where it always was")
        return [Output("XADD", SINK, ("*", "n", entry.fields[b"n"]))]


async def is_empty(redis: Redis, outputs: int, letters: int) -> bool:
    done = await redis.xlen(SINK), await redis.xlen(f"{SOURCE}.dead")
    return done == (outputs, letters) and await pending_of(redis) == 0


async def test_parked_host_costs_no_more_runs_and_no_other_host_anything(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    fragile = Fragile()
    await add_entries(redis_client, range(100))
    with capture_logs() as logs:
        engine = await start_engine(fragile, origin_of=host_of, parking=NEVER, concurrency=1)
        await eventually(lambda: is_empty(redis_client, len(GOOD), len(BAD)))
        assert engine.status().waits_for is None
    assert fragile.ran == 5
    assert [line["host"] for line in logs if line["event"] == "host_parked"] == ["host-0.example"]
    groups = await dead_groups(redis_client, SOURCE)
    assert sorted(group.count for group in groups) == [5, len(BAD) - 5]
    assert "host host-0.example is parked" in groups[0].reason
    await eventually(lambda: redis_client.hexists(PARKED_KEY, "host-0.example"))


async def test_probe_that_ends_well_ends_the_parking_and_what_was_set_aside_can_be_put_back(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    fragile = Fragile()
    await add_entries(redis_client, range(100))
    parking = ParkingPolicy(after=5, probe_every_s=0.2)
    await start_engine(fragile, origin_of=host_of, parking=parking, concurrency=1)
    await eventually(lambda: is_empty(redis_client, len(GOOD), len(BAD)))
    await eventually(lambda: redis_client.hexists(PARKED_KEY, "host-0.example"))
    fragile.is_broken = False
    sent = await _until_resumed(redis_client, eventually)
    letters = [letter for group in await dead_groups(redis_client, SOURCE) for letter in group.ids]
    for letter in letters:
        await retry_dead(redis_client, SOURCE, letter)
    await eventually(lambda: is_empty(redis_client, 100 + sent, 0))


async def _until_resumed(redis: Redis, eventually: Any) -> int:
    """Messages of the parked host keep coming; returns how many until one of them was the probe."""
    sent = 0

    async def one_more() -> bool:
        nonlocal sent
        await add_entries(redis, range(1))
        sent += 1
        return not await redis.hexists(PARKED_KEY, "host-0.example")

    await eventually(one_more, every_s=0.1)
    return sent


async def test_host_parked_by_one_replica_is_parked_for_the_others(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await redis_client.hset(PARKED_KEY, "host-0.example", "it failed elsewhere")
    await redis_client.set(f"{PARKED_KEY}:probe:host-0.example", "1")
    engine = await start_engine(Handler(redis_client, 0), origin_of=host_of, parking=NEVER)
    await eventually(lambda: engine._parking.is_watching)
    await add_entries(redis_client, range(10))
    await eventually(lambda: is_empty(redis_client, 5, 5))


async def test_messages_that_name_no_host_are_never_parked(
    redis_client: Redis, start_engine: Any, eventually: Any
) -> None:
    await add_entries(redis_client, range(30), do="refuse")
    await start_engine(Handler(redis_client, 0), origin_of=lambda _: "unreadable", parking=NEVER)
    await eventually(lambda: is_empty(redis_client, 0, 30))
    assert not await redis_client.exists(PARKED_KEY)
