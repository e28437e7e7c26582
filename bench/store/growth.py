"""Claims at one size of the archive after another: rate, latency, CPU, candidates, bytes on disk."""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Connection, text

from bench.embedded_postgres import EmbeddedPostgres
from bench.store.claiming import Claimed, claim_in_processes
from bench.store.filling import fill, last_number
from services.store.database.migrate import migrate
from services.store.database.opening import open_database

ROUNDS = 5  # of which the one of the median rate is told: a shared machine has slow seconds
HEADING = (
    f"{'database':<12}{'stored':>10}{'claims/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms/claim':>14}{'compared':>10}"
    f"{'index B/art':>13}{'on disk MB':>12}"
)


@dataclass(frozen=True)
class Size:
    """What claims cost at one size; `load` is the machine's, for the rate and the latencies depend on it."""

    database: str
    stored: int
    claims_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    compared: float
    index_bytes: float
    disk_mb: float
    load: float
    filled_in_s: float

    def line(self) -> str:
        """A line of the table."""
        return (
            f"{self.database:<12}{self.stored:>10,}{self.claims_per_s:>10,.0f}{self.p50_ms:>9.2f}{self.p99_ms:>9.2f}"
            f"{self.cpu_ms:>14.2f}{self.compared:>10.2f}{self.index_bytes:>13,.0f}{self.disk_mb:>12,.0f}"
            f"   load {self.load:.1f}, filled in {self.filled_in_s:.0f} s"
        )


@dataclass(frozen=True)
class Asked:
    """How to measure: claims at each size; store processes on PostgreSQL, and how many claims each has at once."""

    claims: int
    processes: int
    at_once: int


def grow(name: str, url: str, sizes: Sequence[int], server: EmbeddedPostgres, asked: Asked) -> Iterator[Size]:
    """Print a line for each size; gives them as they come."""
    for size in sizes:
        began = time.perf_counter()
        asyncio.run(_filled(url, size))
        found = asyncio.run(_measured(name, url, server, asked, time.perf_counter() - began))
        print(found.line(), flush=True)
        yield found


async def _filled(url: str, size: int) -> None:
    database = open_database(url)
    await migrate(database)
    await fill(database, size)
    await database.close()


def write_figures(sizes: Sequence[Size], file: Path) -> None:
    """Keep the figures, for the chart."""
    file.write_text(json.dumps([asdict(size) for size in sizes], indent=1) + "\n", encoding="utf-8")


async def _measured(name: str, url: str, server: EmbeddedPostgres, asked: Asked, filled: float) -> Size:
    database = open_database(url)
    stored = await database.read(last_number)
    index, disk = await database.read(_index_bytes) / stored, await database.read(_disk_bytes) / 1e6
    await database.close()
    processes, at_once = (1, 16) if name == "sqlite" else (asked.processes, asked.at_once)
    rounds: list[Size] = []
    for _ in range(ROUNDS):
        before = _server_cpu_s(server)
        results = await asyncio.to_thread(claim_in_processes, url, processes, asked.claims, at_once)
        cpu = sum(one.cpu for one in results) + _server_cpu_s(server) - before
        rounds.append(_size(name, stored, results, cpu, (index, disk, os.getloadavg()[0], filled)))
    return sorted(rounds, key=attrgetter("claims_per_s"))[ROUNDS // 2]


def _size(
    name: str, stored: int, results: Sequence[Claimed], cpu: float, facts: tuple[float, float, float, float]
) -> Size:
    took = sorted(one for result in results for one in result.took)
    rate = sum(len(result.took) / result.whole for result in results)
    p50, p99 = 1e3 * statistics.median(took), 1e3 * took[int(len(took) * 0.99)]
    compared = sum(one.compared for one in results) / len(took)
    return Size(name, stored, rate, p50, p99, 1e3 * cpu / len(took), compared, *facts)


def _index_bytes(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        sizes = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname ~ '^sketch(_|$)' AND relkind = 'r'"
        return int(connection.execute(text(sizes)).scalar_one())
    return int(connection.execute(text("SELECT sum(pgsize) FROM dbstat WHERE name = 'sketch'")).scalar_one())


def _disk_bytes(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages = connection.execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return int(pages.scalar_one())


def _server_cpu_s(server: EmbeddedPostgres) -> float:
    """CPU seconds of the server so far, of backends that have ended too."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
