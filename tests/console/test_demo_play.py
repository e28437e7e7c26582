"""The demo's script and its small web: what opens when, what counts as come out, what the servers answer."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.console.demo.play import Play
from services.console.demo.scenes import OUTLET_BY_NAME, SCENES, Scene
from services.console.demo.sources_file import sources_toml
from services.console.demo.web import SmallWeb
from services.ingest.sources.sources_file import parse_catalogue

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BY_NAME = {scene.name: scene for scene in SCENES}
IDS = {scene.name: f"id of {scene.outlet}{scene.path}" for scene in SCENES}


@pytest.fixture
def play() -> Play:
    return Play(SCENES, IDS, started_at=100.0)


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb(START) as web:
        yield web


def names(scenes: list[Scene]) -> list[str]:
    return [scene.name for scene in scenes]


def fetch(url: str, **headers: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read(), answer.headers.get("ETag", "")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), ""


def test_scene_opens_once_and_only_when_what_it_follows_has_come_out(play: Play) -> None:
    assert names(play.due(100.0)) == ["original", "off topic"]
    assert play.due(100.0) == []
    assert "copy" not in names(play.due(200.0))
    assert play.came_out(str(BY_NAME["original"].brings), IDS["original"], 201.0) == BY_NAME["original"]
    assert play.due(201.4) == []
    assert names(play.due(201.5)) == ["copy"]


def test_event_counts_for_one_scene_once(play: Play) -> None:
    play.due(1_000.0)
    brings = str(BY_NAME["original"].brings)
    assert play.came_out(brings, IDS["original"], 1_001.0) is not None
    assert play.came_out(brings, IDS["original"], 1_002.0) is None
    assert play.came_out(brings, "id of nobody", 1_002.0) is None


def test_off_topic_page_is_never_missed(play: Play) -> None:
    assert "off topic" not in names(play.missing())
    assert len(play.missing()) == len(SCENES) - 1


def test_scenes_follow_only_scenes_and_live_at_known_outlets() -> None:
    assert {name for scene in SCENES for name in scene.opens_after} <= set(BY_NAME)
    assert {scene.outlet for scene in SCENES} == set(OUTLET_BY_NAME)


def test_page_appears_with_its_feed_entry_and_changes_in_place(web: SmallWeb) -> None:
    scene = BY_NAME["original"]
    assert fetch(web.url_of(scene))[0] == 404
    web.show(scene, START)
    status, page, etag = fetch(web.url_of(scene))
    assert (status, b"21 political prisoners" in page, b"$" in page) == (200, True, False)
    assert web.url_of(scene).encode() in fetch(web.feed_urls()["courier"])[1]
    assert fetch(web.url_of(scene), **{"If-None-Match": etag})[0] == 304
    web.show(BY_NAME["revision"], START)
    assert b"26 political prisoners" in fetch(web.url_of(scene), **{"If-None-Match": etag})[1]


def test_pages_hold_their_expected_words_and_the_clutter_to_be_cut(web: SmallWeb) -> None:
    for scene in SCENES:
        web.show(scene, START)
        page = fetch(web.url_of(scene))[1].decode()
        assert [phrase for phrase in scene.must_contain if phrase not in page] == [], scene.name
    clutter = [
        phrase
        for phrase in BY_NAME["wire copy"].must_not_contain
        if phrase not in fetch(web.url_of(BY_NAME["wire copy"]))[1].decode()
    ]
    assert clutter == []


def test_sources_file_of_the_small_web_is_one_ingest_reads(web: SmallWeb) -> None:
    catalogue = parse_catalogue(sources_toml(web.feed_urls()), "sources.toml")
    assert {listing.url for listing in catalogue.listings.values()} == set(web.feed_urls().values())
    assert {listing.poll_s for listing in catalogue.listings.values()} == {1.0}


def test_every_outlet_is_a_port_of_loopback(web: SmallWeb) -> None:
    assert len(set(web.hosts())) == len(OUTLET_BY_NAME)
    assert all(host.startswith("127.0.0.1:") for host in web.hosts())
