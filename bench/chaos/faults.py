"""The faults of a chaos run: seeded, logged, each of them something that happens to real services."""

import asyncio
import random
import shutil
import signal
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE, GROUP_STORE

from .field import VISIBILITY_S, Field
from .network_faults import (
    abandon_connections,
    partition,
    refuse_connections,
    reset_connections,
    slow_network,
)

SERVER_AWAY_S = 0.7
SERVER_FULL_S = 2.0
DISK_FULL_S = 3.0
DATABASE_AWAY_S = 1.0
CLOCK_STEPS_S = (3_600, -3_600)
TAIL_BYTES = 60_000  # some tens of entries

Fault = Callable[[Field, random.Random], Awaitable[None]]


async def kill_service(field: Field, chance: random.Random) -> None:
    """A crash."""
    slot = chance.choice(sorted(field.services))
    field.note("kill -9", slot)
    field.services[slot].send(signal.SIGKILL)


async def kill_stage(field: Field, chance: random.Random) -> None:
    """A crash of every replica of one service at once."""
    service = chance.choice(["ingest", "normalize", "store"])
    for slot in sorted(field.services):
        if slot.startswith(service):
            field.note("kill -9", slot)
            field.services[slot].send(signal.SIGKILL)


async def end_service(field: Field, chance: random.Random) -> None:
    """A deployment."""
    slot = chance.choice(sorted(field.services))
    field.note("SIGTERM", slot)
    field.services[slot].send(signal.SIGTERM)


async def stop_service(field: Field, chance: random.Random) -> None:
    """A zombie: stopped for twice the visibility time, then continued."""
    slot = chance.choice(sorted(field.services))
    process = field.services[slot]
    field.note("SIGSTOP", slot)
    process.send(signal.SIGSTOP)
    await asyncio.sleep(2 * VISIBILITY_S)
    process.send(signal.SIGCONT)


async def kill_server(field: Field, chance: random.Random) -> None:
    """Redis crashes and comes back with its file."""
    field.note("Redis kill -9")
    with field.held_servers():
        field.server.process.kill()
        field.server.process.wait()
        await asyncio.sleep(SERVER_AWAY_S)
        field.restart_server()


async def cut_tail(field: Field, chance: random.Random) -> None:
    """The machine loses power: Redis's file ends a little earlier than Redis had said."""
    field.server.process.kill()
    field.server.process.wait()
    files = (field.server.data_dir / "appendonlydir").glob("*.incr.aof")
    tail = max(files, key=lambda file: file.stat().st_mtime)
    size = tail.stat().st_size
    kept = max(size - chance.randrange(1, TAIL_BYTES), size // 2)
    field.note("Redis kill -9")
    field.note("AOF tail cut", f"by {size - kept:,} bytes")
    with tail.open("rb+") as file:
        file.truncate(kept)
    field.restart_server()


async def flush_server(field: Field, chance: random.Random) -> None:
    """Everything in Redis is gone."""
    field.note("FLUSHALL")
    async with Redis.from_url(field.server.url) as redis:
        await redis.flushall()


async def lose_server(field: Field, chance: random.Random) -> None:
    """Redis is gone for good, and an empty one stands in its place."""
    field.note("Redis lost")
    with field.held_servers():
        field.server.process.kill()
        field.server.process.wait()
        shutil.rmtree(field.server.data_dir / "appendonlydir")
        await asyncio.sleep(SERVER_AWAY_S)
        field.restart_server()


async def fill_server(field: Field, chance: random.Random) -> None:
    """Redis is out of memory for a while."""
    field.note("Redis out of memory")
    async with Redis.from_url(field.server.url) as redis:
        await redis.config_set("maxmemory", "1mb")
        await asyncio.sleep(SERVER_FULL_S)
        await redis.config_set("maxmemory", "0")


async def destroy_group(field: Field, chance: random.Random) -> None:
    """Somebody's mistake."""
    stream, group = chance.choice([(ARTICLES_RAW, GROUP_NORMALIZE), (ARTICLES_NORMALIZED, GROUP_STORE)])
    field.note("group destroyed", stream)
    async with Redis.from_url(field.server.url) as redis:
        await redis.xgroup_destroy(stream, group)


async def fill_disk(field: Field, chance: random.Random) -> None:
    """The archive's disk is full for a while."""
    stores = field.stores()
    if field.postgres is not None and field.disk.kind != "tmpfs":
        raise OSError("PostgreSQL's files cannot be limited from here")
    field.note("disk full", field.disk.kind)
    field.disk.fill(stores)
    await asyncio.sleep(DISK_FULL_S)
    field.disk.free(stores)


async def step_clock(field: Field, chance: random.Random) -> None:
    """The machine's wall clock is set an hour ahead or back, or put right again."""
    if field.clock is None:
        raise OSError("this run has no clock to step")
    offset_s = chance.choice(CLOCK_STEPS_S) if field.clock.offset_s == 0 else 0
    field.note("clock step", f"to {offset_s:+d} s")
    field.clock.step(offset_s)


async def restart_postgres(field: Field, chance: random.Random) -> None:
    """PostgreSQL ends at once, as in a crash, and recovers from its log when it is back."""
    if field.postgres is None:
        raise OSError("this run has no PostgreSQL")
    field.note("PostgreSQL restart")
    with field.held_servers():
        field.postgres.crash()
        await asyncio.sleep(DATABASE_AWAY_S)
        field.postgres = field.postgres.restart()


async def drop_connections(field: Field, chance: random.Random) -> None:
    """PostgreSQL ends every connection, in the middle of whatever it did."""
    if field.postgres is None:
        raise OSError("this run has no PostgreSQL")
    field.note("PostgreSQL drops connections")
    connection = await asyncpg.connect(
        host="127.0.0.1", port=field.postgres.port, user="cleanwire", database="postgres", timeout=5
    )
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cleanwire'"
    )
    await connection.close()


FAULTS: dict[str, Fault] = {
    "kill": kill_service,
    "stage": kill_stage,
    "term": end_service,
    "zombie": stop_service,
    "redis": kill_server,
    "tail": cut_tail,
    "flush": flush_server,
    "lost": lose_server,
    "full": fill_server,
    "group": destroy_group,
    "reset": reset_connections,
    "partition": partition,
    "refuse": refuse_connections,
    "abandon": abandon_connections,
    "slow": slow_network,
    "disk": fill_disk,
    "clock": step_clock,
    "postgres": restart_postgres,
    "drop": drop_connections,
}
_EVERYWHERE = ("kill", "kill", "kill", "kill", "stage", "term", "zombie", "redis", "tail", "full", "group")
LOSSES = ("flush", "lost")  # in runs of their own: everything is polled again each time
_NETWORK = ("reset", "partition", "refuse", "abandon", "slow")
DECKS = {
    "sqlite": (*_EVERYWHERE, *_NETWORK, "disk"),
    "postgresql": (*_EVERYWHERE, *_NETWORK, "disk", "postgres", "drop"),
}
"""How often each fault is dealt, by topology, in one round."""


async def hurt(
    field: Field, until: Callable[[], bool], every_s: float, seed: int, deck: Sequence[str]
) -> None:
    """Deal the deck of faults, shuffled anew each round, until the time is over; then let everything run."""
    chance, cards = random.Random(seed), list[str]()
    while not until():
        cards = cards or chance.sample(deck, len(deck))
        if cards:
            await _deal(cards.pop(), field, chance)
        await asyncio.sleep(every_s)


async def _deal(name: str, field: Field, chance: random.Random) -> None:
    try:
        await FAULTS[name](field, chance)
    except (RedisError, OSError, asyncpg.PostgresError) as error:
        field.remark(f"({name} itself failed: {error})")
