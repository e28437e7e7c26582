"""The runbooks of docs/reliability.md, done as they are written: nothing lost, nothing doubled, the same ids and the same graph."""

import asyncio
import os
import shlex
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from bench.chaos.process import Process, start_process
from bench.embedded_postgres import EmbeddedPostgres, binary_folder
from services.console.exits import Exit
from services.console.main import run
from services.contracts.streams import ARTICLES_CLEANED, ARTICLES_NORMALIZED, GROUP_STORE, STORIES_UPDATED
from services.runtime.delivery.waiting import waiting_of
from services.runtime.wire import publish
from tests.store.builders import make_article

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
GRAPH = (
    "SELECT article_id, canonical_id, article.revision, text FROM article JOIN article_group USING (group_id) ORDER BY 1",
    "SELECT low, high, kind, verified FROM edge ORDER BY 1, 2",
    "SELECT article_id, topic FROM story_member ORDER BY 1",
)
BEFORE, AFTER = range(12), range(12, 20)

OUTBOX = "SELECT count(*) FROM outbox WHERE stream = 'articles.cleaned' AND fields IS NOT NULL"

Start = Callable[[], Process]


def commands_of(heading: str) -> list[list[str]]:
    """The lines of the runbook's block that are commands of ours."""
    block = PAGE.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("```")[1]
    lines = [line.strip() for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("cleanwire ")]


def message(number: int) -> Any:
    """Each third is a copy of the one before it, each fourth comes again with another text."""
    seed = number - 1 if number % 3 == 2 else number
    host = f"paper-{number % 5}.example"
    return make_article(
        f"https://{host}/{number - number % 4}" if number % 4 == 3 else f"https://{host}/{number}",
        seed=seed,
        title=f"Report {seed}",
        minutes=number,
    )


def lines_of(heading: str, block: int) -> list[str]:
    """The lines of one of the runbook's blocks, for a shell."""
    text = PAGE.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("```")[2 * block - 1]
    return text.removeprefix("sh").strip().splitlines()


@pytest.fixture
def store(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the store as a process, on a SQLite archive if the test says no other; the command sees the same settings."""
    environ = {
        "CLEANWIRE_REDIS_URL": redis_url,
        "CLEANWIRE_DATA_DIR": str(tmp_path),
        "CLEANWIRE_VISIBILITY_S": "2",
        "CLEANWIRE_CONCURRENCY": "1",  # in order, so that both times the same is announced
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    started: list[Process] = []

    def start() -> Process:
        started.append(start_process("store", tmp_path / "store.log", {}))
        return started[-1]

    yield start
    for process in started:
        process.end()


async def hand_in(redis: Redis, numbers: range, eventually: Any) -> None:
    for number in numbers:
        await publish(redis, ARTICLES_NORMALIZED, message(number))
    await eventually(lambda: is_done(redis), within_s=90)


async def is_done(redis: Redis) -> bool:
    found = (await waiting_of(redis, ARTICLES_NORMALIZED)).get(GROUP_STORE)
    return found is not None and (found.lag, found.pending) == (0, 0)


async def streams_of(redis: Redis) -> list[Any]:
    return [await redis.xrange(name) for name in (ARTICLES_CLEANED, STORIES_UPDATED)]


async def is_steady(redis: Redis, count: int) -> bool:
    return await redis.xlen(ARTICLES_CLEANED) >= count


def graph_of(folder: Path) -> list[Any]:
    with sqlite3.connect(folder / "archive.db") as archive:
        return [archive.execute(statement).fetchall() for statement in GRAPH]


def do(command: list[str]) -> None:
    assert run(command) == Exit.DONE, command


@pytest.mark.timeout(400)
async def test_redis_gone_for_good_is_filled_again_entry_for_entry(
    store: Start, redis_client: Redis, eventually: Any
) -> None:
    process = store()
    await hand_in(redis_client, BEFORE, eventually)
    await eventually(lambda: is_steady(redis_client, 6), within_s=90)
    process.end()
    before = await streams_of(redis_client)
    read_up_to = before[0][3][0]
    await redis_client.flushdb()
    for command in commands_of("Redis is gone for good"):
        await run_beside(command)
    after = await streams_of(redis_client)
    assert after[0][: len(before[0])] == before[0]
    assert after[1][: len(before[1])] == before[1]
    onwards = await redis_client.xread({ARTICLES_CLEANED: read_up_to})
    assert first_id_of(onwards) == before[0][4][0], "a subscriber goes on from its last id"


@pytest.mark.timeout(400)
async def test_archive_gone_is_restored_and_what_came_since_makes_the_same_graph(
    store: Start, redis_client: Redis, tmp_path: Path, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    backing_up, restoring = commands_of("The archive is gone")[:2]
    process = store()
    await hand_in(redis_client, BEFORE, eventually)
    await run_beside(backing_up)
    await hand_in(redis_client, AFTER, eventually)
    await eventually(lambda: has_sent_all(redis_client, tmp_path), within_s=90)
    process.end()
    graph, streams = graph_of(tmp_path), await streams_of(redis_client)
    for file in tmp_path.glob("archive.db*"):
        file.unlink()
    await run_beside(restoring)
    assert graph_of(tmp_path) != graph, "what came after the backup is missing"
    store()
    await hand_in(redis_client, range(20), eventually)
    await eventually(lambda: graph_of(tmp_path) == graph, within_s=90)
    await eventually(lambda: has_sent_all(redis_client, tmp_path), within_s=90)
    again = await streams_of(redis_client)
    assert ids_of(again[0]) == ids_of(streams[0])
    assert len(set(ids_of(again[1]))) == len(again[1])


@pytest.fixture
def archive_url(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty PostgreSQL database, which a store started after this takes for its archive."""
    url = postgres_url.replace("+asyncpg", "")
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", url)
    return url


@pytest.mark.timeout(400)
async def test_postgresql_archive_gone_is_restored_and_what_came_since_makes_the_same_graph(
    store: Start,
    archive_url: str,
    postgres_server: EmbeddedPostgres,
    redis_client: Redis,
    tmp_path: Path,
    eventually: Any,
) -> None:
    backing_up, restoring = lines_of("The archive is gone", 2)
    process = store()
    await hand_in(redis_client, BEFORE, eventually)
    shell(backing_up, tmp_path)
    await hand_in(redis_client, AFTER, eventually)
    await eventually(lambda: has_sent_all_of(redis_client, archive_url), within_s=90)
    process.end()
    graph, streams = await graph_at(archive_url), await streams_of(redis_client)
    name = archive_url.rpartition("/")[2]
    for statement in (f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"'):
        await ask(postgres_server.url_of("cleanwire").replace("+asyncpg", ""), statement)
    shell(restoring, tmp_path)
    assert await graph_at(archive_url) != graph, "what came after the backup is missing"
    store()
    await hand_in(redis_client, range(20), eventually)
    await eventually(lambda: is_graph(archive_url, graph), within_s=90)
    await eventually(lambda: has_sent_all_of(redis_client, archive_url), within_s=90)
    again = await streams_of(redis_client)
    assert ids_of(again[0]) == ids_of(streams[0])
    assert len(set(ids_of(again[1]))) == len(again[1])


def shell(line: str, folder: Path) -> None:
    environ = {**os.environ, "PATH": f"{binary_folder()}:{os.environ['PATH']}"}
    subprocess.run(line, shell=True, check=True, cwd=folder, env=environ)


async def ask(url: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def graph_at(url: str) -> list[Any]:
    return [await ask(url, statement) for statement in GRAPH]


async def is_graph(url: str, graph: list[Any]) -> bool:
    return await graph_at(url) == graph


async def has_sent_all_of(redis: Redis, url: str) -> bool:
    ((announced,),) = await ask(url, OUTBOX)
    return bool(await redis.xlen(ARTICLES_CLEANED) >= announced)


def ids_of(stream: Any) -> list[bytes]:
    return [fields[b"id"] for _, fields in stream]


async def has_sent_all(redis: Redis, folder: Path) -> bool:
    with sqlite3.connect(folder / "archive.db") as archive:
        announced = archive.execute(OUTBOX).fetchone()[0]
    return await redis.xlen(ARTICLES_CLEANED) >= announced


async def run_beside(command: list[str]) -> None:
    """The command has an event loop of its own."""
    await asyncio.to_thread(do, command)


def first_id_of(reply: Any) -> Any:
    streams = reply.items() if isinstance(reply, dict) else reply
    entries = next(iter(streams))[1]
    return entries[0][0][0] if isinstance(entries[0][0], list | tuple) else entries[0][0]
