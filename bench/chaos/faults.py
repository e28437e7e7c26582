"""The faults of a chaos run: seeded, logged, each of them something that happens to real services."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench.pipeline_rig import Service
from services.console.embedded_valkey import EmbeddedValkey, start_valkey
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, GROUP_NORMALIZE, GROUP_STORE

VISIBILITY_S = 2.0
SERVER_AWAY_S = 0.7
SERVER_FULL_S = 2.0
TAIL_BYTES = 60_000  # some tens of entries


@dataclass
class Field:
    """All that may be hurt: the services by their slots, and the server."""

    folder: Path
    environ: dict[str, str]
    server: EmbeddedValkey
    services: dict[str, Service] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    timeline: list[tuple[float, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def start(self, slot: str) -> None:
        """Start the service of a slot (`normalize 2`)."""
        self.services[slot] = Service(slot.split()[0], self.folder, self.environ)

    def restart_dead(self) -> None:
        """What a supervisor does."""
        for slot, service in self.services.items():
            if not service.is_running():
                self.start(slot)

    def note(self, fault: str, detail: str) -> None:
        """Count a fault and remember when it was."""
        self.told[fault] += 1
        self.timeline.append((time.monotonic() - self.began, f"{fault} {detail}".strip()))


Fault = Callable[[Field, random.Random], Awaitable[None]]


async def kill_service(field: Field, chance: random.Random) -> None:
    """A crash."""
    slot = chance.choice(sorted(field.services))
    field.note("kill -9", slot)
    field.services[slot].send(signal.SIGKILL)


async def end_service(field: Field, chance: random.Random) -> None:
    """A deployment."""
    slot = chance.choice(sorted(field.services))
    field.note("SIGTERM", slot)
    field.services[slot].send(signal.SIGTERM)


async def stop_service(field: Field, chance: random.Random) -> None:
    """A zombie: stopped for twice the visibility time, then continued."""
    slot = chance.choice(sorted(field.services))
    service = field.services[slot]
    field.note("SIGSTOP", slot)
    service.send(signal.SIGSTOP)
    await asyncio.sleep(2 * VISIBILITY_S)
    service.send(signal.SIGCONT)


async def kill_server(field: Field, chance: random.Random) -> None:
    """The server crashes and comes back with its file."""
    field.note("kill -9", "valkey")
    field.server.process.kill()
    field.server.process.wait()
    await asyncio.sleep(SERVER_AWAY_S)
    field.server = start_valkey(field.server.data_dir, field.server.port)


async def cut_tail(field: Field, chance: random.Random) -> None:
    """The machine loses power: the server's file ends a little earlier than the server had said."""
    field.server.process.kill()
    field.server.process.wait()
    tail = max(
        (field.server.data_dir / "appendonlydir").glob("*.incr.aof"), key=lambda file: file.stat().st_mtime
    )
    size = tail.stat().st_size
    kept = max(size - chance.randrange(1, TAIL_BYTES), size // 2)
    field.note("AOF tail cut", f"by {size - kept:,} bytes")
    with tail.open("rb+") as file:
        file.truncate(kept)
    field.server = start_valkey(field.server.data_dir, field.server.port)


async def flush_server(field: Field, chance: random.Random) -> None:
    """Everything in the server is gone."""
    field.note("FLUSHALL", "")
    async with Redis.from_url(field.server.url) as redis:
        await redis.flushall()


async def fill_server(field: Field, chance: random.Random) -> None:
    """The server is out of memory for a while."""
    field.note("out of memory", "")
    async with Redis.from_url(field.server.url) as redis:
        await redis.config_set("maxmemory", "1mb")
        await asyncio.sleep(SERVER_FULL_S)
        await redis.config_set("maxmemory", "0")


async def destroy_group(field: Field, chance: random.Random) -> None:
    """Somebody's mistake."""
    stream, group = chance.choice([(ARTICLES_RAW, GROUP_NORMALIZE), (ARTICLES_NORMALIZED, GROUP_STORE)])
    field.note("group destroyed", stream)
    async with Redis.from_url(field.server.url) as redis:
        await redis.xgroup_destroy(stream, group)


DECK: tuple[Fault, ...] = (
    kill_service,
    kill_service,
    kill_service,
    stop_service,
    kill_server,
    end_service,
    fill_server,
    destroy_group,
    cut_tail,
)
FLUSHING_DECK: tuple[Fault, ...] = (*DECK, flush_server)


async def hurt(
    field: Field, seconds: float, every_s: float, seed: int, deck: tuple[Fault, ...] = DECK
) -> None:
    """Deal the deck of faults, shuffled anew each round, until the time is over; then let everything run."""
    chance, cards = random.Random(seed), list[Fault]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not cards:
            cards = chance.sample(deck, len(deck))
        try:
            await cards.pop()(field, chance)
        except (RedisError, OSError) as error:
            field.timeline.append((time.monotonic() - field.began, f"(the fault itself failed: {error})"))
        await asyncio.sleep(min(every_s, max(until - time.monotonic(), 0)))
        field.restart_dead()
