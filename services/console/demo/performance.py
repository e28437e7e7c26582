"""Runs the demo: the small web, the broker and the services, until every article has come out."""

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from services.contracts.events import parse_event
from services.contracts.identities import article_id_of, canonical_url
from services.contracts.streams import ARTICLES_CLEANED, STORIES_UPDATED

from ..entries import StreamEntry, entries_after
from ..exits import CommandError, Exit
from ..local.broker import local_broker
from ..local.supervisor import Supervisor
from ..local.up import SERVICES, stop_on_signals
from ..settings import ConsoleSettings, console_settings, service_environment
from .audience import Audience, JsonLines, Stage
from .play import Play
from .scenes import SCENES
from .sources_file import sources_toml
from .web import SmallWeb

BLOCK_MS = 100  # how long one look at the streams waits; also the grain of the scenes
VISIBILITY_S = 3.0  # a killed service's work is taken over this soon; real runs keep the default
CONTACT = "demo@example.invalid"  # the demo asks nobody but itself


async def run_demo(*, once: bool, deadline_s: float, data_dir: Path | None = None) -> int:
    """Play all scenes; with `once` end when all have come out. Returns the exit code.

    Raises CommandError naming what is missing after `deadline_s` (with `once`), or what came out that should not.
    """
    console_settings()
    with _folder(data_dir) as folder, SmallWeb(datetime.now(UTC)) as web:
        folder.joinpath("sources.toml").write_text(sources_toml(web.feed_urls()), encoding="utf-8")
        async with local_broker(folder) as redis_url:
            audience: Audience = JsonLines() if once or not sys.stdout.isatty() else Stage()
            supervisor = Supervisor(SERVICES, _environment(folder, redis_url, web), audience.take_log)
            performance = Performance(web, audience, deadline_s=deadline_s if once else None)
            return await performance.run(supervisor, redis_url, folder)


@contextlib.contextmanager
def _folder(data_dir: Path | None) -> Iterator[Path]:
    if data_dir is not None:
        if data_dir.exists() and any(data_dir.iterdir()):
            raise CommandError.usage(
                f"--data-dir is {str(data_dir)!r}, which is not empty: its articles would be the originals of the demo's",
                "name a new folder",
            )
        data_dir.mkdir(parents=True, exist_ok=True)
        yield data_dir.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="cleanwire-demo-") as name:
        yield Path(name)


def _environment(folder: Path, redis_url: str, web: SmallWeb) -> dict[str, str]:
    return service_environment(
        redis_url=redis_url,
        data_dir=str(folder),
        database_url=f"sqlite:///{folder / 'archive.db'}",
        sources_file=str(folder / "sources.toml"),
        topics_dir=str(ConsoleSettings().topics_dir),
        allow_private_hosts=",".join(web.hosts()),
        contact=CONTACT,
        host_gap_s="0.1",
        feed_window_days="7",
        visibility_s=str(VISIBILITY_S),
        http_port="0",
        log_format="json",
    )


class Performance:
    """One run of the play: opens scenes, reads both public streams, knows what is still to come.

    With `deadline_s` it ends when all has come out, or fails then; without, it goes on until it is stopped.
    """

    def __init__(self, web: SmallWeb, audience: Audience, *, deadline_s: float | None) -> None:
        self._web = web
        self._audience = audience
        self._deadline_s = deadline_s
        ids = {scene.name: article_id_of(canonical_url(web.url_of(scene))) for scene in SCENES}
        self._play = Play(SCENES, ids, time.monotonic())
        self._event_ids: set[str] = set()
        self._unexpected: list[str] = []

    async def run(self, supervisor: Supervisor, redis_url: str, folder: Path) -> int:
        """Run the services and the play together; whichever ends first ends both. Returns the exit code."""
        stop_on_signals(supervisor.stop)
        services = asyncio.create_task(supervisor.run())
        playing = asyncio.create_task(self._perform(redis_url, folder))
        await asyncio.wait([services, playing], return_when=asyncio.FIRST_COMPLETED)
        supervisor.stop()
        playing.cancel()
        await asyncio.wait([services, playing])
        await services
        with contextlib.suppress(asyncio.CancelledError):
            await playing
        return Exit.INTERRUPTED if self._deadline_s is not None and self._play.missing() else Exit.DONE

    async def _perform(self, redis_url: str, folder: Path) -> None:
        self._play.started_at = time.monotonic()
        is_told = False
        async for entry in self._entries(redis_url):
            self._take(entry)
            if not self._play.missing() and not is_told:
                self._audience.finish(
                    len(self._play.out_at), time.monotonic() - self._play.started_at, str(folder)
                )
                is_told = True
                if self._deadline_s is not None:
                    return self._judge()
        return None

    async def _entries(self, redis_url: str) -> AsyncIterator[StreamEntry]:
        last = {ARTICLES_CLEANED: "0", STORIES_UPDATED: "0"}
        async with Redis.from_url(redis_url) as redis:
            while True:
                self._open_scenes()
                self._check_deadline()
                for entry in await _read(redis, last):
                    last[entry.stream] = entry.id
                    yield entry

    def _open_scenes(self) -> None:
        for scene in self._play.due(time.monotonic()):
            self._web.show(scene, datetime.now(UTC))

    def _take(self, entry: StreamEntry) -> None:
        event, body = parse_event(entry.fields)
        if event.id in self._event_ids:
            self._unexpected.append(f"{event.id} twice")
            return
        self._event_ids.add(event.id)
        scene = self._play.came_out(event.type, getattr(body, "article_id", None) or "", time.monotonic())
        if scene is None and entry.stream == ARTICLES_CLEANED:
            self._unexpected.append(f"{event.type} of {getattr(body, 'url', event.subject)}")
        self._audience.show(entry, scene)

    def _judge(self) -> None:
        if self._unexpected:
            raise CommandError(f"came out, but should not have: {'; '.join(self._unexpected)}")

    def _check_deadline(self) -> None:
        if self._deadline_s is None or time.monotonic() - self._play.started_at < self._deadline_s:
            return
        missing = "; ".join(
            f"{scene.name} ({self._web.url_of(scene)}: {scene.brings})" for scene in self._play.missing()
        )
        raise CommandError(
            f"not everything came out within {self._deadline_s:.0f} s; missing: {missing}",
            "the services' logs above say why; a slow machine may need a longer --deadline",
        )


async def _read(redis: Redis, last: dict[str, str]) -> list[StreamEntry]:
    try:
        return await entries_after(redis, last, BLOCK_MS)
    except RedisConnectionError:  # the embedded server is being started again
        await asyncio.sleep(BLOCK_MS / 1_000)
        return []
