"""`cleanwire up` on bad input: clear errors, and nothing lost."""

import json
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from redis import Redis

from tests.servers.command_rig import RunningCommand, noted_redis_url
from tests.web.loopback_web import LoopbackWeb

pytestmark = pytest.mark.timeout(400)  # its deadlines, one after the other

ITEM = "<item><title>{title}</title><link>{url}</link><guid>{url}</guid></item>"
FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>{url}</link>{items}</channel></rss>'
TEXTS = {
    "Vilnius": (
        "Envoys of the United States and Belarus met in Vilnius on Monday and spoke for six hours about the release of "
        "political prisoners and about the sanctions on potash, the delegation from Washington said.",
        "The Belarusian side asked for spare parts for its state airline. The talks ended without a joint statement, "
        "but both delegations said that they would meet again before the end of the month.",
    ),
    "Kaunas": (
        "Nine Belarusian political prisoners walked out of a bus in Kaunas on Friday, two days after an American envoy "
        "had handed a list of names to officials in Minsk, volunteers who received them said.",
        "Doctors examined all of them in a school gymnasium. One of the nine, a teacher of chemistry, said that nobody "
        "had told her about the negotiations between Washington and Minsk before the door of the bus opened.",
    ),
}


def article(place: str) -> bytes:
    title = f"What happened in {place}, and what Belarus says about prisoners"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in TEXTS[place])
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()


def source(name: str, url: str) -> str:
    return f'[[source]]\nname = "{name}"\noutlet = "{name}"\nscope = "topic"\n[[source.feed]]\nkind = "feed"\nurl = "{url}"\npoll_s = 1.0\n'


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackWeb]:
    with LoopbackWeb() as web:
        pages = [web.put("/vilnius", article("Vilnius")), web.put("/zeros", bytes(200_000))]
        items = "".join(ITEM.format(title=f"Belarus {number}", url=url) for number, url in enumerate(pages))
        feed = web.put(
            "/good.xml", FEED.format(url=web.url("/"), items=items).encode(), "application/rss+xml"
        )
        broken = web.put(
            "/broken.xml", b"\x00\xff<rss><channel" + bytes(range(256)) * 20, "application/rss+xml"
        )
        web.put("/sources.toml", (source("good", feed) + source("broken", broken)).encode())
        yield web


@pytest.fixture(scope="module")
def environ(web: LoopbackWeb, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("up")
    (folder / "sources.toml").write_bytes(web._pages["/sources.toml"][0])
    return {
        "CLEANWIRE_DATA_DIR": str(folder / "data"),
        "CLEANWIRE_SOURCES_FILE": str(folder / "sources.toml"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": web.host,
        "CLEANWIRE_CONTACT": "tests@example.invalid",
        "CLEANWIRE_HOST_GAP_S": "0.1",
        "CLEANWIRE_VISIBILITY_S": "3",
    }


@pytest.fixture(scope="module")
def up(environ: Mapping[str, str]) -> Iterator[RunningCommand]:
    with RunningCommand(["up"], environ) as command:
        command.pid_of("store")
        yield command


@pytest.fixture
def redis(up: RunningCommand, environ: Mapping[str, str]) -> Iterator[Redis]:
    with Redis.from_url(noted_redis_url(Path(environ["CLEANWIRE_DATA_DIR"])), decode_responses=True) as redis:
        yield redis


def titles(redis: Redis) -> list[str]:
    return [json.loads(fields["data"])["title"] for _, fields in redis.xrange("articles.cleaned")]


def test_unreadable_feed_is_named_and_the_others_go_on(up: RunningCommand, redis: Redis) -> None:
    up.wait_for(lambda: titles(redis), "the good feed's article")
    failed = up.wait_for(
        lambda: [one for one in up.events("feed_polled") if one["source"] == "broken"],
        "the broken feed's outcome",
    )
    assert failed[0]["outcome"] == "failed"
    assert failed[0]["reason"]


def test_page_of_zeros_is_rejected_with_a_reason(up: RunningCommand) -> None:
    rejected = up.wait_for(
        lambda: [one for one in up.events("page_rejected") if one["url"].endswith("/zeros")], "the rejection"
    )
    assert rejected[0]["reason"] == "not text"


def test_unknown_message_version_is_dead_lettered_with_its_field_named(
    up: RunningCommand, redis: Redis
) -> None:
    message = json.dumps({"version": 99, "url": "https://example.invalid/", "kind": "article"})
    redis.xadd("fetch.requests", {"__data__": json.dumps({"headers": {}, "data": message})})
    up.wait_for(lambda: redis.xlen("fetch.requests.dead"), "the dead letter")
    [(_, letter)] = redis.xrange("fetch.requests.dead")
    assert "version" in letter["dead.reason"]
    assert json.loads(letter["__data__"])["data"] == message


def test_full_disk_in_the_store_loses_nothing(
    up: RunningCommand, redis: Redis, web: LoopbackWeb, environ: Mapping[str, str]
) -> None:
    up.wait_for(lambda: any("Vilnius" in title for title in titles(redis)), "the feed's article", 30.0)
    before = len(titles(redis))
    store, unlimited = up.pid_of("store"), resource.RLIM_INFINITY
    resource.prlimit(store, resource.RLIMIT_FSIZE, (1, unlimited))  # every write of a file fails from here on
    submitted = RunningCommand(["submit", web.put("/kaunas", article("Kaunas"))], environ)
    assert submitted.wait_end(60.0) == 0, submitted.told()
    paused = up.wait_for(
        lambda: [one for one in up.events("stage_paused") if one["service"] == "store"], "the store to pause"
    )
    assert paused[0]["dependency"]
    assert len(titles(redis)) == before
    resource.prlimit(store, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    up.wait_for(lambda: len(titles(redis)) > before, "the article after the disk has room", 30.0)
    assert len([title for title in titles(redis) if "Kaunas" in title]) == 1
    assert redis.xlen("articles.normalized.dead") == 0


def test_sources_file_with_a_typo_names_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nname = "a"\noutlett = "A"\n')
    environ = {
        "CLEANWIRE_CONTACT": "tests@example.invalid",
        "CLEANWIRE_SOURCES_FILE": str(file),
        "CLEANWIRE_DATA_DIR": str(tmp_path / "data"),
    }
    with RunningCommand(["up"], environ) as up:
        assert up.wait_end(60.0) == 2
    assert "line 3" in up.told()
    assert "'outlett'" in up.told()


def test_up_without_a_contact_says_how_to_give_one(tmp_path: Path) -> None:
    with RunningCommand(["up"], {"CLEANWIRE_DATA_DIR": str(tmp_path)}) as up:
        assert up.wait_end(60.0) == 2
    assert "CLEANWIRE_CONTACT" in up.told()
    assert "@" in up.told()


def test_second_up_over_the_same_folder_is_refused(up: RunningCommand, environ: Mapping[str, str]) -> None:
    with RunningCommand(["up"], environ) as second:
        assert second.wait_end(60.0) == 1
    assert "another cleanwire runs" in second.told()


def test_stopping_waits_for_no_site_that_hangs(
    up: RunningCommand, web: LoopbackWeb, environ: Mapping[str, str]
) -> None:
    """The last test of this module: it stops the command that the others share."""
    submitted = RunningCommand(["submit", web.hold("/hang")], environ)
    assert submitted.wait_end(60.0) == 0, submitted.told()
    up.wait_for(lambda: "/hang" in web.asked, "the hanging page to be asked for")
    assert up.stop() == 0
    assert {one["of"]: one["exit_code"] for one in up.events("service_stopped") if "of" in one}["store"] == 0
