"""Clean articles asked again: when, how, and what a change, a silence and a disappearance lead to."""

from datetime import timedelta

import pytest

from services.contracts.events import ARTICLE_PUBLISHED, PublicEvent
from services.contracts.messages import CleanArticle, FetchRequest
from services.contracts.streams import ARTICLES_CLEANED
from services.ingest import keys
from services.ingest.core.revisits import STEPS, Drop, PageRecord, VisitAgain, Withdrew, next_revisit
from tests.ingest.conftest import BuildWalk, Clock, Walk
from tests.web.site import Site, page

SEEN = 1_000_000.0


async def announce(walk: Walk, clock: Clock, url: str, side: str = "exile") -> None:
    """What the store's relay writes when the article of this page has come out clean."""
    article = CleanArticle(
        article_id="a" * 32,
        canonical_id="a" * 32,
        revision=1,
        url=url,
        canonical_url=url,
        outlet="Ours",
        text="x",
        side=side,
    )
    event = PublicEvent(
        id="a:1", type=ARTICLE_PUBLISHED, subject="a", time=clock.now(), data=article.model_dump_json()
    )
    await walk.redis.xadd(ARTICLES_CLEANED, event.to_fields(), id=f"{int(clock.now().timestamp() * 1000)}-0")
    await walk.ingest.clean_reader.turn()


async def fetched_and_clean(walk: Walk, site: Site, clock: Clock, **headers: str) -> None:
    site.pages["/robots.txt"] = page("", status=404)
    site.pages["/a"] = page("<p>first</p>", **headers)
    await walk.redis.hset(keys.site_terms(f"http://{site.netloc}"), "asked", 1)
    await walk.handle(FetchRequest(url=site.url("/a"), why="feed entry"))
    await announce(walk, clock, site.url("/a"))


async def test_clean_article_is_asked_again_with_its_validators_at_every_step(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock, etag='"1"', last_modified="Sat, 21 Nov 2026 10:00:00 GMT")
    start = clock.now()

    asked_at = []
    for number in range(80 * 12):
        clock.forward(300)
        site.pages["/a"] = page(f"<p>{number}</p>", etag='"1"')
        before = len(site.asked("/a"))
        await walk.drain()
        if len(site.asked("/a")) > before:
            asked_at.append(clock.now() - start)

    assert asked_at == [*STEPS]
    assert site.asked("/a")[1].headers["if-none-match"] == '"1"'
    assert site.asked("/a")[1].headers["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert len(await walk.articles()) == 1 + len(STEPS)


async def test_unchanged_page_is_not_handed_on_and_dropped_after_two_late_304s(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock, etag='"1"')
    site.pages["/a"] = page("", status=304)
    for _hour in range(80):
        clock.forward(3600)
        await walk.drain()
    assert len(site.asked("/a")) == 1 + 4  # 15 min, 1 h, 6 h, 24 h: the 72 h visit is spared
    assert len(await walk.articles()) == 1
    assert await walk.redis.zcard(keys.REVISITS) == 0


async def test_server_without_validators_is_compared_by_the_page(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock)
    clock.forward(1000)
    await walk.drain()
    assert len(site.asked("/a")) == 2
    assert len(await walk.articles()) == 1


async def test_article_gone_twice_a_day_apart_was_withdrawn(
    build_walk: BuildWalk, site: Site, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock)
    site.pages["/a"] = page("", status=410)
    for _hour in range(24):
        clock.forward(3600)
        await walk.drain()
    assert "source_withdrew" not in capsys.readouterr().out
    clock.forward(3 * 3600)
    await walk.drain()
    assert "source_withdrew" in capsys.readouterr().out
    assert len(site.asked("/a")) == 3


async def test_event_read_twice_plans_one_revisit_and_counts_once(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock)
    again = build_walk()
    await again.redis.delete(keys.CLEAN_POSITION)
    await again.ingest.clean_reader.turn()
    assert await walk.redis.zcard(keys.REVISITS) == 1
    assert await walk.redis.scard(keys.coverage(clock.now().date().isoformat(), "exile")) == 1


async def test_old_clean_articles_are_not_revisited_after_redis_lost_its_memory(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock)
    await walk.redis.delete(keys.REVISITS, keys.CLEAN_POSITION)
    clock.forward(timedelta(days=4).total_seconds())
    later = build_walk()
    await later.ingest.clean_reader.turn()
    assert await walk.redis.zcard(keys.REVISITS) == 0


async def test_revisits_wait_while_new_entries_do(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    walk = build_walk()
    await fetched_and_clean(walk, site, clock)
    for _ in range(60):
        await walk.redis.xadd("fetch.requests", {"x": "y"})
    clock.forward(1000)
    await walk.ingest.scheduler.turn()
    assert await walk.redis.xlen("fetch.requests") == 60


async def test_unreadable_event_is_passed_over(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk()
    await walk.redis.xadd(ARTICLES_CLEANED, {"foreign": "entry"})
    assert await walk.ingest.clean_reader.turn() == 1
    assert await walk.ingest.clean_reader.turn() == 0


def test_failed_revisit_goes_on_with_the_next_step() -> None:
    follows = next_revisit(PageRecord(first_seen=SEEN, step=0), "failed", SEEN + 900)
    assert isinstance(follows, VisitAgain)
    assert follows.at == SEEN + 3600


def test_page_that_comes_back_is_not_withdrawn() -> None:
    gone = next_revisit(PageRecord(first_seen=SEEN, step=1), "gone", SEEN + 3600)
    assert isinstance(gone, VisitAgain)
    back = next_revisit(gone.record, "unchanged", SEEN + 100_000)
    assert isinstance(back, VisitAgain)
    assert back.record.gone_at == 0
    assert isinstance(next_revisit(gone.record, "gone", SEEN + 3600 + 86_400), Withdrew)


def test_last_step_ends_the_visits() -> None:
    assert next_revisit(PageRecord(first_seen=SEEN, step=4), "changed", SEEN + 259_200) == Drop()
