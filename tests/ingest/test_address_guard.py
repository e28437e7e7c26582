"""The guard on real sockets: what is forbidden is never connected to; the listener is the witness."""

from collections.abc import Sequence

import pytest

from services.contracts.messages import FetchRequest
from services.ingest.app import utc_now
from services.ingest.core.outcomes import ARTICLE_LIMITS, Failed, Fetched, Refused
from services.ingest.fetching.fetcher import Fetcher, build_client
from services.ingest.fetching.guard import Resolve
from tests.ingest.conftest import BuildWalk
from tests.web.hostile import redirect
from tests.web.site import Site, page


def answering(*answers: Sequence[str]) -> Resolve:
    """A resolver that gives these answers one after the other, the last one for ever."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def refused(url: str, resolve: Resolve, allowed: frozenset[str] = frozenset()) -> Refused:
    fetcher = Fetcher(build_client("test", allowed, resolve=resolve), utc_now)
    outcome = await fetcher.fetch(url, ARTICLE_LIMITS)
    await fetcher.close()
    assert isinstance(outcome, Refused)
    assert outcome.reason == "address"
    return outcome


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_loopback_in_any_spelling_is_never_connected_to(site: Site, host: str) -> None:
    await refused(f"http://{host}:{site.port}/", answering(["127.0.0.1"]))
    await refused(f"http://{host}/", answering(["127.0.0.1"]))
    assert site.connections == 0


async def test_name_with_one_forbidden_address_is_refused_whole() -> None:
    outcome = await refused("http://news.test/", answering(["93.184.215.14", "10.0.0.7"]))
    assert "10.0.0.7: private 10/8" in outcome.detail


async def test_name_that_answers_public_first_and_private_later_is_refused_later() -> None:
    resolve = answering(["127.0.0.1"], ["169.254.169.254"])
    site = await Site(pages={"/": page("ok")}).start()
    fetcher = Fetcher(build_client("test", frozenset({f"news.test:{site.port}"}), resolve=resolve), utc_now)
    assert isinstance(await fetcher.fetch(site.url("/", host="news.test"), ARTICLE_LIMITS), Fetched)
    await fetcher.close()
    outcome = await refused("http://news.test/", resolve)
    assert "link-local" in outcome.detail
    await site.stop()


async def test_connection_goes_to_the_judged_address_without_a_second_look_up(site: Site) -> None:
    looked_up: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    site.pages["/"] = page("ok")
    fetcher = Fetcher(
        build_client("test", frozenset({f"nowhere.invalid:{site.port}"}), resolve=resolve), utc_now
    )
    assert isinstance(await fetcher.fetch(site.url("/", host="nowhere.invalid"), ARTICLE_LIMITS), Fetched)
    await fetcher.close()
    assert looked_up == ["nowhere.invalid"]
    assert site.seen[0].host == f"nowhere.invalid:{site.port}"


@pytest.mark.parametrize(
    "url", ["ftp://news.test/", "file:///etc/passwd", "gopher://news.test/", "http:///x", "http://[::1"]
)
async def test_other_schemes_and_broken_urls_never_leave_the_process(url: str) -> None:
    fetcher = Fetcher(build_client("test", frozenset()), utc_now)
    outcome = await fetcher.fetch(url, ARTICLE_LIMITS)
    await fetcher.close()
    assert isinstance(outcome, Refused | Failed)


async def test_port_outside_the_list_is_refused() -> None:
    outcome = await refused("http://news.test:6379/", answering(["93.184.215.14"]))
    assert "port 6379" in outcome.detail


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/inner",
        "http://[::1]:{port}/inner",
        "http://[::ffff:10.0.0.1]/inner",
        "http://169.254.169.254/latest/meta-data/",
        "http://0/inner",
    ],
)
async def test_redirect_into_the_inner_network_is_refused(
    build_walk: BuildWalk, site: Site, target: str
) -> None:
    inner = await Site(pages={"/inner": page("secret")}).start()
    site.pages["/a"] = redirect(target.format(port=inner.port))
    walk = build_walk()

    await walk.handle(FetchRequest(url=site.url("/a"), why="submitted"))
    await walk.drain()

    assert len(site.asked("/a")) == 1
    assert inner.connections == 0
    assert await walk.articles() == []
    await inner.stop()


async def test_redirect_loop_ends(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = redirect("/a")
    walk = build_walk()

    await walk.handle(FetchRequest(url=site.url("/a"), why="submitted"))
    await walk.drain()

    assert len(site.seen) == 1 + 6
    assert await walk.requests() == []


async def test_article_behind_a_redirect_keeps_both_urls(build_walk: BuildWalk, site: Site) -> None:
    site.pages["/a"] = redirect("/b", 301)
    site.pages["/b"] = page("<p>here</p>")
    walk = build_walk()

    await walk.handle(FetchRequest(url=site.url("/a"), why="submitted"))
    await walk.drain()

    [article] = await walk.articles()
    assert (article.url, article.final_url) == (site.url("/a"), site.url("/b"))
