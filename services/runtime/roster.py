"""The roster: each running process says in Redis, every few seconds, how it is; `cleanwire status` reads it."""

import json
import os
import time
from dataclasses import asdict, dataclass
from typing import Literal

from redis.asyncio import Redis

from .delivery.status import EngineStatus

ROSTER_KEY = "cleanwire:services"
SAY_EVERY_S = 2.0
SILENT_AFTER_S = 15.0
STALLED_AFTER_S = 30.0  # above the longest wait of a healthy loop many times over
FORGET_AFTER_S = 3_600.0

State = Literal["running", "degraded", "stalled", "silent"]


@dataclass(frozen=True)
class ProcessStatus:
    """One process of a service. `last_read` and `last_commit` are ages in seconds, None where it reads no stream.

    running: all is well; degraded: it waits for `waits_for`; stalled: its loop does not turn; silent: it has not said
    anything for 15 s.
    """

    service: str
    state: State
    pid: int
    last_read: float | None
    last_commit: float | None
    waits_for: str | None
    said_at: float


def process_status(service: str, engines: list[EngineStatus]) -> ProcessStatus:
    """How this process is now."""
    waits_for = next((engine.waits_for for engine in engines if engine.waits_for), None)
    return ProcessStatus(
        service,
        _state_of(engines, waits_for),
        os.getpid(),
        last_read=round(max((engine.last_read_s for engine in engines), default=0.0), 1) if engines else None,
        last_commit=round(min((engine.last_commit_s for engine in engines), default=0.0), 1)
        if engines
        else None,
        waits_for=waits_for,
        said_at=time.time(),
    )


async def say(redis: Redis, name: str, status: ProcessStatus) -> None:
    """Put this process on the roster under `name`, which no other process has."""
    await redis.hset(ROSTER_KEY, name, json.dumps(asdict(status)))


async def leave(redis: Redis, name: str) -> None:
    """Take this process off the roster: it stops."""
    await redis.hdel(ROSTER_KEY, name)


async def read_roster(redis: Redis) -> dict[str, ProcessStatus]:
    """Every process that has said something within the hour, by its name; silent ones are marked so."""
    now, roster = time.time(), {}
    lines = await redis.hgetall(ROSTER_KEY)
    for name, line in lines.items():
        said = json.loads(line)
        age_s = now - said["said_at"]
        if age_s > FORGET_AFTER_S:
            await redis.hdel(ROSTER_KEY, name)
            continue
        said["state"] = "silent" if age_s > SILENT_AFTER_S else said["state"]
        roster[name.decode() if isinstance(name, bytes) else str(name)] = ProcessStatus(**said)
    return roster


def _state_of(engines: list[EngineStatus], waits_for: str | None) -> State:
    if any(not engine.alive or engine.last_turn_s > STALLED_AFTER_S for engine in engines):
        return "stalled"
    return (
        "degraded"
        if waits_for or any(engine.last_read_s > STALLED_AFTER_S for engine in engines)
        else "running"
    )
