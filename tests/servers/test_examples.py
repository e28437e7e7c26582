"""The examples of docs/examples and the printed snippets, each run as a subscriber against a real server."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from services import contracts
from services.console.subscribers.registry import add_subscriber, remove_subscriber
from services.console.subscribers.snippets import snippet_of, subscriber_url
from services.console.subscribers.start_point import StartPoint
from services.contracts.events import PublicEvent, article_event_id
from services.contracts.messages import CleanArticle, TopicMatch, WithdrawnArticle

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
CONTRACTS = Path(contracts.__file__).parent
CLEAN = CleanArticle.model_validate_json((CONTRACTS / "examples" / "clean_article.v1.json").read_text())
STREAM, GROUP, CONSUMER = "articles.cleaned", "reading-room", "desk-1"
PATIENCE_S = 25.0
QUIET_S = 8.0  # longer than the examples' own waits of five seconds, and than redis-py's own limit


def await_that(condition: Callable[[], bool], what: str, explain: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE_S:.0f} s\n{explain()}"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def contracts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel cleanwire-contracts, unpacked."""
    folder = tmp_path_factory.mktemp("contracts")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CONTRACTS, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    shutil.unpack_archive(wheel, folder / "packages", "zip")
    return folder / "packages"


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package that the Node programs import."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("no node and npm on this machine")
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(EXAMPLES / "package.json", folder)
    install = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    try:
        done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=90)
    except subprocess.TimeoutExpired:
        pytest.skip("npm answers nothing: no registry")
    if done.returncode:
        pytest.skip(f"npm cannot install redis: {done.stderr.strip()[-200:]}")
    return folder


def article_event(revision: int, *, subject: str = CLEAN.canonical_id, **changes: object) -> PublicEvent:
    article = CLEAN.model_copy(update={"revision": revision, "canonical_id": subject, **changes})
    kind = "published" if revision == 1 else "revised"
    return event_of(f"cleanwire.article.{kind}.v1", article_event_id(subject, revision), subject, article)


def withdrawal(revision: int, *, subject: str = CLEAN.canonical_id) -> PublicEvent:
    gone = WithdrawnArticle(
        article_id=subject, canonical_id=subject, revision=revision, url=CLEAN.url, outlet=CLEAN.outlet
    )
    event_id = article_event_id(subject, revision, withdrawn=True)
    return event_of("cleanwire.article.withdrawn.v1", event_id, subject, gone)


def event_of(kind: str, event_id: str, subject: str, data: CleanArticle | WithdrawnArticle) -> PublicEvent:
    now = datetime(2025, 12, 12, 13, 21, tzinfo=UTC)
    return PublicEvent(id=event_id, type=kind, subject=subject, time=now, data=data.model_dump_json())


@dataclass(frozen=True)
class Newsroom:
    """The public stream of one test, and the subscriber that was added to it."""

    redis: Redis
    url: str

    def publish(self, *events: PublicEvent, **more: str) -> None:
        for event in events:
            self.redis.xadd(STREAM, {**event.to_fields(), **more})  # type: ignore[dict-item]

    def publish_the_unknown(self) -> None:
        """What a later Cleanwire may send: another type, another field."""
        self.redis.xadd(STREAM, {"id": "x", "type": "cleanwire.weather.v7", "subject": "x", "data": "{}"})

    def crash_while_reading_one(self) -> None:
        """What a run leaves that read an entry and ended a minute ago."""
        read: Any = self.redis.xreadgroup(GROUP, CONSUMER, {STREAM: ">"}, count=1)
        ((_, ((entry_id, _),)),) = read
        self.redis.xclaim(STREAM, GROUP, CONSUMER, 0, [entry_id], idle=60_000, justid=True)

    def pending_and_lag(self) -> tuple[int, int | None]:
        (group,) = self.redis.xinfo_groups(STREAM)
        return group["pending"], group["lag"]


@pytest.fixture
def newsroom(redis_url: str) -> Iterator[Newsroom]:
    with Redis.from_url(redis_url) as redis:
        added = add_subscriber(redis, GROUP, StartPoint("0"), [STREAM])
        yield Newsroom(redis, subscriber_url(redis_url, added.name, added.password))
        remove_subscriber(redis, GROUP)


@contextlib.contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[Callable[[], str]]:
    """A subscriber's process; yields what it has said so far. It is stopped as rudely as a crash would."""
    log = folder / "said.txt"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **environment},
        )
    try:
        yield lambda: log.read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kept_files(folder: Path) -> dict[str, tuple[int, bool]]:
    """Subject → (revision, has text), of the examples that keep a folder."""
    found = {}
    for path in (folder / "articles").glob("*.json"):
        article = json.loads(path.read_text())
        found[path.stem] = (article["revision"], "text" in article)
    return found


def kept_rows(folder: Path) -> dict[str, tuple[int, bool]]:
    """The same, of the example that keeps a database."""
    if not (folder / "articles.db").exists():
        return {}
    with contextlib.closing(sqlite3.connect(folder / "articles.db")) as archive:
        try:
            rows = archive.execute("SELECT subject, revision, text IS NOT NULL FROM article").fetchall()
        except sqlite3.OperationalError:
            return {}
    return {subject: (revision, bool(has_text)) for subject, revision, has_text in rows}


def said_states(folder: Path) -> dict[str, tuple[int, bool]]:
    """The same, of the FastStream example, which prints: there is one article in its tests."""
    log = folder / "said.txt"
    said = re.findall(
        r"^(article|withdrawn) \S+ (\d+)$", log.read_text() if log.exists() else "", re.MULTILINE
    )
    return {CLEAN.canonical_id: (int(said[-1][1]), said[-1][0] == "article")} if said else {}


Kept = Callable[[Path], dict[str, tuple[int, bool]]]
KEEPS: dict[str, Kept] = {
    "subscriber.py": kept_files,
    "subscriber_async.py": kept_rows,
    "subscriber_faststream.py": said_states,
    "subscriber.mjs": kept_files,
    "subscriber.sh": kept_files,
}


def command_of(example: str, folder: Path, request: pytest.FixtureRequest) -> list[str]:
    """How the page says to start the example; what it needs is put in place."""
    suffix = Path(example).suffix
    if suffix == ".mjs":
        modules = request.getfixturevalue("node_folder")
        shutil.copy(EXAMPLES / example, folder)
        (folder / "node_modules").symlink_to(modules / "node_modules")
        return ["node", example]
    if suffix == ".sh":
        if not shutil.which("redis-cli"):
            pytest.skip("no redis-cli on this machine (Debian: redis-tools)")
        return ["bash", str(EXAMPLES / example)]
    if example == "subscriber_faststream.py":
        shutil.copy(EXAMPLES / example, folder)
        return [sys.executable, "-m", "faststream", "run", f"{Path(example).stem}:app"]
    return [sys.executable, str(EXAMPLES / example)]


def environment_of(newsroom: Newsroom, packages: Path, **more: str) -> dict[str, str]:
    own = {"CLEANWIRE_SUBSCRIBER_URL": newsroom.url, "CLEANWIRE_SUBSCRIBER_GROUP": GROUP}
    return {**own, "PYTHONPATH": str(packages), "PYTHONUNBUFFERED": "1", **more}


@pytest.mark.parametrize("example", KEEPS)
def test_an_example_keeps_the_newest_state_and_acknowledges_the_rest(
    example: str, newsroom: Newsroom, contracts_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kept, subject = KEEPS[example], CLEAN.canonical_id
    command = command_of(example, tmp_path, request)
    newsroom.publish(article_event(1), article_event(2), from_the_future="1")
    newsroom.publish(article_event(1), article_event(2))  # the same again
    with running(command, tmp_path, **environment_of(newsroom, contracts_folder)) as said:
        await_that(lambda: kept(tmp_path) == {subject: (2, True)}, "revision 2", said)
        newsroom.publish(article_event(1))  # an older state, late
        newsroom.publish(withdrawal(3), article_event(2))
        await_that(lambda: kept(tmp_path) == {subject: (3, False)}, "the withdrawal", said)
        await_that(lambda: newsroom.pending_and_lag() == (0, 0), "the last acknowledgement", said)
        assert kept(tmp_path) == {subject: (3, False)}, said()


@pytest.mark.parametrize("example", KEEPS)
def test_an_example_takes_up_what_a_crash_left(
    example: str, newsroom: Newsroom, contracts_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    command = command_of(example, tmp_path, request)
    newsroom.publish(article_event(1), article_event(2))
    newsroom.crash_while_reading_one()
    with running(command, tmp_path, **environment_of(newsroom, contracts_folder)) as said:
        await_that(lambda: newsroom.pending_and_lag() == (0, 0), "the last acknowledgement", said)
        assert KEEPS[example](tmp_path) == {CLEAN.canonical_id: (2, True)}, said()


@pytest.mark.parametrize("example", KEEPS)
def test_an_example_skips_a_type_of_the_future(
    example: str, newsroom: Newsroom, contracts_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    command = command_of(example, tmp_path, request)
    newsroom.publish_the_unknown()
    newsroom.publish(article_event(1))
    with running(command, tmp_path, **environment_of(newsroom, contracts_folder)) as said:
        await_that(lambda: newsroom.pending_and_lag() == (0, 0), "the last acknowledgement", said)
        assert KEEPS[example](tmp_path) == {CLEAN.canonical_id: (1, True)}, said()


@pytest.mark.parametrize("example", ["subscriber.py", "subscriber.mjs"])
def test_a_topic_filter_acknowledges_what_it_skips(
    example: str, newsroom: Newsroom, contracts_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    command = command_of(example, tmp_path, request)
    other = (TopicMatch(topic="chess", score=0.9),)
    newsroom.publish(article_event(1), article_event(1, subject="b" * 32, topics=other))
    environment = environment_of(newsroom, contracts_folder, CLEANWIRE_SUBSCRIBER_TOPIC="chess")
    with running(command, tmp_path, **environment) as said:
        await_that(lambda: newsroom.pending_and_lag() == (0, 0), "the last acknowledgement", said)
        assert kept_files(tmp_path) == {"b" * 32: (1, True)}, said()


@pytest.mark.parametrize("topic", ["", "belarus-talks"])
@pytest.mark.parametrize("language", ["python", "node"])
def test_a_printed_snippet_runs_as_it_is(
    language: str, topic: str, newsroom: Newsroom, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program = tmp_path / {"python": "snippet.py", "node": "snippet.mjs"}[language]
    program.write_text(snippet_of(language, url=newsroom.url, group=GROUP, stream=STREAM, topic=topic))
    if language == "node":
        (tmp_path / "node_modules").symlink_to(request.getfixturevalue("node_folder") / "node_modules")
    newsroom.publish_the_unknown()
    newsroom.publish(article_event(1), article_event(1), article_event(2), withdrawal(3), article_event(2))
    newsroom.publish(article_event(1, subject="b" * 32, topics=()))
    command = ["node" if language == "node" else sys.executable, program.name]
    with running(command, tmp_path) as said:
        await_that(lambda: newsroom.pending_and_lag() == (0, 0), "the last acknowledgement", said)
        told = [line.split(" ")[0].split(".")[2] for line in said().splitlines()]
    assert told == ["published", "revised", "withdrawn"] + ([] if topic else ["published"])


def test_a_subscriber_outlives_a_quiet_stretch(
    redis_url: str, contracts_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """All at once, each in a group of its own: clients give up on sockets that are silent for five seconds."""
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(Redis.from_url(redis_url))
        running_examples = []
        for example in KEEPS:
            folder = tmp_path / example
            folder.mkdir()
            group = f"quiet-{example.replace('.', '-').replace('_', '-')}"
            added = add_subscriber(redis, group, StartPoint("0"), [STREAM])
            stack.callback(remove_subscriber, redis, group)
            newsroom = Newsroom(redis, subscriber_url(redis_url, added.name, added.password))
            environment = environment_of(newsroom, contracts_folder, CLEANWIRE_SUBSCRIBER_GROUP=group)
            command = command_of(example, folder, request)
            said = stack.enter_context(running(command, folder, **environment))
            running_examples.append((example, folder, said))
        time.sleep(QUIET_S)
        newsroom.publish(article_event(1))
        for example, folder, said in running_examples:
            await_that(lambda: KEEPS[example](folder) == {CLEAN.canonical_id: (1, True)}, example, said)  # noqa: B023


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("subscriber*")), ids=lambda path: path.name)
def test_an_example_is_forty_lines_at_most(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 40
