"""The processes of a pipeline from raw to clean on a server of their own: started, warmed, watched, stopped."""

import asyncio
import os
from pathlib import Path

from redis.asyncio import Redis

from bench.pipeline_rig import Cost, Service, cost_of, generated_page, put_page
from services.console.local.embedded_valkey import start_valkey
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE, GROUP_STORE
from services.runtime.broker import connect_redis
from services.runtime.delivery.waiting import waiting_entries

READY_S, DRAIN_S = 60, 900
REST_CPU_S = 0.1  # in a second, of all processes together
WARM_PAGES = 30  # before anything is measured: models are loaded, connections made
WARM_NUMBER = 1_000_000  # far from the numbers that are measured
SERVER = "valkey"


class Pipeline:
    """A server, some normalize processes and, unless `store` is False, one store, in a folder of their own.

    `held`: each normalize process may run on one core alone, of those that are ours.
    """

    def __init__(self, folder: Path, replicas: int, *, store: bool = True, held: bool = False) -> None:
        self.server = start_valkey(folder / "valkey", maxmemory="4gb")
        (folder / "topics").mkdir(parents=True)  # no profile: every article is on topic
        environ = {
            "CLEANWIRE_REDIS_URL": self.server.url,
            "CLEANWIRE_DATA_DIR": str(folder),
            "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
            "CLEANWIRE_LOG_LEVEL": "info",
        }
        ours = sorted(os.sched_getaffinity(0))
        cores = [ours[n % len(ours)] if held else None for n in range(replicas)]
        self.services = [Service("normalize", folder, environ, core) for core in cores]
        self.services += [Service("store", folder, environ) for _ in range(store)]
        self.readers = [(ARTICLES_RAW, GROUP_NORMALIZE, replicas)]
        self.readers += [(ARTICLES_NORMALIZED, GROUP_STORE, 1)] if store else []
        self.redis: Redis = connect_redis(self.server.url)

    async def up(self) -> None:
        """Wait until every process reads its stream."""
        async with asyncio.timeout(READY_S):
            for stream, group, wanted in self.readers:
                while not await self._is_read(stream, group, wanted):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)

    async def at_rest(self) -> None:
        """Wait until no process has anything of its start left to do: the language model is read behind it."""
        async with asyncio.timeout(READY_S):
            used = -1.0
            while (now := sum(cpu_s_of(costs) for costs in self.costs().values())) > used + REST_CPU_S:
                used = now
                await asyncio.sleep(1)

    async def warm(self) -> None:
        """Have every process work a little."""
        for number in range(WARM_PAGES):
            await put_page(self.redis, WARM_NUMBER + number, generated_page(WARM_NUMBER + number))
        await self.drained()

    async def drained(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(DRAIN_S):
            for stream, group, _ in self.readers:
                while await waiting_entries(self.redis, stream, group):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    def costs(self) -> dict[str, list[Cost]]:
        """What each process has used until now, by the name of its service, the server among them."""
        costs: dict[str, list[Cost]] = {}
        for service in self.services:
            costs.setdefault(service.name, []).append(service.cost())
        return {**costs, SERVER: [cost_of(self.server.process.pid)]}

    async def close(self) -> None:
        """Stop everything."""
        for service in self.services:
            service.stop()
        await self.redis.aclose()
        self.server.stop()

    async def _is_read(self, stream: str, group: str, wanted: int) -> bool:
        if not await self.redis.exists(stream):
            return False
        groups = [found["name"] for found in await self.redis.xinfo_groups(stream)]
        if group.encode() not in groups:
            return False
        return len(await self.redis.xinfo_consumers(stream, group)) >= wanted


def cpu_s_of(costs: list[Cost]) -> float:
    """Of all processes of one name together."""
    return sum(cost.cpu_s for cost in costs)
