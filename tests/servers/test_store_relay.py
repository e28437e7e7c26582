"""The relay against a real server and both databases: whatever happens to the stream, it ends as the outbox says."""

import asyncio
import json
import random
import subprocess
import sys
import time

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError
from sqlalchemy import insert, select, text, update

from services.contracts.streams import ARTICLES_CLEANED
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import EPOCH, head, outbox
from services.store.relay.lease import Lease
from services.store.relay.outbox import entry_id_of
from services.store.relay.relay import Relay
from services.store.relay.relaying import now_ms, rebuild
from tests.store.builders import NOON

STREAM = ARTICLES_CLEANED


@pytest.fixture
async def database(database_url):
    opened = open_database(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
def relay(database, redis_client):
    return Relay(database, redis_client, STREAM, now_ms)


def row_of(number: int) -> dict:
    fields = {"specversion": "1.0", "id": f"event-{number}", "data": json.dumps({"number": number})}
    return {"stream": STREAM, "event_id": f"event-{number}", "fields": json.dumps(fields)}


async def announce(database: Database, first: int, last: int) -> None:
    rows = [row_of(number) for number in range(first, last + 1)]
    await database.write(lambda connection: connection.execute(insert(outbox), rows))


async def send_all(relay: Relay) -> int:
    sent = await relay.step()
    while not relay.is_level:
        sent += await relay.step()
    return sent


async def entries(redis: Redis) -> list[tuple[str, str]]:
    return [(entry.decode(), fields.get(b"id", b"").decode()) for entry, fields in await redis.xrange(STREAM)]


async def event_ids(redis: Redis) -> list[str]:
    return [event_id for _, event_id in await entries(redis)]


async def in_sql_order(database: Database) -> list[tuple[str, str]]:
    statement = select(outbox.c.ms, outbox.c.seq, outbox.c.event_id).where(outbox.c.fields.is_not(None))
    rows = await database.read(lambda c: c.execute(statement.order_by(outbox.c.ms, outbox.c.seq)).all())
    return [(entry_id_of((ms, seq)), event_id) for ms, seq, event_id in rows]


def events(first: int, last: int) -> list[str]:
    return [f"event-{number}" for number in range(first, last + 1)]


async def test_announcements_stand_on_the_stream_in_order_under_the_allotted_ids(
    relay, database, redis_client
):
    await announce(database, 1, 250)
    assert await send_all(relay) == 250
    assert await event_ids(redis_client) == events(1, 250)
    assert await entries(redis_client) == await in_sql_order(database)


async def test_relay_that_starts_again_sends_nothing_twice(relay, database, redis_client):
    await announce(database, 1, 30)
    await send_all(relay)
    assert await send_all(Relay(database, redis_client, STREAM, now_ms)) == 0
    assert await event_ids(redis_client) == events(1, 30)


async def test_refused_append_is_held_and_sent_when_there_is_room_again(relay, database, redis_client):
    await announce(database, 1, 5)
    await send_all(relay)
    used = (await redis_client.info("memory"))["used_memory"]
    limit = (await redis_client.config_get("maxmemory"))["maxmemory"]
    await announce(database, 6, 9)
    try:
        await redis_client.config_set("maxmemory", max(used // 2, 1))
        with pytest.raises(ResponseError, match="maxmemory"):
            await send_all(relay)
        assert await event_ids(redis_client) == events(1, 5)
    finally:
        await redis_client.config_set("maxmemory", limit)
    await send_all(relay)
    assert await event_ids(redis_client) == events(1, 9)


async def test_foreign_entry_is_noted_and_passed_and_ours_go_on_above_it(relay, database, redis_client):
    await announce(database, 1, 3)
    await send_all(relay)
    foreign = await redis_client.xadd(STREAM, {"who": "somebody else"})
    await announce(database, 4, 6)
    await send_all(relay)
    assert await event_ids(redis_client) == [*events(1, 3), "", *events(4, 6)]
    await send_all(Relay(database, redis_client, STREAM, now_ms))
    assert (await entries(redis_client))[3][0] == foreign.decode()
    assert await redis_client.xlen(STREAM) == 7


async def test_foreign_entry_that_hits_the_very_id_we_allotted_loses_nothing(relay, database, redis_client):
    await announce(database, 1, 3)
    await send_all(relay)
    await announce(database, 4, 5)
    await relay._allot()
    fourth = (await in_sql_order(database))[3][0]
    await redis_client.xadd(STREAM, {"who": "somebody else"}, id=fourth)
    await send_all(relay)
    assert await event_ids(redis_client) == [*events(1, 3), "", *events(4, 5)]


async def test_foreign_entry_below_waiting_rows_moves_them_above_it(relay, database, redis_client):
    await announce(database, 1, 3)
    await send_all(relay)
    await announce(database, 4, 5)
    await relay._allot()
    await redis_client.xadd(STREAM, {"who": "somebody from the future"}, id=f"{now_ms() + 60_000}-0")
    await send_all(relay)
    assert await event_ids(redis_client) == [*events(1, 3), "", *events(4, 5)]
    assert await entries(redis_client) == sorted(await entries(redis_client), key=lambda entry: entry[0])


async def cut_tail(redis: Redis, keep: int) -> None:
    """As a server that restarts with a shorter append-only file: the newest entries and the last id are gone."""
    kept = await redis.xrange(STREAM, count=keep)
    await redis.delete(STREAM)
    for entry_id, fields in kept:
        await redis.xadd(STREAM, fields, id=entry_id)


async def test_lost_tail_is_sent_again_under_the_same_ids(relay, database, redis_client):
    await announce(database, 1, 50)
    await send_all(relay)
    before = await entries(redis_client)
    await cut_tail(redis_client, 31)
    await announce(database, 51, 53)
    await send_all(relay)
    await send_all(relay)
    assert (await entries(redis_client))[:50] == before
    assert await event_ids(redis_client) == events(1, 53)


async def test_lost_tail_with_a_foreign_entry_on_top_is_repaired(relay, database, redis_client):
    await announce(database, 1, 20)
    await send_all(relay)
    await cut_tail(redis_client, 12)
    await redis_client.xadd(STREAM, {"who": "somebody else"})
    relay.forget_position()
    await send_all(relay)
    assert await event_ids(redis_client) == [*events(1, 12), "", *events(13, 20)]


async def test_flushed_stream_is_rebuilt_under_the_same_ids_by_a_live_relay(relay, database, redis_client):
    await announce(database, 1, 230)
    await send_all(relay)
    before = await entries(redis_client)
    await redis_client.flushdb()
    relay.forget_position()  # what the loop does every second when idle
    await send_all(relay)
    assert await entries(redis_client) == before


async def test_new_row_right_after_a_flush_does_not_bar_the_older_ones(relay, database, redis_client):
    await announce(database, 1, 40)
    await send_all(relay)
    before = await entries(redis_client)
    await redis_client.flushdb()
    await announce(database, 41, 42)
    await send_all(relay)
    await send_all(relay)
    assert (await entries(redis_client))[:40] == before
    assert await event_ids(redis_client) == events(1, 42)


async def test_wholly_foreign_stream_moves_aside_and_ours_is_rebuilt(relay, database, redis_client):
    await announce(database, 1, 10)
    await send_all(relay)
    before = await entries(redis_client)
    await redis_client.flushdb()
    await redis_client.xadd(STREAM, {"who": "somebody else"})
    relay.forget_position()
    await send_all(relay)
    assert await entries(redis_client) == before
    [aside] = await redis_client.keys(f"{STREAM}.foreign.*")
    assert await redis_client.xlen(aside) == 1


async def test_database_restored_from_a_backup_sends_nothing_twice(relay, database, redis_client):
    await announce(database, 1, 20)
    await send_all(relay)

    def restore(connection):  # the backup is older than events 16 to 20, which are then announced anew
        connection.execute(
            text(
                "DELETE FROM outbox WHERE event_id IN ('event-16','event-17','event-18','event-19','event-20')"
            )
        )
        last = connection.execute(
            select(outbox.c.ms, outbox.c.seq).where(outbox.c.event_id == "event-15")
        ).one()
        connection.execute(update(head).values(ms=last.ms, seq=last.seq))

    await database.write(restore)
    await announce(database, 16, 23)
    fresh = Relay(database, redis_client, STREAM, now_ms)
    await send_all(fresh)
    await send_all(fresh)
    assert await event_ids(redis_client) == events(1, 23)
    assert await entries(redis_client) == await in_sql_order(database)


async def test_clock_that_steps_back_keeps_the_ids_rising(database, redis_client):
    clock = iter([5_000_000, 1_400_000, 1_400_001, 6_000_000])
    relay = Relay(database, redis_client, STREAM, lambda: next(clock))
    for first in (1, 3, 5, 7):
        await announce(database, first, first + 1)
        await send_all(relay)
    ids = [entry for entry, _ in await entries(redis_client)]
    assert ids[:4] == ["5000000-0", "5000000-1", "5000000-2", "5000000-3"]
    assert ids[-2:] == ["6000000-0", "6000000-1"]
    assert await event_ids(redis_client) == events(1, 8)


async def test_forgotten_row_is_left_out_of_a_rebuild(relay, database, redis_client):
    await announce(database, 1, 10)
    await send_all(relay)
    gone = update(outbox).where(outbox.c.event_id == "event-4").values(fields=None)
    await database.write(lambda connection: connection.execute(gone))
    await redis_client.flushdb()
    assert await rebuild(database, redis_client, streams=[STREAM]) == {STREAM: 9}
    assert await event_ids(redis_client) == [event for event in events(1, 10) if event != "event-4"]


async def test_lease_passes_on_when_it_expires_or_is_released(database):
    first, second = Lease(database, "relay x", "first"), Lease(database, "relay x", "second")
    assert await first.hold(NOON)
    assert not await second.hold(NOON)
    await first.release()
    assert await second.hold(NOON)
    assert await Lease(database, "relay x", "third").hold(NOON.replace(hour=13))
    assert EPOCH < NOON


async def test_lease_from_a_clock_that_was_set_back_since_binds_nobody(database):
    assert await Lease(database, "relay x", "first").hold(NOON)
    assert await Lease(database, "relay x", "second").hold(NOON.replace(hour=11))


RELAY_PROCESS = """
import asyncio, sys
from redis.asyncio import Redis
from services.store.database.opening import open_database
from services.store.relay.relay import Relay
from services.store.relay.relaying import now_ms
async def main():
    database, redis = open_database(sys.argv[1]), Redis.from_url(sys.argv[2])
    relay = Relay(database, redis, sys.argv[3], now_ms)
    while True:
        if not await relay.step():
            await asyncio.sleep(0.005)
asyncio.run(main())
"""


def start_relay(database_url: str, redis_url: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", RELAY_PROCESS, database_url, redis_url, STREAM])


async def test_two_relays_at_once_and_kill_9_neither_lose_nor_double_nor_reorder(
    database, database_url, redis_url, redis_client
):
    total, rng = 3_000, random.Random(7)
    relays = [start_relay(database_url, redis_url) for _ in range(2)]
    try:
        for first in range(1, total, 300):
            await announce(database, first, first + 299)
            await until_length(redis_client, first + 60)  # the relays are in the middle of their work
            victim = rng.randrange(2)
            relays[victim].kill()
            relays[victim].wait()
            relays[victim] = start_relay(database_url, redis_url)
        await until_length(redis_client, total)
    finally:
        for process in relays:
            process.kill()
            process.wait()
    assert await entries(redis_client) == await in_sql_order(database)
    assert sorted(await event_ids(redis_client)) == sorted(events(1, total))


async def until_length(redis: Redis, length: int) -> None:
    deadline = time.monotonic() + 40
    while await redis.xlen(STREAM) < length:
        assert time.monotonic() < deadline, "the relays have stopped"
        await asyncio.sleep(0.002)
