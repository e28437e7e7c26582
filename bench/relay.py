"""Appends per second of the relay and the time of a whole rebuild, on both databases: `./run bench relay`."""

import argparse
import asyncio
import json
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bench.embedded_postgres import start_postgres
from bench.export import put_announcements
from services.console.local.embedded_valkey import start_valkey
from services.contracts.streams import ARTICLES_CLEANED
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.relay.outbox import allot_ids
from services.store.relay.relay import Relay
from services.store.relay.relaying import now_ms, rebuild

BODY_CHARS = 4_600  # with the attributes an entry of 5 KB
PUT_AT_ONCE = 5_000


async def announce(database: Database, entries: int) -> None:
    """Fill the outbox with entries of 5 KB."""
    for first in range(0, entries, PUT_AT_ONCE):
        rows = [_row(number) for number in range(first, min(first + PUT_AT_ONCE, entries))]
        await database.write(partial(put_announcements, rows))


def _row(number: int) -> dict[str, str]:
    fields = {
        "specversion": "1.0",
        "id": f"{number:032x}:1",
        "type": "cleanwire.article.published.v1",
        "source": "/cleanwire/store",
        "time": "2026-11-20T12:00:00Z",
        "subject": f"{number:032x}",
        "data": json.dumps({"text": ("слово word " * 500)[:BODY_CHARS]}, ensure_ascii=False),
    }
    return {
        "stream": ARTICLES_CLEANED,
        "event_id": fields["id"],
        "fields": json.dumps(fields, ensure_ascii=False),
    }


async def measure(database: Database, redis: Redis, entries: int) -> dict[str, float]:
    """Allot and append everything once, then flush the server and rebuild it while a subscriber reads on."""
    await migrate(database)
    await announce(database, entries)
    relay = Relay(database, redis, ARTICLES_CLEANED, now_ms)
    began = time.perf_counter()
    allotting = lambda connection: allot_ids(connection, ARTICLES_CLEANED, now_ms())  # noqa: E731
    while await database.write(allotting):
        pass
    allotted = time.perf_counter()
    while not relay.is_level:
        await relay.step()
    appended = time.perf_counter()
    before = await redis.xrange(ARTICLES_CLEANED, count=1_000)
    await redis.flushdb()
    reader = asyncio.ensure_future(_read_to_the_end(redis, entries))
    flushed = time.perf_counter()
    sent = (await rebuild(database, redis, streams=[ARTICLES_CLEANED]))[ARTICLES_CLEANED]
    rebuilt = time.perf_counter()
    read = await reader
    assert sent == read == await redis.xlen(ARTICLES_CLEANED) == entries
    assert before == await redis.xrange(ARTICLES_CLEANED, count=1_000)
    return {
        "allotted_per_s": entries / (allotted - began),
        "appended_per_s": entries / (appended - allotted),
        "rebuilt_s": rebuilt - flushed,
    }


async def _read_to_the_end(redis: Redis, entries: int) -> int:
    last, read = "0", 0
    while read < entries:
        reply: Any = await redis.xread({ARTICLES_CLEANED: last}, count=500, block=5_000)
        for _, page in reply or []:
            read, last = read + len(page), page[-1][0]
    return read


async def run(entries: int) -> None:
    """Print one line per database."""
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        valkey = start_valkey(Path(folder) / "valkey", maxmemory="4gb")
        postgres = start_postgres(durable=True)
        try:
            print(f"{entries} entries of 5 KB, valkey with its append-only file, a subscriber reading on")
            print(f"{'database':<12}{'allotted/s':>12}{'appended/s':>12}{'rebuild s':>12}")
            for name, url in (
                ("sqlite", f"sqlite:///{folder}/archive.db"),
                ("postgresql", postgres.url_of("cleanwire")),
            ):
                async with Redis.from_url(valkey.url) as redis:
                    await redis.flushdb()
                    database = open_database(url)
                    figures = await measure(database, redis, entries)
                    await database.close()
                print(f"{name:<12}" + "".join(f"{figure:>12,.1f}" for figure in figures.values()))
        finally:
            valkey.stop()
            postgres.stop()


def main(arguments: list[str] | None = None) -> int:
    """Run the figures."""
    parser = argparse.ArgumentParser(prog="./run bench relay", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000, help="how many entries (100000)")
    asyncio.run(run(parser.parse_args(arguments).entries))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
