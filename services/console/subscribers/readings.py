"""How far each subscriber is: lag, time behind, last seen. Reads XINFO only; plain XREAD readers leave no trace."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from services.console.subscribers.access import has_user
from services.console.subscribers.connection import ask
from services.console.subscribers.start_point import position_of
from services.contracts.streams import PUBLIC_STREAMS


@dataclass(frozen=True)
class Reading:
    """One group on one stream. `lag` (entries) is None while the server cannot tell it; `behind` (time) always can."""

    name: str
    stream: str
    has_user: bool
    lag: int | None
    pending: int
    behind: timedelta
    last_seen: datetime | None


def list_readings(redis: Redis, now: datetime) -> list[Reading]:
    """Every group of the public streams, in order of name."""
    readings = [
        _reading(redis, stream.name, group, now)
        for stream in PUBLIC_STREAMS
        if redis.exists(stream.name)
        for group in ask(redis, "XINFO GROUPS", stream.name)
    ]
    return sorted(readings, key=lambda reading: (reading.name, reading.stream))


def _reading(redis: Redis, stream: str, group: dict[str, Any], now: datetime) -> Reading:
    name = group["name"].decode()
    last = position_of(ask(redis, "XINFO STREAM", stream)["last-generated-id"].decode())
    at = position_of(group["last-delivered-id"].decode())
    first = _first_kept(redis, stream)
    behind = timedelta(milliseconds=max(0, last[0] - max(at[0], first))) if at < last else timedelta()
    lag = group["lag"] if at < last else 0
    return Reading(
        name, stream, has_user(redis, name), lag, group["pending"], behind, _seen(redis, stream, name, now)
    )


def _first_kept(redis: Redis, stream: str) -> int:
    entry = ask(redis, "XINFO STREAM", stream)["first-entry"]
    return position_of(entry[0].decode())[0] if entry else 0


def _seen(redis: Redis, stream: str, group: str, now: datetime) -> datetime | None:
    idle_ms = [consumer["idle"] for consumer in ask(redis, "XINFO CONSUMERS", stream, group)]
    return now - timedelta(milliseconds=min(idle_ms)) if idle_ms else None
