"""The walk of the small web through all three handlers in one process: no service runs, every message is passed by hand."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from services.console.demo.scenes import SCENES, Scene
from services.console.demo.sources_file import sources_toml
from services.console.demo.web import SmallWeb
from services.console.settings import CHECKOUT
from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import FetchRequest, NormalizedArticle, RawArticle
from services.contracts.streams import (
    ARTICLES_CLEANED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    FETCH_REQUESTS,
    STORIES_UPDATED,
)
from services.ingest.app import Ingest
from services.ingest.settings import IngestSettings
from services.ingest.sources.sources_file import parse_catalogue
from services.normalize.app import Normalize
from services.normalize.settings import NormalizeSettings
from services.normalize.topics import read_topics
from services.runtime.delivery.entry import Entry
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.handling import handling
from services.store.archive import Archive
from services.store.database.migrate import migrate
from services.store.database.opening import open_database
from services.store.handler import build_handler
from services.store.relay.relaying import rebuild

Handler = Callable[[Any], Awaitable[None]]
MODEL_OF: dict[str, Any] = {
    FETCH_REQUESTS: FetchRequest,
    ARTICLES_RAW: RawArticle,
    ARTICLES_NORMALIZED: NormalizedArticle,
}


class Walk:
    """The three handlers, and a queue of entries between them; `again` passes every entry twice."""

    def __init__(self, redis: Redis, web: SmallWeb, ingest: Ingest, handlers: dict[str, Handler]) -> None:
        self.redis = redis
        self.web = web
        self.ingest = ingest
        self.handlers = handlers
        self.again = False
        self._number = 0
        # A feed tells its changes to the second: the whole walk may pass within one, so its clock is our own.
        self._clock = datetime.now(UTC) - timedelta(minutes=5)

    async def submit(self, url: str) -> None:
        """What `cleanwire submit` asks for: a page nobody names a source for."""
        await self._pass_on(FETCH_REQUESTS, FetchRequest(url=url, why="submitted"))

    async def show(self, *scenes: Scene) -> None:
        """Put scenes on, poll every feed, and pass on what comes of it until nothing is left."""
        for scene in scenes:
            self._clock += timedelta(seconds=1)
            self.web.show(scene, self._clock)
        for listing in self.ingest.catalogue.listings.values():
            await self._pass_on(
                FETCH_REQUESTS, FetchRequest(url=listing.url, kind=listing.kind, source=listing.source)
            )

    async def _pass_on(self, stream: str, request: FetchRequest) -> None:
        queue: deque[tuple[str, dict[bytes, bytes], Any]] = deque([(stream, {}, request)])
        while queue:
            stream, fields, message = queue.popleft()
            for _time in range(2 if self.again else 1):
                queue.extend(await self._handle(stream, fields, message))

    async def _handle(
        self, stream: str, fields: dict[bytes, bytes], message: Any
    ) -> list[tuple[str, dict[bytes, bytes], Any]]:
        self._number += 1
        with handling(Entry(f"{self._number}-0", fields, 1)) as running:
            await self.handlers[stream](message)
        made = []
        for output in running.outputs:
            if output.command == "XADD" and output.key in MODEL_OF:
                named = dict(zip(output.arguments[1::2], output.arguments[2::2], strict=True))
                out_fields = {_bytes(name): _bytes(value) for name, value in named.items()}
                body = unseal(out_fields[DATA_KEY])[0]
                made.append((output.key, out_fields, MODEL_OF[output.key].model_validate_json(body)))
            else:
                await self.redis.execute_command(output.command, output.key, *output.arguments)
        return made

    async def events(self) -> list[dict[str, Any]]:
        """Both public streams."""
        entries: list[Any] = [
            entry for name in (ARTICLES_CLEANED, STORIES_UPDATED) for entry in await self.redis.xrange(name)
        ]
        plain = [{name.decode(): value.decode() for name, value in fields.items()} for _, fields in entries]
        return [{**fields, "data": json.loads(fields["data"])} for fields in plain]


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def licence(request: pytest.FixtureRequest) -> str:
    """Every source's licence; `full` unless a test asks for another."""
    return str(getattr(request, "param", "full"))


@pytest.fixture
async def walk(redis_url: str, tmp_path: Path, licence: str) -> AsyncIterator[Walk]:
    redis = Redis.from_url(redis_url)
    with SmallWeb(datetime.now(UTC)) as web:
        database = open_database(f"sqlite:///{tmp_path / 'archive.db'}")
        await migrate(database)
        ingest_settings = IngestSettings(
            redis_url=redis_url,
            contact="tests@example.invalid",
            allow_private_hosts=frozenset(web.hosts()),
            host_gap_s=0.0,
        )
        ingest = Ingest(
            ingest_settings,
            parse_catalogue(
                sources_toml(web.feed_urls()).replace('licence = "full"', f'licence = "{licence}"'), "sources"
            ),
            Redis.from_url(redis_url),
        )
        topics = read_topics(CHECKOUT / "deploy" / "topics")
        normalize = Normalize(NormalizeSettings(redis_url=redis_url), topics, Redis.from_url(redis_url))
        handlers: dict[str, Handler] = {
            FETCH_REQUESTS: ingest.handler.on_fetch_request,
            ARTICLES_RAW: normalize.handler.on_raw_article,
            ARTICLES_NORMALIZED: build_handler(Archive(database), lambda: None),
        }
        walk = Walk(redis, web, ingest, handlers)
        walk_events = walk.events

        async def events() -> list[dict[str, Any]]:
            await rebuild(database, redis)
            return await walk_events()

        walk.events = events  # type: ignore[method-assign]
        yield walk
        await ingest.close()
        await normalize.close()
        await database.close()
    await redis.aclose()


def came_out(events: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    awaited = {scene.brings for scene in SCENES}
    return Counter(
        (one["type"], urlsplit(one["data"]["url"]).path) for one in events if one["type"] in awaited
    )


EXPECTED = Counter((scene.brings, scene.path) for scene in SCENES if scene.brings)


async def test_every_page_of_the_small_web_comes_out_as_its_scene_says(walk: Walk) -> None:
    for scene in SCENES:
        await walk.show(scene)
    assert came_out(await walk.events()) == EXPECTED


async def test_entries_delivered_twice_change_nothing(walk: Walk) -> None:
    walk.again = True
    for scene in SCENES:
        await walk.show(scene)
    assert came_out(await walk.events()) == EXPECTED


async def test_feeds_polled_again_bring_nothing_new(walk: Walk) -> None:
    await walk.show(*SCENES[:3])
    before = await walk.events()
    await walk.show()
    assert await walk.events() == before


async def test_copy_that_arrives_before_its_original_is_one_article(walk: Walk) -> None:
    scenes = {scene.name: scene for scene in SCENES}
    await walk.show(scenes["copy"])
    await walk.show(scenes["original"])
    events = await walk.events()
    published = [one for one in events if one["type"].startswith("cleanwire.article.")]
    changed = [one for one in events if one["type"] == "cleanwire.group.canonical_changed.v1"]
    assert [urlsplit(one["data"]["url"]).path for one in published] == [scenes["copy"].path]
    original = article_id_of(canonical_url(walk.web.url_of(scenes["original"])))
    assert [one["data"]["canonical_id"] for one in changed] == [original]


@pytest.mark.parametrize("licence", ["headline"], indirect=True)
async def test_article_of_a_headline_source_comes_out_without_its_text(walk: Walk) -> None:
    await walk.show(SCENES[0])
    [article] = [one["data"] for one in await walk.events() if one["type"] == SCENES[0].brings]
    assert article["title"]
    assert (article["text"], article["standfirst"], article["images"]) == ("", None, [])
    assert article["rights"]["licence"] == "headline"


async def test_submitted_page_of_a_known_outlet_is_an_update_of_its_article_and_no_copy(walk: Walk) -> None:
    scenes = {scene.name: scene for scene in SCENES}
    await walk.show(scenes["original"])
    walk.web.show(scenes["update"], datetime.now(UTC))  # on the web, and no feed is asked
    await walk.submit(walk.web.url_of(scenes["update"]))
    told = {one["type"]: one["data"] for one in await walk.events()}
    assert told[scenes["update"].brings]["outlet"] == told[scenes["original"].brings]["outlet"]
    assert "cleanwire.group.copy_seen.v1" not in told


async def test_three_handlers_pass_a_page_on_at_once(walk: Walk) -> None:
    await walk.show(SCENES[0])  # loads what is loaded once
    async with asyncio.timeout(10.0):  # a wait for a poll or a block would take longer
        await walk.show(SCENES[2])
    assert len(came_out(await walk.events())) == 2
