"""Fixtures for tests that need a real server. One server per test process; every test gets an empty database."""

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from inspect import isawaitable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from bench.embedded_postgres import EmbeddedPostgres, start_postgres
from services.console.local.embedded_valkey import EmbeddedValkey, start_valkey

DATABASES = 16
_numbers = itertools.cycle(range(DATABASES))
_names = (f"test_{number}" for number in itertools.count())

# How long drawing and running an example take is the machine's affair, not the test's.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A test that sets up logs, or runs a command that does, leaves none of it to the next."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A real Valkey of this test process (under xdist: of this worker), append-only file on."""
    server = start_valkey(tmp_path_factory.mktemp("valkey"), databases=DATABASES)
    yield server
    server.stop()


@pytest.fixture
def redis_url(valkey_server: EmbeddedValkey) -> str:
    """The URL of an empty database of that server."""
    url = f"redis://127.0.0.1:{valkey_server.port}/{next(_numbers)}"
    with BlockingRedis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
async def redis_client(redis_url: str) -> AsyncIterator[Redis]:
    """A client of that database; replies are bytes."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A real PostgreSQL of this test process, in a folder of its own under /tmp."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """The SQLAlchemy URL of a new, empty database of that server.

    It goes with its test: all of them together are a hundred thousand files, which the last test would wait for.
    """
    name = next(_names)
    asyncio.run(_ask(postgres_server.port, f'CREATE DATABASE "{name}"'))
    yield postgres_server.url_of(name)
    asyncio.run(_ask(postgres_server.port, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty archive: a test that asks for it runs on both databases."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'archive.db'}"


async def _ask(port: int, statement: str) -> None:
    connection = await asyncpg.connect(host="127.0.0.1", port=port, user="cleanwire", database="cleanwire")
    await connection.execute(statement)
    await connection.close()


@pytest.fixture
def eventually() -> Callable[..., Awaitable[Any]]:
    """Wait until a condition holds (a function, sync or async), at most `within_s`; returns its value."""

    async def wait(condition: Callable[[], Any], within_s: float = 30.0, every_s: float = 0.02) -> Any:
        deadline = time.monotonic() + within_s
        while True:
            value = condition()
            value = await value if isawaitable(value) else value
            if value:
                return value
            assert time.monotonic() < deadline, f"not within {within_s} s"
            await asyncio.sleep(every_s)

    return wait
