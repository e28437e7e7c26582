"""What a fail-over lost of the public stream, the relay sends again under the same ids."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import insert

from bench.sentinel_rig import sentinel_cluster
from services.contracts.streams import ARTICLES_CLEANED
from services.runtime.broker import connect_redis
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import outbox
from services.store.relay.relaying import Relaying

LAST = 3_000  # 12 MB: more than the kernel holds for a replica that does not read


async def announce(database: Database, numbers: range) -> None:
    rows = [
        {
            "stream": ARTICLES_CLEANED,
            "event_id": f"e{n}",
            "fields": json.dumps({"id": f"e{n}", "data": "x" * 4_000}),
        }
        for n in numbers
    ]
    await database.write(lambda connection: connection.execute(insert(outbox), rows))


async def entries_of(redis: Redis) -> list[Any]:
    try:
        return [(entry_id, fields[b"id"]) for entry_id, fields in await redis.xrange(ARTICLES_CLEANED)]
    except (RedisError, OSError):
        return []


@pytest.mark.timeout(150)
async def test_what_the_new_master_never_received_is_sent_again_under_the_same_ids(
    tmp_path: Path, eventually: Any
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'archive.db'}")
    await migrate(database)
    async with sentinel_cluster(tmp_path) as cluster:
        client = connect_redis(cluster.url)
        relaying = Relaying(database, client, "sole")
        tasks = [asyncio.ensure_future(task()) for task in relaying.tasks]
        async with (
            Redis.from_url(cluster.master.url) as master,
            Redis.from_url(cluster.replica.url) as replica,
        ):
            await announce(database, range(50))
            await eventually(lambda: has(master, 50))
            await eventually(lambda: has(replica, 50))
            await master.config_set("client-output-buffer-limit", "replica 1 1 1")
            cluster.replica.process.send_signal(signal.SIGSTOP)  # from here on the replica hears nothing
            await announce(database, range(50, LAST))
            await eventually(lambda: has(master, LAST))
            before = await entries_of(master)
        cluster.master.process.kill()
        cluster.master.process.wait()
        cluster.replica.process.send_signal(signal.SIGCONT)
        assert await kept_by(cluster.replica.url) < LAST, "nothing was lost, so nothing is shown"
        await eventually(lambda: has(client, LAST), within_s=60, every_s=0.1)
        assert await entries_of(client) == before
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.aclose()
    await database.close()


async def has(redis: Redis, count: int) -> bool:
    return len(await entries_of(redis)) >= count


async def kept_by(url: str) -> int:
    """What the replica has once it has read what the kernel held for it; the sentinels need a second and more."""
    counts = [-1, 0]
    async with Redis.from_url(url) as replica:
        while counts[-1] != counts[-2]:
            counts.append(await replica.xlen(ARTICLES_CLEANED))
            await asyncio.sleep(0.05)
    return counts[-1]
