"""Metrics: FastStream's own of every handler, and what the backlog and the engines add at each scrape."""

from faststream.redis.prometheus import RedisPrometheusMiddleware
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from redis.asyncio import Redis

from .backlog import StreamBacklog, backlogs
from .delivery.status import EngineStatus


class Metrics:
    """The registry of one process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.middleware = RedisPrometheusMiddleware(registry=self.registry, app_name=service)
        self._length = self._gauge("stream_entries", "Entries of a stream", "stream")
        self._dead = self._gauge("dead_letters", "Entries of a dead-letter stream", "stream")
        self._lag = self._gauge("group_lag", "Entries a group was not given yet", "stream", "group")
        self._pending = self._gauge(
            "group_pending", "Entries a group was given and has not finished", "stream", "group"
        )
        self._oldest = self._gauge(
            "group_oldest_pending_seconds", "Age of the oldest of them", "stream", "group"
        )
        self._running = self._gauge("handlers_running", "Handlers that run now", "stream")
        self._waits = self._gauge("stage_waits", "1 while a stage takes nothing new", "stream")
        self._read = self._gauge("last_read_seconds", "Since the last read returned", "stream")

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"cleanwire_{name}", meaning, labels, registry=self.registry)

    async def render(self, redis: Redis, engines: list[EngineStatus]) -> bytes:
        """The text that Prometheus scrapes, with the backlog as it is now. Raises RedisError."""
        for name, backlog in (await backlogs(redis)).items():
            self._set_backlog(name, backlog)
        for engine in engines:
            self._running.labels(engine.stream).set(engine.running)
            self._waits.labels(engine.stream).set(engine.waits_for is not None)
            self._read.labels(engine.stream).set(engine.last_read_s)
        return generate_latest(self.registry)

    def _set_backlog(self, stream: str, backlog: StreamBacklog) -> None:
        self._length.labels(stream).set(backlog.length)
        self._dead.labels(stream).set(backlog.dead)
        for group, todo in backlog.groups.items():
            self._lag.labels(stream, group).set(todo.lag)
            self._pending.labels(stream, group).set(todo.pending)
            self._oldest.labels(stream, group).set(todo.oldest_pending_s or 0.0)
