"""How much of what a server has confirmed is not on its disk yet, and what that costs: `./run bench durability`."""

import argparse
import asyncio
import ctypes
import itertools
import os
import statistics
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import text

from bench.embedded_postgres import start_postgres
from services.console.local.embedded_valkey import start_valkey
from services.store.database.opening import open_database

BODY = b"x" * 5_000
CACHESTAT = 451  # Linux 6.5 or newer, x86-64 and arm64 alike: cachestat(2)
PAGE_BYTES = os.sysconf("SC_PAGESIZE")

Write = Callable[[], Awaitable[Any]]
Look = Callable[[], tuple[int, int]]  # how long the file is, and how much of it is not on disk, in bytes
Written = tuple[Write, Look]


class _Range(ctypes.Structure):
    _fields_ = (("off", ctypes.c_uint64), ("len", ctypes.c_uint64))


class _Cache(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("cached", "dirty", "writing", "evicted", "recent"))


@dataclass
class Durability:
    """The age in seconds of the oldest confirmed write that was not on disk, after each write; 0 where all were."""

    ages_s: list[float] = field(default_factory=list)
    bytes_at_most: int = 0
    took_s: float = 0.0


def unwritten_bytes(descriptor: int) -> int:
    """What the system holds of a file and the disk does not yet have, in whole pages. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    whole, cache = _Range(0, 0), _Cache()
    if libc.syscall(CACHESTAT, descriptor, ctypes.byref(whole), ctypes.byref(cache), 0):
        raise OSError(ctypes.get_errno(), "cachestat: this needs Linux 6.5 or newer")
    return int(cache.dirty + cache.writing) * PAGE_BYTES


async def measure(folder: Path, way: str, seconds: float) -> Durability:
    """Write 5 KB as often as one client can; after each confirmation look at the file the server wrote it to."""
    async with WAYS[way](folder) as (write, look):
        found, began = Durability(), time.monotonic()
        confirmed: deque[tuple[int, float]] = (
            deque()
        )  # how long the file was when; what is on disk is taken off
        while (now := time.monotonic()) < began + seconds:
            await write()
            length, unwritten = look()
            confirmed.append((length, time.monotonic()))
            while confirmed and confirmed[0][0] <= length - unwritten:
                confirmed.popleft()
            found.ages_s.append(time.monotonic() - confirmed[0][1] if confirmed else 0.0)
            found.bytes_at_most = max(found.bytes_at_most, unwritten)
        found.took_s = now - began
        return found


@asynccontextmanager
async def _redis(folder: Path, appendfsync: str) -> AsyncIterator[Written]:
    server = start_valkey(folder)
    try:
        async with Redis.from_url(server.url) as redis:
            await redis.config_set("appendfsync", appendfsync)
            await redis.config_set("auto-aof-rewrite-percentage", 0)  # one file to the end
            (file,) = folder.glob("**/*.incr.aof")  # noqa: ASYNC240 - once, before anything is timed
            with file.open("rb") as appended:
                yield (
                    lambda: redis.xadd("written", {"body": BODY}, maxlen=1_000),
                    lambda: (os.fstat(appended.fileno()).st_size, unwritten_bytes(appended.fileno())),
                )
    finally:
        server.stop()


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Written]:
    file = folder / "archive.db"
    async with _archive(f"sqlite:///{file}", lambda: file.with_name("archive.db-wal")) as written:
        yield written


@asynccontextmanager
async def _postgres(folder: Path) -> AsyncIterator[Written]:
    server = start_postgres(durable=True)
    log = server.folder / "cluster" / "pg_wal"
    try:
        segments = lambda: max(log.glob("0*"), key=lambda file: file.stat().st_mtime_ns)  # noqa: E731
        async with _archive(server.url_of("cleanwire"), segments) as written:
            yield written
    finally:
        server.stop()


@asynccontextmanager
async def _archive(url: str, newest: Callable[[], Path]) -> AsyncIterator[Written]:
    """The archive's own database and its transactions; `newest` is the file of its log that was written last."""
    database, commits = open_database(url), itertools.count(1)
    await database.write(lambda connection: connection.execute(text("CREATE TABLE written (body TEXT)")))
    insert = text("INSERT INTO written VALUES (:body)")

    def look() -> tuple[int, int]:
        """A log's length says nothing: of a file that is not whole on disk every commit counts as not there."""
        number = next(commits)
        with newest().open("rb") as file:
            return number, number if unwritten_bytes(file.fileno()) else 0

    try:
        yield (
            lambda: database.write(lambda connection: connection.execute(insert, {"body": BODY.decode()})),
            look,
        )
    finally:
        await database.close()


WAYS: dict[str, Callable[[Path], AbstractAsyncContextManager[Written]]] = {
    "Redis, `appendfsync everysec`": partial(_redis, appendfsync="everysec"),
    "Redis, `appendfsync always`": partial(_redis, appendfsync="always"),
    "SQLite": _sqlite,
    "PostgreSQL": _postgres,
}


def main(argv: list[str]) -> int:
    """Measure each way of writing."""
    parser = argparse.ArgumentParser(prog="./run bench durability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(argv)
    print("| server | oldest confirmed and not on disk, s: median, at most | KB at most | writes/s | load |")
    print("|---|---|---|---|---|")
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            one = asyncio.run(measure(Path(folder), way, options.seconds))
        ages = f"{statistics.median(one.ages_s):.2f}, {max(one.ages_s):.2f}"
        rate = f"{len(one.ages_s) / one.took_s:,.0f}"
        print(
            f"| {way} | {ages} | {one.bytes_at_most / 1e3:,.0f} | {rate} | {os.getloadavg()[0]:.0f} |",
            flush=True,
        )
    return 0
