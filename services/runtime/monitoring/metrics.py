"""What /metrics answers: FastStream's own metrics of every handler, our counts, and how everything stands at the scrape."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from faststream.redis.prometheus import RedisPrometheusMiddleware
from prometheus_client import CollectorRegistry, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.failures import RetryLater

from ..backlog import StreamBacklog, backlogs
from ..delivery.breaker import open_breakers
from ..delivery.status import EngineStatus
from .measuring import REGISTRY, gauge
from .vitals import disk_vitals, redis_vitals

Measure = Callable[[], Awaitable[None]]
"""Sets some gauges to what they are now; may raise RetryLater, RedisError or OSError where it cannot be told."""

LENGTH = gauge("stream_entries", "Entries of a stream", "stream")
DEAD = gauge("dead_letters", "Entries of a dead-letter stream, by the stream they come from", "stream")
LAG = gauge("group_lag", "Entries a group was not given yet", "stream", "group")
PENDING = gauge("group_pending", "Entries a group was given and has not finished", "stream", "group")
OLDEST = gauge("group_oldest_pending_seconds", "Age of the oldest of them", "stream", "group")
BREAKER = gauge("breaker_open", "1 while the breaker of a stage of this process is open", "stream", "group")
RUNNING = gauge("handlers_running", "Handlers that run now in this process", "stream")
WAITS = gauge("stage_waits", "1 while this process takes nothing new of a stream, and means to", "stream")
READ = gauge("last_read_seconds", "Since this process's last read of a stream returned", "stream")
COMMIT = gauge("last_commit_seconds", "Since this process last finished an entry of a stream", "stream")
ALIVE = gauge("alive_timestamp_seconds", "When this service last said how it is, Unix time", "service")
REDIS_UP = gauge("redis_up", "1 while Redis answers this process")
REDIS_USED = gauge("redis_memory_used_bytes", "Memory that Redis uses")
REDIS_LIMIT = gauge("redis_memory_limit_bytes", "Its maxmemory; 0 where it has none")
REDIS_WRITES = gauge("redis_writes", "1 while Redis can write its file; 0 after a write that failed")
DISK_FREE = gauge(
    "data_dir_free_bytes", "Free bytes of the file system that holds this service's data folder"
)
DISK_SIZE = gauge("data_dir_size_bytes", "All bytes of it")

AWAY = (RedisError, OSError, RetryLater)
BY_STREAM = (LENGTH, DEAD, LAG, PENDING, OLDEST, BREAKER)
BY_SERVER = (REDIS_USED, REDIS_LIMIT, REDIS_WRITES)
UNKNOWN = float("nan")


class Metrics:
    """The metrics of one process; `measures` are its service's own, taken at each scrape."""

    def __init__(self, service: str, data_dir: Path = Path(), measures: Sequence[Measure] = ()) -> None:
        self._frameworks = CollectorRegistry()
        self.middleware = RedisPrometheusMiddleware(registry=self._frameworks, app_name=service)
        self._service, self._data_dir, self._measures = service, data_dir, measures

    async def render(self, redis: Redis, engines: Sequence[EngineStatus]) -> bytes:
        """The text that Prometheus scrapes. What cannot be told now is left out; this process's own counts never are."""
        ALIVE.labels(self._service).set_to_current_time()
        for engine in engines:
            _set_engine(engine)
        _set_disk(self._data_dir)
        await _set_redis(redis, engines)
        for measure in self._measures:
            try:
                await measure()
            except AWAY:
                continue
        return generate_latest(REGISTRY) + generate_latest(self._frameworks)


def frameworks_metrics() -> list[tuple[str, str, str]]:
    """Name, kind and meaning of each metric that FastStream has of a handler."""
    registry = CollectorRegistry()
    RedisPrometheusMiddleware(registry=registry)
    return sorted(
        (f"{one.name}_total" if one.type == "counter" else one.name, one.type, one.documentation)
        for one in registry.collect()
    )


def _set_engine(engine: EngineStatus) -> None:
    RUNNING.labels(engine.stream).set(engine.running)
    WAITS.labels(engine.stream).set(engine.waits_for is not None)
    READ.labels(engine.stream).set(engine.last_read_s)
    COMMIT.labels(engine.stream).set(engine.last_commit_s)


def _set_disk(data_dir: Path) -> None:
    disk = disk_vitals(data_dir)
    if disk is not None:
        DISK_FREE.set(disk.free_bytes)
        DISK_SIZE.set(disk.size_bytes)


async def _set_redis(redis: Redis, engines: Sequence[EngineStatus]) -> None:
    """All that the server tells, or none of it: an old figure would look like a healthy one."""
    try:
        vitals = await redis_vitals(redis)
    except AWAY:
        REDIS_UP.set(0)
        for metric in BY_SERVER:
            metric.set(UNKNOWN)
    else:
        REDIS_UP.set(1)
        REDIS_USED.set(vitals.used_bytes)
        REDIS_LIMIT.set(vitals.limit_bytes)
        REDIS_WRITES.set(vitals.writes)
    try:
        now = await backlogs(redis)
        opened = await open_breakers(redis, [(engine.stream, engine.group) for engine in engines])
    except AWAY:
        for by_stream in BY_STREAM:
            by_stream.clear()
        return
    for name, backlog in now.items():
        _set_backlog(name, backlog)
    for (stream, group), is_open in opened.items():
        BREAKER.labels(stream, group).set(is_open)


def _set_backlog(stream: str, backlog: StreamBacklog) -> None:
    LENGTH.labels(stream).set(backlog.length)
    DEAD.labels(stream).set(backlog.dead)
    for group, todo in backlog.groups.items():
        LAG.labels(stream, group).set(todo.lag)
        PENDING.labels(stream, group).set(todo.pending)
        OLDEST.labels(stream, group).set(todo.oldest_pending_s or 0.0)
