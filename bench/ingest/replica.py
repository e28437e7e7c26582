"""One ingest process of the simulation: its scheduler and its handlers, which die together."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from bench.ingest.growing_web import GrowingWeb
from bench.ingest.virtual_clock import VirtualClock
from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS, GROUP_INGEST
from services.ingest.app import Ingest
from services.ingest.fetching.fetcher import Fetcher, WebClient
from services.ingest.settings import IngestSettings
from services.ingest.sources.catalogue import Catalogue
from services.runtime.delivery.entry import Entry, Output
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.handling import handling

GAP_S = 5.0
AT_ONCE = 16
TICK_S = 5.0


@dataclass
class Replica:
    """One ingest process in the simulation: its scheduler and its handlers, which die together."""

    name: str
    ingest: Ingest
    clock: VirtualClock
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.loop = self.clock.start(self._run())

    async def kill(self) -> None:
        """End everything at once, as kill -9 does: nothing is written, nothing given back."""
        tasks = [task for task in (self.loop, *self.running.values()) if task]
        while left := [task for task in tasks if not task.done()]:
            for task in left:  # once more where a client library has swallowed it
                task.cancel()
            await asyncio.wait(left, timeout=0.2)
        self.running.clear()

    async def _run(self) -> None:
        while True:
            await self.ingest.scheduler.turn()
            await self._take()
            await self.clock.wait(TICK_S)

    async def _take(self) -> None:
        redis, free = self.ingest.redis, AT_ONCE - len(self.running)
        if free <= 0:
            return
        answer: Any = await redis.xreadgroup(GROUP_INGEST, self.name, {FETCH_REQUESTS: ">"}, count=free)
        for entry_id, fields in answer[0][1] if answer else []:
            self.take_entry(entry_id, fields)

    def take_entry(self, entry_id: bytes, fields: dict[bytes, bytes]) -> None:
        self.running[entry_id.decode()] = self.clock.start(self._handle(entry_id.decode(), fields))

    async def _handle(self, entry_id: str, fields: dict[bytes, bytes]) -> None:
        request = FetchRequest.model_validate_json(unseal(fields[DATA_KEY])[0])
        with handling(Entry(entry_id, fields, 1)) as current:
            await self.ingest.handler.on_fetch_request(request)
        await self._hand_off(entry_id, current.outputs)
        self.running.pop(entry_id, None)

    async def _hand_off(self, entry_id: str, outputs: list[Output]) -> None:
        async with self.ingest.redis.pipeline(transaction=True) as pipe:
            for output in outputs:
                pipe.execute_command(output.command, output.key, *output.arguments)
            pipe.xack(FETCH_REQUESTS, GROUP_INGEST, entry_id)
            pipe.xdel(FETCH_REQUESTS, entry_id)
            await pipe.execute()


def build_replica(
    redis_url: str, catalogue: Catalogue, clock: VirtualClock, shared: GrowingWeb, name: str
) -> Replica:
    settings = IngestSettings(redis_url=redis_url, contact="bench@example.org", host_gap_s=GAP_S)
    client = WebClient(shared, {"user-agent": settings.user_agent})
    ingest = Ingest(
        settings,
        catalogue,
        Redis.from_url(redis_url),
        now=clock.now,
        wait=clock.wait,
        fetcher=Fetcher(client, clock.now),
    )
    return Replica(name, ingest, clock)
