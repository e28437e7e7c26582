"""The race: copies of one article claimed at once must not pass as new twice."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from bench.store.messages import race_messages
from services.contracts.failures import RetryLater
from services.store.archive import Archive
from services.store.claim.incoming import Incoming
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

ARTICLES = 150
SHAPES = {"sqlite": ((8, 1),), "postgresql": ((8, 1), (2, 8))}
"""Processes, and claims at once in each: alone in its transaction, and together with others."""
COUNTED = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


async def claim_at_once(url: str, incomings: Sequence[Incoming], at_once: int) -> Counter[str]:
    """The verdicts when so many tasks claim at once; what is to be tried later is, as the service does it."""
    database = open_database(url)
    archive = Archive(database, with_stories=False)
    waiting, verdicts = list(reversed(incomings)), Counter[str]()

    async def work() -> None:
        while waiting:
            incoming = waiting.pop()
            try:
                verdicts[(await archive.claim(incoming)).verdict] += 1
            except RetryLater:  # a lock that was not to be had within five seconds, on a crowded machine
                waiting.insert(0, incoming)

    await asyncio.gather(*(work() for _ in range(at_once)))
    await database.close()
    return verdicts


def _worker(url: str, incomings: Sequence[Incoming], at_once: int, start: Any, found: Any) -> None:
    start.wait()
    found.put(asyncio.run(claim_at_once(url, incomings, at_once)))


def race(url: str, incomings: Sequence[Incoming], processes: int, at_once: int = 1) -> Counter[str]:
    """The verdicts when so many processes claim (SQLite: so many tasks of one), each so many at once; dealt in turn."""
    if url.startswith("sqlite"):
        return asyncio.run(claim_at_once(url, incomings, processes * at_once))
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=_worker, args=(url, incomings[number::processes], at_once, start, found))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    verdicts = sum((found.get() for _ in workers), Counter[str]())
    for worker in workers:
        worker.join()
    return verdicts


def empty_archive(url: str) -> None:
    """Take everything out of the archive at `url`."""

    async def anew() -> None:
        database = open_database(url)
        await migrate(database, "base")
        await migrate(database)
        await database.close()

    asyncio.run(anew())


def race_runs(name: str, url: str, runs: int) -> None:
    """Print how many articles passed as new twice, beyond what one worker lets pass."""
    for processes, at_once in SHAPES[name]:
        doubles, deadlocks, began = [], _deadlocks(url), time.perf_counter()
        for seed in range(runs):
            incomings = race_messages(seed)
            empty_archive(url)
            alone = asyncio.run(claim_at_once(url, incomings, 1)) if name == "sqlite" else None
            empty_archive(url)
            together = race(url, incomings, processes, at_once)
            doubles.append(together["new"] - (alone["new"] if alone else ARTICLES))
        print(
            f"{name:<12}{runs} runs of {ARTICLES} x 5, {processes} x {at_once} at once: doubles {sum(doubles)} "
            f"(each run: {doubles}), deadlocks {_deadlocks(url) - deadlocks}, {time.perf_counter() - began:.0f} s",
            flush=True,
        )


def _deadlocks(url: str) -> int:
    """Those that PostgreSQL has counted; SQLite, with its one lock, has none."""

    async def counted() -> int:
        database = open_database(url)
        found = await database.read(lambda connection: connection.execute(COUNTED).scalar_one())
        await database.close()
        return int(found)

    return asyncio.run(counted()) if url.startswith("postgresql") else 0
