"""What a publisher says machines may do, read and carried."""

import json

import pytest

from services.contracts.messages import FetchRequest, Rights
from services.ingest.core.policy_files import SiteTerms, reserves_ai, tdm_of_file, with_site_terms
from services.ingest.core.rights import rights_of
from tests.ingest.conftest import BuildWalk, Clock
from tests.web.site import Site, page


@pytest.mark.parametrize(
    ("header", "robots", "noai"),
    [
        ("noindex, noarchive", "noindex,noarchive", None),
        ("noai, noimageai", "noai,noimageai", True),
        ("googlebot: noindex, nofollow", None, None),
        ("googlebot: noindex, cleanwire: noai", "noai", True),
        ("max-snippet: 20, noarchive", "max-snippet:20,noarchive", None),
        ("", None, None),
    ],
)
def test_robots_header_is_read(header: str, robots: str | None, noai: bool | None) -> None:
    rights = rights_of({"x-robots-tag": header})
    assert (rights.robots, rights.noai) == (robots, noai)


@pytest.mark.parametrize(
    ("headers", "tdm"),
    [
        ({"tdm-reservation": "1"}, "1"),
        ({"tdm-reservation": "1", "tdm-policy": "https://a.example/p"}, "https://a.example/p"),
        ({"tdm-reservation": "0"}, "0"),
        ({"tdm-reservation": "maybe"}, None),
    ],
)
def test_reservation_of_text_mining_is_read(headers: dict[str, str], tdm: str | None) -> None:
    assert rights_of(headers).tdm == tdm


TDMREP = json.dumps(
    [
        {"location": "/free/*", "tdm-reservation": 0},
        {"location": "*.pdf$", "tdm-reservation": 1},
        {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/policy"},
        "junk",
    ]
)


@pytest.mark.parametrize(
    ("path", "tdm"), [("/free/a", "0"), ("/x/y.pdf", "1"), ("/news/a", "https://a.example/policy")]
)
def test_first_fitting_rule_of_the_file_counts(path: str, tdm: str) -> None:
    assert tdm_of_file(TDMREP, path) == tdm


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"location": "/"}', "[" * 90_000])
def test_file_that_is_none_says_nothing(text: str) -> None:
    assert tdm_of_file(text, "/") is None


def test_ai_txt_that_keeps_everybody_out_is_read() -> None:
    assert reserves_ai("# hello\nUser-Agent: *\nDisallow: /\n")
    assert not reserves_ai("User-Agent: otherbot\nDisallow: /\n")
    assert not reserves_ai("User-Agent: *\nAllow: /\nDisallow: *.jpg\n")


def test_word_of_the_page_goes_before_the_file() -> None:
    terms = SiteTerms(tdmrep=TDMREP, ai_txt="User-Agent: *\nDisallow: *")
    assert with_site_terms(Rights(tdm="0"), terms, "https://a.example/news/a") == Rights(tdm="0", noai=True)


async def test_terms_of_a_site_are_asked_once_and_carried_by_its_articles(
    build_walk: BuildWalk, site: Site, clock: Clock
) -> None:
    site.pages["/.well-known/tdmrep.json"] = page(
        '[{"location": "/", "tdm-reservation": 1}]', content_type="application/json"
    )
    site.pages["/a"] = page("<p>page</p>")
    walk = build_walk()
    for _round in range(3):
        await walk.handle(FetchRequest(url=site.url("/a"), why="test"))
        clock.forward(120)
        await walk.drain()
    assert [article.rights.tdm for article in await walk.articles()] == [None, "1", "1"]
    assert len(site.asked("/.well-known/tdmrep.json")) == 1
    assert len(site.asked("/ai.txt")) == 1
