"""Fixtures of ingest: a web of our own, an ingest process's parts on a real server, and a walk through its handler."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.messages import FetchRequest, RawArticle
from services.contracts.streams import ARTICLES_RAW, FETCH_REQUESTS
from services.ingest.app import Ingest
from services.ingest.settings import IngestSettings
from services.ingest.sources.sources_file import parse_catalogue
from services.runtime.delivery.entry import Entry, Output
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.handling import handling
from tests.web.site import Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """One host on a real socket."""
    host = await Site().start()
    yield host
    await host.stop()


@dataclass
class Clock:
    """A clock that moves only when told, or when somebody sleeps by it."""

    moment: datetime = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def wait(self, seconds: float) -> None:
        self.forward(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Walk:
    """Ingest's parts on a real server; `handle` runs the handler and writes its outputs as the hand-off would."""

    ingest: Ingest
    redis: Redis
    outputs: list[Output] = field(default_factory=list)

    async def handle(self, request: FetchRequest, *, crash_after: int | None = None) -> list[Output]:
        """Handle one request; with `crash_after`, only so many outputs are written, as a crash would leave them."""
        outputs: list[Output] = []

        async def send_slice(early: list[Output]) -> None:
            outputs.extend(early)
            await self._write(early)

        with handling(Entry("1-0", {}, 1), send_slice) as running:
            await self.ingest.handler.on_fetch_request(request)
        last = running.outputs[:crash_after]
        await self._write(last)
        self.outputs = [*outputs, *running.outputs]
        return self.outputs

    async def requests(self) -> list[FetchRequest]:
        """Everything on fetch.requests, in order."""
        return [FetchRequest.model_validate_json(body) for body in await self._bodies(FETCH_REQUESTS)]

    async def articles(self) -> list[RawArticle]:
        """Everything on articles.raw, in order."""
        return [RawArticle.model_validate_json(body) for body in await self._bodies(ARTICLES_RAW)]

    async def drain(self, rounds: int = 50) -> int:
        """Let the scheduler turn and handle what is on fetch.requests until nothing is left; returns how much."""
        handled = 0
        for _round in range(rounds):
            await self.ingest.scheduler.turn()
            rows: Any = await self.redis.xrange(FETCH_REQUESTS)
            if not rows:
                return handled
            for entry_id, fields in rows:
                if not await self.redis.xdel(FETCH_REQUESTS, entry_id):
                    continue  # another replica of the test has it
                await self.handle(FetchRequest.model_validate_json(unseal(fields[DATA_KEY])[0]))
                handled += 1
        return handled

    async def _bodies(self, stream: str) -> list[bytes]:
        rows: Any = await self.redis.xrange(stream)
        return [unseal(fields[DATA_KEY])[0] for _id, fields in rows]

    async def _write(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            await self.redis.execute_command(output.command, output.key, *output.arguments)


BuildWalk = Callable[..., Walk]


@pytest.fixture
async def build_walk(redis_url: str, site: Site, clock: Clock) -> AsyncIterator[BuildWalk]:
    """Builds a walk; `sources` is the text of a sources file, `hosts` names that lead to loopback."""
    built: list[Ingest] = []

    def build(
        sources: str = "", *, hosts: Sequence[str] = (), real_clock: bool = False, **settings: Any
    ) -> Walk:
        allowed = {f"{host}:{site.port}" for host in ("127.0.0.1", *hosts)} | set(settings.pop("allowed", ()))
        extra = {
            name: settings.pop(name) for name in ("tls", "resolve", "topics", "fetcher") if name in settings
        }
        model = IngestSettings(
            redis_url=redis_url,
            contact="ops@example.org",
            allow_private_hosts=frozenset(allowed),
            **{"host_gap_s": 0.1, **settings},
        )
        if hosts:
            extra.setdefault("resolve", resolver_to_loopback)
        timing = {} if real_clock else {"now": clock.now, "wait": clock.wait}
        ingest = Ingest(
            model, parse_catalogue(sources, "sources.toml"), Redis.from_url(redis_url), **timing, **extra
        )
        built.append(ingest)
        return Walk(ingest, ingest.redis)

    yield build
    for ingest in built:
        await ingest.close()


async def resolver_to_loopback(_host: str, _port: int) -> Sequence[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


def source_of(url: str, *, name: str = "Ours", kind: str = "feed", extra: str = "") -> str:
    """A sources file with one source and one list."""
    return (
        f'[[source]]\nname = "{name}"\noutlet = "{name}"\nside = "exile"\n'
        f'[[source.feed]]\nkind = "{kind}"\nurl = "{url}"\n{extra}\n'
    )
