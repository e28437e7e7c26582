"""How much of what Redis has confirmed is not on its disk yet, by `appendfsync`, and what that costs: `./run bench durability`."""

import argparse
import asyncio
import ctypes
import os
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis

from services.console.local.embedded_valkey import start_valkey

BODY = b"x" * 5_000
WAYS = ("everysec", "always")
CACHESTAT = 451  # Linux 6.5 or newer, x86-64 and arm64 alike: cachestat(2)
PAGE_BYTES = os.sysconf("SC_PAGESIZE")


class _Range(ctypes.Structure):
    _fields_ = (("off", ctypes.c_uint64), ("len", ctypes.c_uint64))


class _Cache(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("cached", "dirty", "writing", "evicted", "recent"))


@dataclass
class Durability:
    """The age in seconds of the oldest confirmed entry that was not on disk, after each entry; 0 where all were."""

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
    """Write 5 KB entries as fast as one client can; after each confirmation look at the server's file."""
    server = start_valkey(folder)
    try:
        async with Redis.from_url(server.url) as redis:
            await redis.config_set("appendfsync", way)
            await redis.config_set("auto-aof-rewrite-percentage", 0)  # one file to the end
            (file,) = folder.glob("**/*.incr.aof")  # noqa: ASYNC240 - once, before anything is timed
            with file.open("rb") as appended:
                return await _write(redis, seconds, lambda: _look(appended.fileno()))
    finally:
        server.stop()


async def _write(redis: Redis, seconds: float, look: Callable[[], tuple[int, int]]) -> Durability:
    found, began = Durability(), time.monotonic()
    confirmed: deque[tuple[int, float]] = (
        deque()
    )  # how long the file was when, entries that are on disk taken off
    while (now := time.monotonic()) < began + seconds:
        await redis.xadd("written", {"body": BODY}, maxlen=1_000)
        size, unwritten = look()
        confirmed.append((size, time.monotonic()))
        while confirmed and confirmed[0][0] <= size - unwritten:
            confirmed.popleft()
        found.ages_s.append(time.monotonic() - confirmed[0][1] if unwritten and confirmed else 0.0)
        found.bytes_at_most = max(found.bytes_at_most, unwritten)
    found.took_s = now - began
    return found


def _look(descriptor: int) -> tuple[int, int]:
    return os.fstat(descriptor).st_size, unwritten_bytes(descriptor)


def main(argv: list[str]) -> int:
    """Measure both ways."""
    parser = argparse.ArgumentParser(prog="./run bench durability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(argv)
    print(
        "| appendfsync | oldest confirmed entry not on disk, s: median, at most | KB at most | entries/s | load |"
    )
    print("|---|---|---|---|---|")
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            one = asyncio.run(measure(Path(folder), way, options.seconds))
        ages = f"{statistics.median(one.ages_s):.2f}, {max(one.ages_s):.2f}"
        rate = len(one.ages_s) / one.took_s
        print(
            f"| `{way}` | {ages} | {one.bytes_at_most / 1e3:,.0f} | {rate:,.0f} | {os.getloadavg()[0]:.0f} |",
            flush=True,
        )
    return 0
