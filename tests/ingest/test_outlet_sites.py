"""Whose page a URL is, where nobody named a source."""

from pathlib import Path

import pytest

from services.contracts.messages import FetchRequest
from services.ingest.sources.sites import OutletSites
from services.ingest.sources.sources_file import parse_catalogue, read_catalogue
from tests.ingest.conftest import BuildWalk, source_of
from tests.web.site import Site, page

FILE = """\
[[source]]
name = "Paper"
outlet = "Paper"
side = "exile"
licence = "headline"
hosts = ["paper.news"]
[[source.feed]]
kind = "feed"
url = "https://rss.paper.example/all"
[[source.feed]]
kind = "telegram"
url = "https://t.me/s/paper"

[[source]]
name = "Radio EN"
outlet = "Radio"
[[source.feed]]
kind = "feed"
url = "https://radio.example/en/rss"

[[source]]
name = "Radio RU"
outlet = "Radio"
[[source.feed]]
kind = "feed"
url = "https://radio.example/ru/rss"

[[source]]
name = "Tenant A"
outlet = "A"
[[source.feed]]
kind = "feed"
url = "https://shared.example/a/rss"

[[source]]
name = "Tenant B"
outlet = "B"
[[source.feed]]
kind = "feed"
url = "https://shared.example/b/rss"

[[source]]
name = "Search"
outlet = "Search"
[[source.feed]]
kind = "search"
url = "https://find.example/rss?q=x"
"""


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://paper.example/2026/talks", "Paper"),
        ("https://www.paper.example/2026/talks", "Paper"),
        ("https://en.paper.example/talks", "Paper"),
        ("https://paper.news/talks", "Paper"),
        ("https://radio.example/ru/talks", "Radio RU"),
        ("https://radio.example/en/talks", "Radio EN"),
        ("https://radio.example/talks", "Radio EN"),
        ("https://shared.example/b/talks", "Tenant B"),
        ("https://shared.example/c/talks", None),
        ("https://notpaper.example/talks", None),
        ("https://paper.example:8443/talks", None),
        ("https://t.me/other/5", None),
        ("https://find.example/a", None),
        ("https://example/", None),
    ],
)
def test_page_belongs_to_the_source_whose_host_it_is_on(url: str, name: str | None) -> None:
    source = OutletSites(parse_catalogue(FILE, "s.toml").listings.values()).source_of(url)
    assert (source.name if source else None) == name


def test_real_file_knows_the_outlets_of_its_feeds_on_other_hosts() -> None:
    catalogue = read_catalogue(Path(__file__).parents[2] / "deploy" / "sources.toml")
    sites = OutletSites(catalogue.listings.values())
    urls = ["https://www.wsj.com/world/x", "https://www.bbc.co.uk/news/x", "https://belta.by/politics/x"]
    assert [source.outlet for url in urls if (source := sites.source_of(url))] == [
        "The Wall Street Journal",
        "BBC",
        "BelTA",
    ]
    assert sites.source_of("https://news.google.com/rss/articles/x") is None


async def test_submitted_page_of_a_known_outlet_carries_its_side_and_its_licence(
    build_walk: BuildWalk, site: Site
) -> None:
    site.pages["/a"] = page("<p>here</p>")
    file = source_of(site.url("/feed")).replace('side = "exile"', 'side = "exile"\nlicence = "excerpt"')
    walk = build_walk(file)

    await walk.handle(FetchRequest(url=site.url("/a"), why="submitted"))

    [article] = await walk.articles()
    assert article.source is not None
    assert (article.source.outlet, article.source.side) == ("Ours", "exile")
    assert article.rights.licence == "excerpt"
