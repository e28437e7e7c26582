"""How replicas of the real services share their work, and how soon after one dies or comes: three of each, PostgreSQL."""

import asyncio
import contextlib
import itertools
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

from bench.embedded_postgres import start_postgres
from bench.pipeline_rig import Service
from bench.pipeline_web import PAGE, host_of, many_hosts
from services.console.local.embedded_valkey import start_valkey
from services.contracts.messages import FetchRequest
from services.contracts.streams import (
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    FETCH_REQUESTS,
    GROUP_INGEST,
    GROUP_NORMALIZE,
    GROUP_STORE,
)
from services.runtime.broker import connect_redis
from services.runtime.wire import publish

STAGES = {
    "ingest": (FETCH_REQUESTS, GROUP_INGEST),
    "normalize": (ARTICLES_RAW, GROUP_NORMALIZE),
    "store": (ARTICLES_NORMALIZED, GROUP_STORE),
}
REPLICAS, HOSTS = 3, 60
VISIBILITY_S = 5.0
READY_S = 60.0
LOOK_S = 0.1


@dataclass(frozen=True)
class Shares:
    """What the replicas of one service did: messages of each in a window of even work, after one died, after one came.

    `taken_over_s`: from the `kill -9` of one until nothing of its is left pending; `joined_s`: from the first message
    of a new one until it has done its even share of all messages since, at 20 % less. `cpu_ms` for a message, in the
    first window.
    """

    even: list[int]
    without_one: list[int]
    with_new: list[int]
    taken_over_s: float
    joined_s: float
    cpu_ms: float


def imbalance(counts: list[int]) -> float:
    """Between the busiest and the idlest, as a share of the mean."""
    return (max(counts) - min(counts)) / (sum(counts) / len(counts)) if sum(counts) else float("nan")


async def measure_shares(per_s: float, window_s: float) -> dict[str, Shares]:
    """Three replicas of each service at a steady rate; one of each is killed, then one of each is started."""
    with tempfile.TemporaryDirectory() as name, many_hosts(HOSTS) as port:
        field = _Field(Path(name), port)
        try:
            async with field.feeding(per_s):
                return await _walk(field, window_s)
        finally:
            await field.close()


async def _walk(field: "_Field", window_s: float) -> dict[str, Shares]:
    await field.all_work(REPLICAS)
    before = field.cpu_s()
    even = await field.window(window_s)
    cpu_s = {name: spent - before[name] for name, spent in field.cpu_s().items()}
    killed_at = time.monotonic()
    taken_over = await field.kill_one_of_each(killed_at)
    without_one = await field.window(window_s)
    began = field.add_one_of_each()
    await field.all_work(REPLICAS)
    with_new = await field.window(window_s)
    return {
        name: Shares(
            even[name],
            without_one[name],
            with_new[name],
            taken_over[name],
            joined_after(field.times_of(name), began),
            1e3 * cpu_s[name] / max(sum(even[name]), 1),
        )
        for name in STAGES
    }


def joined_after(times: list[list[float]], since: float) -> float:
    """Seconds from the newest replica's first message until its share of all messages since has become 80 % of even.

    `times` are each replica's, the newest one last, in seconds since 1970. Infinite where it never does.
    """
    newest = times[-1]
    first = newest[0] if newest else since
    done = sorted((at, n == len(times) - 1) for n, each in enumerate(times) for at in each if at >= first)
    own = 0
    for total, (at, is_newest) in enumerate(done, start=1):
        own += is_newest
        if total >= len(times) * 4 and own >= 0.8 * total / len(times):  # a handful says nothing yet
            return at - first
    return float("inf")


class _Field:
    """The servers, the web and the replicas of one run."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._hosts = [f"{host_of(n)}:{port}" for n in range(HOSTS)]
        self._server = start_valkey(folder / "valkey")
        self._postgres = start_postgres()
        (folder / "topics").mkdir()
        (folder / "none.toml").write_text("")
        self.redis: Redis = connect_redis(self._server.url)
        self._services = {name: [self._service(name) for _ in range(REPLICAS)] for name in STAGES}
        self._numbers = itertools.count()

    def _service(self, name: str) -> Service:
        environ = {
            "CLEANWIRE_REDIS_URL": self._server.url,
            "CLEANWIRE_DATABASE_URL": self._postgres.url_of("cleanwire"),
            "CLEANWIRE_DATA_DIR": str(self._folder),
            "CLEANWIRE_TOPICS_DIR": str(self._folder / "topics"),
            "CLEANWIRE_SOURCES_FILE": str(self._folder / "none.toml"),
            "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(self._hosts),
            "CLEANWIRE_CONTACT": "bench@example.org",
            "CLEANWIRE_HOST_GAP_S": "0",
            "CLEANWIRE_VISIBILITY_S": str(VISIBILITY_S),
        }
        return Service(name, self._folder, environ)

    @contextlib.asynccontextmanager
    async def feeding(self, per_s: float) -> AsyncIterator[None]:
        """Requests at a steady rate while inside, from one host after the other."""
        feeding = asyncio.create_task(self._feed(per_s))
        try:
            yield
        finally:
            feeding.cancel()

    async def _feed(self, per_s: float) -> None:
        began, sent = time.monotonic(), 0
        for number in self._numbers:
            await asyncio.sleep(max(0.0, began + sent / per_s - time.monotonic()))
            host, sent = self._hosts[number % HOSTS], sent + 1
            await publish(
                self.redis, FETCH_REQUESTS, FetchRequest(url=f"http://{host}{PAGE}{number}", why="bench")
            )

    async def all_work(self, replicas: int) -> None:
        """Wait until that many living replicas of each service have handled a message."""
        deadline = time.monotonic() + READY_S
        while any(sum(bool(one.handled()) for one in self._living(name)) < replicas for name in STAGES):
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join(one.told() for each in self._services.values() for one in each))
            await asyncio.sleep(5 * LOOK_S)

    async def window(self, seconds: float) -> dict[str, list[int]]:
        """How many messages each living replica handles within the next seconds."""
        began = time.time()
        await asyncio.sleep(seconds)
        return {
            name: [sum(began <= at < began + seconds for at in one.handled()) for one in self._living(name)]
            for name in STAGES
        }

    def cpu_s(self) -> dict[str, float]:
        """Processor seconds of the living replicas of each service until now."""
        return {name: sum(one.cost().cpu_s for one in self._living(name)) for name in STAGES}

    async def kill_one_of_each(self, at: float) -> dict[str, float]:
        """`kill -9` for the first replica of each service; seconds until nothing of it is left pending."""
        held = {name: self._services[name][0] for name in STAGES}
        for service in held.values():
            service.kill()
        over: dict[str, float] = {}
        while len(over) < len(STAGES):
            for name in STAGES.keys() - over.keys():
                if not await self._pending_of(name, held[name].pid):
                    over[name] = time.monotonic() - at
            await asyncio.sleep(LOOK_S)
        return over

    def add_one_of_each(self) -> float:
        """One new replica for each service; when, in seconds since 1970."""
        for name in STAGES:
            self._services[name].append(self._service(name))
        return time.time()

    def times_of(self, name: str) -> list[list[float]]:
        """When the living replicas of a service handled their messages, the newest replica last."""
        return [one.handled() for one in self._living(name)]

    async def close(self) -> None:
        """Stop everything."""
        for service in self._each():
            service.stop()
        await self.redis.aclose()
        self._server.stop()
        self._postgres.stop()

    def _living(self, name: str) -> list[Service]:
        return [one for one in self._services[name] if one.is_running()]

    def _each(self) -> Iterator[Service]:
        return itertools.chain.from_iterable(self._services.values())

    async def _pending_of(self, name: str, pid: int) -> int:
        """What the consumer of a process still holds; consumers are named host-pid-random."""
        stream, group = STAGES[name]
        consumers = await self.redis.xinfo_consumers(stream, group)
        return sum(int(one["pending"]) for one in consumers if f"-{pid}-" in one["name"].decode())
