"""The race: copies of one article claimed at once must not pass as new twice."""

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.store.messages import race_messages
from services.store.archive import Archive
from services.store.claim.incoming import Incoming
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

PROCESSES = 8


async def claim_at_once(url: str, incomings: Sequence[Incoming], at_once: int) -> Counter[str]:
    """The verdicts when so many tasks claim at once."""
    database = open_database(url)
    archive = Archive(database, with_stories=False)
    waiting, verdicts = list(reversed(incomings)), Counter[str]()

    async def work() -> None:
        while waiting:
            verdicts[(await archive.claim(waiting.pop())).verdict] += 1

    await asyncio.gather(*(work() for _ in range(at_once)))
    await database.close()
    return verdicts


def _worker(url: str, incomings: Sequence[Incoming], start: Any, found: Any) -> None:
    start.wait()
    found.put(asyncio.run(claim_at_once(url, incomings, 1)))


def race(url: str, incomings: Sequence[Incoming], processes: int) -> Counter[str]:
    """The verdicts when so many processes claim at once (SQLite: so many tasks of one), copies dealt in turn."""
    if url.startswith("sqlite"):
        return asyncio.run(claim_at_once(url, incomings, processes))
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(processes), context.Queue()
    workers = [
        context.Process(target=_worker, args=(url, incomings[number::processes], start, found))
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
    doubles = []
    began = time.perf_counter()
    for seed in range(runs):
        incomings = race_messages(seed)
        empty_archive(url)
        alone = asyncio.run(claim_at_once(url, incomings, 1)) if name == "sqlite" else None
        empty_archive(url)
        together = race(url, incomings, PROCESSES)
        expected = alone["new"] if alone else 150
        doubles.append(together["new"] - expected)
    print(
        f"{name:<12}{runs} runs of 150 x 5 with {PROCESSES} workers: doubles {sum(doubles)} "
        f"(each run: {doubles}), {time.perf_counter() - began:.0f} s",
        flush=True,
    )
