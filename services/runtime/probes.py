"""The HTTP face of a service: /live, /ready and /metrics."""

import contextlib
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import uvicorn
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .backlog import backlog_of
from .broker import ServiceBroker
from .delivery.status import EngineStatus
from .monitoring.metrics import Metrics
from .roster import STALLED_AFTER_S, process_status
from .settings import SettingsError

OLDEST_PENDING_S = 300.0  # ten visibility times: whatever is older has not been worked on

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, str, bytes]

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Probes:
    """An ASGI application. Live: the loop turns. Ready: reads return and nothing lies about for too long.

    A dependency, a breaker or a gate makes a service degraded, which is told and never a reason to restart it.
    """

    def __init__(self, service: str, broker: ServiceBroker, redis: Redis, metrics: Metrics) -> None:
        self._service, self._broker, self._redis, self._metrics = service, broker, redis, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, content_type, body = await self._answer(scope["path"])
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str) -> Answer:
        match path:
            case "/live":
                return self._live()
            case "/ready":
                return await self._ready()
            case "/metrics":
                return 200, TEXT, await self._metrics.render(self._redis, self._engines())
        return _json(404, {"error": f"no {path} here", "allowed": ["/live", "/ready", "/metrics"]})

    def _engines(self) -> list[EngineStatus]:
        return [engine.status() for engine in self._broker.engines]

    def _live(self) -> Answer:
        stalled = [
            engine.stream
            for engine in self._engines()
            if not engine.alive or engine.last_turn_s > STALLED_AFTER_S
        ]
        return _json(503 if stalled else 200, {"live": not stalled, "stalled": stalled})

    async def _ready(self) -> Answer:
        engines = self._engines()
        status = process_status(self._service, engines)
        facts = {"state": status.state, "waits_for": status.waits_for, "last_read_s": status.last_read}
        if any(engine.last_read_s > STALLED_AFTER_S for engine in engines):
            return _json(503, {"ready": False, "reason": "reads do not return", **facts})
        try:
            oldest = max([await self._oldest_pending_s(engine) for engine in engines], default=0.0)
        except (RedisError, OSError) as error:
            return _json(503, {"ready": False, "reason": f"redis: {error}", **facts})
        is_ready = oldest <= OLDEST_PENDING_S
        return _json(200 if is_ready else 503, {"ready": is_ready, "oldest_pending_s": oldest, **facts})

    async def _oldest_pending_s(self, engine: EngineStatus) -> float:
        group = (await backlog_of(self._redis, engine.stream)).groups.get(engine.group)
        return (group.oldest_pending_s or 0.0) if group else 0.0


class ProbeServer(uvicorn.Server):
    """A uvicorn that leaves the signals to the service it runs in, on a socket that listens already."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket) -> None:
        super().__init__(config)
        self._listening = listening

    async def run_here(self) -> None:
        """Serve until `should_exit` is set."""
        await self.serve([self._listening])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def probe_server(app: Probes, port: int, host: str) -> ProbeServer:
    """The server of the probes, to be run as a task: `await server.run_here()`; it ends after `should_exit = True`.

    It listens from now on. Raises SettingsError where it cannot.
    """
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    return ProbeServer(config, _listening(port, host))


def _listening(port: int, host: str) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise SettingsError(
            f"CLEANWIRE_HTTP_PORT is {port} on {host!r} (CLEANWIRE_HTTP_HOST): {error.strerror}; "
            "allowed: a free port of an address of this machine, or 0 for no HTTP server"
        ) from None


def _json(status: int, body: dict[str, Any]) -> Answer:
    return status, "application/json", json.dumps(body).encode()
