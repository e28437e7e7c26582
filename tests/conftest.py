"""Fixtures for tests that need a real server. One server per test process; every test gets an empty database."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from services.console.embedded_valkey import EmbeddedValkey, start_valkey

DATABASES = 16
_numbers = itertools.cycle(range(DATABASES))


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
