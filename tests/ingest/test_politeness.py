"""One request per host at a time, a gap between two, rest after refusals; robots.txt kept."""

import asyncio
import itertools
import time

import pytest

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.fetching.politeness import NotYet, Turn, TurnReport
from tests.ingest.conftest import BuildWalk, Clock, source_of
from tests.web.hostile import redirect
from tests.web.site import Item, Site, page, rss

HOST = "news.test:443"


async def test_second_request_waits_for_the_gap(build_walk: BuildWalk, clock: Clock) -> None:
    politeness = build_walk(host_gap_s=5.0).ingest.politeness
    turn = await politeness.take_turn(HOST)
    assert isinstance(turn, Turn)
    await politeness.end_turn(turn, TurnReport(gap_s=5.0, answered=True))

    sent_away = await politeness.take_turn(HOST)

    assert isinstance(sent_away, NotYet)
    assert sent_away.at == pytest.approx(clock.now().timestamp() + 5.0)
    clock.forward(5.0)
    assert isinstance(await politeness.take_turn(HOST), Turn)


async def test_those_sent_away_get_places_one_gap_apart(build_walk: BuildWalk, clock: Clock) -> None:
    politeness = build_walk(host_gap_s=5.0).ingest.politeness
    await politeness.take_turn(HOST)

    places = [await politeness.take_turn(HOST) for _ in range(3)]

    now = clock.now().timestamp()
    assert [place.at - now for place in places] == [
        pytest.approx(5.0),
        pytest.approx(10.0),
        pytest.approx(15.0),
    ]


async def test_turn_of_a_killed_process_runs_out(build_walk: BuildWalk, clock: Clock) -> None:
    politeness = build_walk(host_gap_s=5.0).ingest.politeness
    await politeness.take_turn(HOST)
    clock.forward(11.0)
    assert isinstance(await politeness.take_turn(HOST), Turn)


async def test_turn_that_ran_out_cannot_end_another_ones(build_walk: BuildWalk, clock: Clock) -> None:
    politeness = build_walk(host_gap_s=5.0).ingest.politeness
    late = await politeness.take_turn(HOST)
    clock.forward(11.0)
    await politeness.take_turn(HOST)

    await politeness.end_turn(late, TurnReport())

    assert isinstance(await politeness.take_turn(HOST), NotYet)


async def test_slow_host_keeps_its_turn_until_it_has_answered(
    build_walk: BuildWalk, site: Site, eventually
) -> None:
    """The lease is 6 s here and renewed three times in that; the host takes its time until it is let go."""
    may_answer = asyncio.Event()

    async def slow(seen, writer) -> None:
        await may_answer.wait()
        await page("ok")(seen, writer)

    site.pages = {"/slow": slow, "/robots.txt": page("", status=404)}
    one, two = (build_walk(real_clock=True, visibility_s=2.0) for _ in range(2))
    asking = asyncio.ensure_future(one.handle(FetchRequest(url=site.url("/slow"), why="one")))
    await eventually(lambda: site.asked("/slow"))
    key = keys.host_turns(site.netloc)
    first = await one.redis.hget(key, "lease_until")

    async def is_renewed() -> bool:
        return int(await one.redis.hget(key, "lease_until")) - int(first) > 1_000

    await eventually(is_renewed)
    assert isinstance(await two.ingest.politeness.take_turn(site.netloc, patience_s=0.0), NotYet)
    may_answer.set()
    await asking
    assert len(await one.articles()) == 1


async def test_replicas_never_ask_one_host_at_once_nor_within_the_gap(
    build_walk: BuildWalk, site: Site
) -> None:
    async def slow(seen, writer) -> None:
        await asyncio.sleep(0.03)
        await page("ok")(seen, writer)

    site.pages = {f"/{n}": slow for n in range(9)}
    replicas = [build_walk(real_clock=True, host_gap_s=0.15) for _ in range(3)]

    async def work(number: int) -> None:
        await replicas[number % 3].handle(FetchRequest(url=site.url(f"/{number}"), why="test"))

    await asyncio.gather(*(work(number) for number in range(9)))
    deadline = time.monotonic() + 20
    while len(await replicas[0].articles()) < 9 and time.monotonic() < deadline:
        await asyncio.gather(*(walk.drain(1) for walk in replicas))
        await asyncio.sleep(0.02)

    starts = [seen.started for seen in site.seen if seen.path != "/robots.txt"]
    assert len(starts) == 9
    assert max(site.most_at_once.values()) == 1
    assert min(later - earlier for earlier, later in itertools.pairwise(starts)) >= 0.15


async def test_429_rests_the_host_as_long_as_it_says(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    site.pages["/a"] = page("", status=429, retry_after="600")
    site.pages["/b"] = page("ok")
    walk = build_walk()
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    await walk.handle(FetchRequest(url=site.url("/b"), why="test"))

    clock.forward(590)
    await walk.drain()
    assert site.asked("/b") == []

    site.pages["/a"] = page("ok")
    clock.forward(20)
    await walk.drain()
    assert len(await walk.articles()) == 2


async def test_host_that_fails_again_and_again_is_left_alone(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/robots.txt"] = page("", status=404)
    for number in range(40):
        site.pages[f"/{number}"] = page("", status=500)
    walk = build_walk()
    for number in range(40):
        await walk.handle(FetchRequest(url=site.url(f"/{number}"), why="test"))
        clock.forward(1.0)

    assert len([seen for seen in site.seen if seen.path != "/robots.txt"]) <= 6


async def test_disallowed_page_is_never_asked_for(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /private\n", content_type="text/plain")
    site.pages["/private/a"] = page("secret")
    walk = build_walk()
    await walk.handle(FetchRequest(url=site.url("/private/a"), why="test"))
    assert site.asked("/private/a") == []
    assert await walk.articles() == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_site_without_a_robots_file_is_open(build_walk: BuildWalk, site: Site, status: int) -> None:
    site.pages["/robots.txt"] = page("", status=status)
    site.pages["/a"] = page("ok")
    walk = build_walk()
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    assert len(await walk.articles()) == 1


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_site_whose_robots_file_fails_is_closed_until_it_answers(
    build_walk: BuildWalk, site: Site, clock: Clock, status: int
) -> None:
    site.pages["/robots.txt"] = page("", status=status)
    site.pages["/a"] = page("ok")
    walk = build_walk()
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    assert site.asked("/a") == []

    site.pages["/robots.txt"] = page("", status=404)
    await walk.redis.delete(keys.robots_file(f"http://{site.netloc}"))  # ten minutes of Redis's own clock
    clock.forward(3600)
    await walk.drain()
    assert len(site.asked("/a")) == 1


async def test_robots_file_is_asked_for_once_and_starts_no_gap(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/a"] = page("ok")
    walk = build_walk(host_gap_s=5.0)
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    clock.forward(6.0)
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    assert [seen.path for seen in site.seen] == ["/robots.txt", "/a", "/a"]


async def test_robots_file_behind_a_redirect_is_followed(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/robots.txt"] = redirect("/other.txt", 301)
    site.pages["/other.txt"] = page("User-agent: cleanwire\nDisallow: /\n", content_type="text/plain")
    site.pages["/a"] = page("ok")
    walk = build_walk()
    await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
    assert site.asked("/a") == []


async def test_crawl_delay_lengthens_the_gap(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nCrawl-delay: 30\n", content_type="text/plain")
    site.pages["/a"] = page("ok")
    walk = build_walk(host_gap_s=5.0)
    await walk.handle(FetchRequest(url=site.url("/a"), why="one"))
    clock.forward(20)
    await walk.handle(FetchRequest(url=site.url("/a"), why="two"))
    assert len(site.asked("/a")) == 1
    clock.forward(11)
    await walk.drain()
    assert len(site.asked("/a")) == 2


async def test_request_not_due_yet_is_put_back(build_walk: BuildWalk, site: Site, clock: Clock) -> None:
    site.pages["/a"] = page("ok")
    walk = build_walk()
    at = clock.now().replace(hour=13)
    await walk.handle(FetchRequest(url=site.url("/a"), why="test", not_before=at))
    await walk.drain()
    assert site.seen == []
    clock.forward(3601)
    await walk.drain()
    assert len(site.asked("/a")) == 1


async def test_busy_host_delays_only_its_own_requests(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    other = await Site(pages={"/a": page("ok")}).start()
    site.pages["/a"] = page("ok")
    walk = build_walk(host_gap_s=60.0, allowed=[other.netloc])
    await walk.handle(FetchRequest(url=site.url("/a"), why="one"))
    await walk.handle(FetchRequest(url=site.url("/a"), why="two"))
    await walk.handle(FetchRequest(url=other.url("/a"), why="three"))
    assert (len(site.asked("/a")), len(other.asked("/a"))) == (1, 1)
    await other.stop()


async def test_feed_of_a_resting_host_is_due_when_its_rest_is_over(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/feed"] = page("", status=503, retry_after="7200")
    walk = build_walk(source_of(site.url("/feed")))
    await walk.drain()
    site.pages["/feed"] = page(rss(Item(site.url("/a"))))
    clock.forward(7100)
    await walk.drain()
    assert len(site.asked("/feed")) == 1
    clock.forward(200)
    await walk.drain()
    assert len(site.asked("/feed")) == 2
