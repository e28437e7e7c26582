"""publish → mark seen → validators → acknowledge: a crash between any two loses no entry."""

import itertools

import pytest

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS
from services.ingest import keys
from services.ingest.sources.sources_file import parse_catalogue
from tests.ingest.conftest import BuildWalk, source_of
from tests.web.site import Item, Site, page, rss


def feed_request(site: Site) -> FetchRequest:
    catalogue = parse_catalogue(source_of(site.url("/feed")), "s.toml")
    [listing] = catalogue.listings.values()
    return FetchRequest(url=listing.url, kind="feed", source=listing.source, why="poll")


def serve_feed(site: Site, count: int) -> set[str]:
    urls = [site.url(f"/{number}") for number in range(count)]
    site.pages["/feed"] = page(rss(*(Item(url) for url in urls)), etag='"v1"')
    site.pages["/robots.txt"] = page("", status=404)
    return set(urls)


@pytest.mark.parametrize("crash_after", range(6))
async def test_crash_after_any_output_loses_no_entry(
    build_walk: BuildWalk, site: Site, clock, crash_after: int
) -> None:
    urls = serve_feed(site, 3)
    etag_sent = site.pages["/feed"]

    async def conditional(seen, writer) -> None:
        answer = page("", status=304) if seen.headers.get("if-none-match") == '"v1"' else etag_sent
        await answer(seen, writer)

    site.pages["/feed"] = conditional
    walk = build_walk(source_of(site.url("/feed")))

    await walk.handle(feed_request(site), crash_after=crash_after)
    clock.forward(60)
    await walk.handle(feed_request(site))

    assert {request.url for request in await walk.requests()} == urls


async def test_outputs_stand_in_the_order_that_a_crash_cannot_hurt(build_walk: BuildWalk, site: Site) -> None:
    serve_feed(site, 3)
    walk = build_walk(source_of(site.url("/feed")))

    outputs = await walk.handle(feed_request(site))

    kinds = [key for key, _ in itertools.groupby(output.key.split(":")[0:2][-1] for output in outputs)]
    assert kinds == [FETCH_REQUESTS, "seen", "listing", "schedule"]


async def test_long_list_goes_out_in_slices_with_their_own_marks(build_walk: BuildWalk, site: Site) -> None:
    urls = serve_feed(site, 450)
    walk = build_walk(source_of(site.url("/feed")))

    outputs = await walk.handle(feed_request(site))

    runs = [(key, len([*group])) for key, group in itertools.groupby(output.key for output in outputs)]
    seen = keys.seen_marks("Ours")
    assert runs[:6] == [
        (FETCH_REQUESTS, 200),
        (seen, 1),
        (FETCH_REQUESTS, 200),
        (seen, 1),
        (FETCH_REQUESTS, 50),
        (seen, 1),
    ]
    assert len(urls) == 450


async def test_crash_between_two_slices_sends_only_the_rest_again(
    build_walk: BuildWalk, site: Site, clock
) -> None:
    urls = serve_feed(site, 450)
    walk = build_walk(source_of(site.url("/feed")))
    await walk.handle(
        feed_request(site), crash_after=0
    )  # both earlier slices stand, the last one and its end do not

    clock.forward(60)
    await walk.handle(feed_request(site))

    sent = [request.url for request in await walk.requests()]
    assert set(sent) == urls
    assert len(sent) == 450
