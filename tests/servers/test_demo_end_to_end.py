"""The demo as its processes run it: everything comes out exactly once, whoever is killed meanwhile."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from services.console.demo.performance import VISIBILITY_S
from services.console.demo.scenes import SCENES, Scene
from services.contracts.events import GROUP_COPY_SEEN
from tests.servers.command_rig import RunningCommand, noted_redis_url

pytestmark = pytest.mark.timeout(400)  # its deadlines, one after the other

FIRST_ARTICLE_S = 5.0
EXPECTED = Counter((scene.brings, scene.path) for scene in SCENES if scene.brings)
EXPECTED_ARTICLES = Counter({key: count for key, count in EXPECTED.items() if key[0] != GROUP_COPY_SEEN})
SERVICES = ("ingest", "normalize", "store")


@dataclass(frozen=True)
class Played:
    """A demo that has shown everything and still runs: what a plain client read, and when the first line came."""

    command: RunningCommand
    events: list[dict[str, Any]]
    first_article_s: float


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("demo")
    with RunningCommand(["demo", "--data-dir", str(folder)]) as command:
        command.pid_of(SERVICES[-1])
        started = time.monotonic()
        wait_until_all_came_out(command, folder)
        yield Played(command, public_events(folder), command.line_times[0] - started)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningCommand]:
    with RunningCommand(["demo", "--data-dir", str(tmp_path)]) as command:
        command.pid_of(SERVICES[-1])
        yield command


def happened(event: dict[str, Any]) -> tuple[str, str]:
    return event["type"], urlsplit(event["data"]["url"]).path


def public_events(data_dir: Path) -> list[dict[str, Any]]:
    """All entries of both public streams, read by a plain client."""
    with Redis.from_url(noted_redis_url(data_dir), decode_responses=True) as redis:
        entries = [
            fields for name in ("articles.cleaned", "stories.updated") for _, fields in redis.xrange(name)
        ]
    return [{**fields, "data": json.loads(fields["data"])} for fields in entries]


def awaited(events: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """What came out, leaving aside the story events that stand for no page."""
    told = [
        event
        for event in events
        if event["type"].startswith("cleanwire.article") or event["type"] == GROUP_COPY_SEEN
    ]
    return Counter(happened(event) for event in told)


def pending(data_dir: Path) -> int:
    """Entries that a group behind ingest has not finished (feeds are polled for ever)."""
    walked = (("articles.raw", "normalize"), ("articles.normalized", "store"))
    with Redis.from_url(noted_redis_url(data_dir)) as redis:
        groups = [(group, one) for stream, group in walked for one in redis.xinfo_groups(stream)]
    return sum(one["pending"] + (one["lag"] or 0) for group, one in groups if one["name"].decode() == group)


def wait_until_all_came_out(demo: RunningCommand, data_dir: Path) -> None:
    """All events once, and then whole visibility times in which a second one would come."""
    demo.wait_for(lambda: not EXPECTED - awaited(public_events(data_dir)), "every article to come out", 90.0)
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 1.5 * VISIBILITY_S:
        if pending(data_dir):
            quiet_since = time.monotonic()
        time.sleep(0.1)


def test_demo_once_prints_each_article_once_and_ends_well(tmp_path: Path) -> None:
    with RunningCommand(["demo", "--once", "--data-dir", str(tmp_path)]) as demo:
        assert demo.wait_end(100.0) == 0, demo.told()
    events = [json.loads(line) for line in demo.lines]
    assert Counter(happened(event) for event in events) == EXPECTED_ARTICLES
    assert len({event["id"] for event in events}) == len(events)


def test_everything_comes_out_exactly_once_and_stays_so(played: Played) -> None:
    assert awaited(played.events) == EXPECTED
    assert len({event["id"] for event in played.events}) == len(played.events)


def test_first_clean_article_comes_within_five_seconds(played: Played) -> None:
    """On a machine that has a core to spare; beside a crowd of other processes, in proportion to the crowd."""
    crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert played.first_article_s <= FIRST_ARTICLE_S * crowd


def test_off_topic_page_is_rejected_with_its_reason(played: Played) -> None:
    assert [record["reason"] for record in played.command.events("page_rejected")] == ["off topic"]


@pytest.mark.parametrize(
    "scene", [scene for scene in SCENES if scene.must_contain], ids=lambda scene: scene.name
)
def test_text_holds_the_article_and_not_what_stands_around_it(played: Played, scene: Scene) -> None:
    articles = [one for one in played.events if "text" in one["data"]]
    [text] = [one["data"]["text"] for one in articles if happened(one) == (scene.brings, scene.path)]
    assert [phrase for phrase in scene.must_contain if phrase not in text] == []
    assert [phrase for phrase in scene.must_not_contain if phrase in text] == []


def test_plain_client_finds_the_contract_fields_and_json_data(played: Played) -> None:
    event = played.events[0]
    attributes = {
        "specversion",
        "id",
        "type",
        "source",
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "data",
    }
    assert attributes <= set(event)
    assert event["specversion"] == "1.0"
    assert event["id"] == f"{event['subject']}:{event['data']['revision']}"
    assert event["data"]["canonical_id"] == event["subject"]
    assert {"title", "text", "outlet", "authors", "published", "provenance", "topics", "url"} <= set(
        event["data"]
    )


def test_revision_and_update_count_on_under_one_canonical_id(played: Played) -> None:
    courier = [
        one
        for one in played.events
        if one["data"].get("outlet") == "The Harbour Courier" and "text" in one["data"]
    ]
    assert [one["data"]["revision"] for one in courier] == [1, 2, 3]
    assert len({one["subject"] for one in courier}) == 1


def test_services_killed_in_turn_lose_and_double_nothing(demo: RunningCommand, tmp_path: Path) -> None:
    demo.wait_for(lambda: demo.events("page_fetched"), "a page")
    for service in SERVICES:
        demo.kill(service)
    demo.wait_for(lambda: demo.lines, "an article")
    for service in reversed(SERVICES):
        demo.kill(service)
    wait_until_all_came_out(demo, tmp_path)
    events = public_events(tmp_path)
    assert awaited(events) == EXPECTED
    assert len({event["id"] for event in events}) == len(events)


def test_killed_broker_is_started_again_and_nothing_is_lost_or_doubled(
    demo: RunningCommand, tmp_path: Path
) -> None:
    """kill -9 keeps what the server wrote to its file; only a machine that loses power loses the last second."""
    for lines in (0, 3):
        demo.wait_for(lambda: demo.events("page_fetched") and len(demo.lines) >= lines, f"{lines} articles")  # noqa: B023
        with Redis.from_url(noted_redis_url(tmp_path)) as redis:
            os.kill(redis.info("server")["process_id"], signal.SIGKILL)
        demo.wait_for(lambda: answers(tmp_path), "the broker to answer again")
    wait_until_all_came_out(demo, tmp_path)
    events = public_events(tmp_path)
    assert awaited(events) == EXPECTED
    assert len({event["id"] for event in events}) == len(events)


def answers(data_dir: Path) -> bool:
    with Redis.from_url(noted_redis_url(data_dir)) as redis:
        try:
            return bool(redis.ping())
        except RedisConnectionError:
            return False


def test_stopping_leaves_nothing(demo: RunningCommand) -> None:
    pids = [demo.pid_of(service) for service in SERVICES]
    demo.wait_for(lambda: demo.events("page_fetched"), "a page")
    assert demo.stop() == 0
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_services_end_when_the_command_is_killed(demo: RunningCommand) -> None:
    pids = [demo.pid_of(service) for service in SERVICES]
    demo.wait_for(lambda: demo.events("page_fetched"), "a page")
    demo.process.kill()
    deadline = time.monotonic() + 30.0
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
