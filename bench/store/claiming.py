"""Claims of new articles by tasks of one process or by several processes, and what each cost."""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.store.messages import make_incomings
from services.runtime.collector import spare_what_is_there
from services.store.archive import Archive
from services.store.claim.incoming import Incoming
from services.store.database.opening import open_database

WARM = 50
"""Claims before the first that counts: each connection prepares its statements once in its life."""


@dataclass
class Claimed:
    """What claiming cost: seconds of each claim, of all, of this process's CPU; articles compared."""

    took: list[float] = field(default_factory=list)
    whole: float = 0.0
    cpu: float = 0.0
    compared: int = 0


async def claim_all(url: str, incomings: Sequence[Incoming], at_once: int) -> Claimed:
    """Claim with so many tasks; the first WARM don't count."""
    database = open_database(url)
    archive = Archive(database, with_stories=False)
    await _claim_each(archive, incomings[:WARM], at_once)
    spare_what_is_there()  # as a store does before its first message
    began, cpu = time.perf_counter(), time.process_time()
    found = await _claim_each(archive, incomings[WARM:], at_once)
    found.whole, found.cpu = time.perf_counter() - began, time.process_time() - cpu
    await database.close()
    return found


async def _claim_each(archive: Archive, incomings: Sequence[Incoming], at_once: int) -> Claimed:
    waiting, found = list(reversed(incomings)), Claimed()

    async def work() -> None:
        while waiting:
            incoming = waiting.pop()
            began = time.perf_counter()
            settled = await archive.claim(incoming)
            found.compared += settled.compared
            found.took.append(time.perf_counter() - began)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return found


def _worker(url: str, seed: int, count: int, at_once: int, start: Any, found: Any) -> None:
    incomings = make_incomings(WARM + count, seed)
    start.wait()
    found.put(asyncio.run(claim_all(url, incomings, at_once)))


def claim_in_processes(url: str, processes: int, count: int, at_once: int) -> list[Claimed]:
    """Claim new articles in so many processes at once."""
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(processes), context.Queue()
    seeds = [time.time_ns() + number for number in range(processes)]
    workers = [
        context.Process(target=_worker, args=(url, seed, count // processes, at_once, start, found))
        for seed in seeds
    ]
    for worker in workers:
        worker.start()
    results = [found.get() for _ in workers]
    for worker in workers:
        worker.join()
    return results
