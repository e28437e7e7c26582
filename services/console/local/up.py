"""`cleanwire up`: the broker and the three services on one machine, with a picture of what they do."""

import asyncio
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext

from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.live import Live

from services.contracts.events import parse_event
from services.contracts.messages import CleanArticle
from services.contracts.streams import ARTICLES_CLEANED
from services.runtime.backlog import StreamBacklog, backlogs

from ..entries import newest_entries
from ..exits import CommandError
from ..settings import ConsoleSettings, is_redis_url_given, service_environment
from .broker import local_broker
from .live_view import Picture, draw
from .supervisor import Supervisor
from .tallies import Tallies

SERVICES = ("ingest", "normalize", "store")
LOOK_S = 1.0  # how often the streams are asked
DRAW_PER_S = 4
TITLES_KEPT = 20


async def run_up(settings: ConsoleSettings) -> None:
    """Run everything until Ctrl-C or SIGTERM. Raises CommandError, SettingsError."""
    _check(settings)
    async with _broker(settings) as redis_url:
        view = LiveView(redis_url) if sys.stdout.isatty() else None
        supervisor = Supervisor(
            SERVICES, _environment(settings, redis_url), view.take_line if view else pass_to_stderr
        )
        stop_on_signals(supervisor.stop)
        if view is None:
            await supervisor.run()
        else:
            await view.show_while(supervisor)


def _broker(settings: ConsoleSettings) -> AbstractAsyncContextManager[str]:
    """The operator's own Redis where one is set, else the embedded server."""
    return nullcontext(settings.redis_url) if is_redis_url_given() else local_broker(settings.data_dir)


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` at Ctrl-C, SIGTERM, or when the terminal goes away."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)


def pass_to_stderr(_service: str, line: bytes) -> None:
    """Logs as they come: for a pipe, a file, a container."""
    sys.stderr.buffer.write(line if line.endswith(b"\n") else line + b"\n")
    sys.stderr.buffer.flush()


def _check(settings: ConsoleSettings) -> None:
    if not settings.contact:
        raise CommandError.usage(
            "CLEANWIRE_CONTACT is not set: it stands in the user agent, so that a site can reach you",
            'export CLEANWIRE_CONTACT="newsroom@example.org"   (a mail address or a URL of yours)',
        )
    if not settings.sources_file.is_file():
        raise CommandError.usage(
            f"CLEANWIRE_SOURCES_FILE is {str(settings.sources_file)!r}: no such file",
            "name a file in the form of deploy/sources.toml",
        )
    if not settings.topics_dir.is_dir():
        raise CommandError.usage(
            f"CLEANWIRE_TOPICS_DIR is {str(settings.topics_dir)!r}: no such folder",
            "name a folder like deploy/topics",
        )


def _environment(settings: ConsoleSettings, redis_url: str) -> Mapping[str, str]:
    return service_environment(
        redis_url=redis_url,
        data_dir=str(settings.data_dir),
        sources_file=str(settings.sources_file),
        topics_dir=str(settings.topics_dir),
        log_format="json",
        http_port="0",  # three processes cannot share one port; `cleanwire status` tells what /ready would
    )


class LiveView:
    """Draws what the services log and what the streams hold, four times a second."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._tallies = Tallies()
        self._streams: Mapping[str, StreamBacklog] = {}
        self._titles: deque[str] = deque(maxlen=TITLES_KEPT)
        self._started = time.monotonic()

    def take_line(self, _service: str, line: bytes) -> None:
        """Count a log line; what is no record (a traceback's end) is noted."""
        if self._tallies.take_line(line) is None and line.strip():
            self._tallies.notes.append(line.decode(errors="replace").strip())

    async def show_while(self, supervisor: Supervisor) -> None:
        """Keep the picture up to date until the supervisor has stopped everything."""
        console = Console()
        with Live(console=console, auto_refresh=False, screen=False) as live:
            looking = asyncio.create_task(self._look())
            drawing = asyncio.create_task(self._draw(live, supervisor))
            try:
                await supervisor.run()
            finally:
                looking.cancel()
                drawing.cancel()
                await asyncio.wait([looking, drawing])

    async def _draw(self, live: Live, supervisor: Supervisor) -> None:
        while True:
            services = {one.name: one.restarts if one.pid else None for one in supervisor.services}
            running_s = time.monotonic() - self._started
            picture = Picture(
                self._tallies, self._streams, list(self._titles), services, running_s, self._redis_url
            )
            live.update(draw(picture), refresh=True)
            await asyncio.sleep(1 / DRAW_PER_S)

    async def _look(self) -> None:
        last = "-"
        async with Redis.from_url(self._redis_url) as redis:
            while True:
                try:
                    self._streams = await backlogs(redis)
                    last = await self._read_titles(redis, last)
                except RedisError as error:
                    self._tallies.notes.append(f"redis: {error}")
                await asyncio.sleep(LOOK_S)

    async def _read_titles(self, redis: Redis, last: str) -> str:
        for entry in await newest_entries(redis, ARTICLES_CLEANED, last, TITLES_KEPT):
            last = entry.id
            _event, body = parse_event(entry.fields)
            if isinstance(body, CleanArticle):
                self._titles.appendleft(f"{body.outlet}: {body.title or body.url}")
        return last
