"""A subscriber on the Redis of the distribution, which is older than the embedded server and knows fewer commands."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError

from services.console.subscribers.registry import add_subscriber, remove_subscriber
from services.console.subscribers.snippets import subscriber_url
from services.console.subscribers.start_point import StartPoint

STREAM = "articles.cleaned"
START_S = 10.0


@pytest.fixture
def distribution_redis(tmp_path: Path) -> Iterator[str]:
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server on this machine (Debian: redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "users.acl").touch()
    server = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--aclfile", "users.acl"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    await_answer(url)
    yield url
    server.terminate()
    server.wait()


def await_answer(url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with Redis.from_url(url) as redis:
                redis.ping()
            return
        except RedisConnectionError:
            time.sleep(0.05)
    pytest.fail("redis-server did not answer")


def test_a_subscriber_reads_and_only_reads(distribution_redis: str) -> None:
    with Redis.from_url(distribution_redis, decode_responses=True) as operator:
        operator.xadd(STREAM, {"id": "a"})
        added = add_subscriber(Redis.from_url(distribution_redis), "desk", StartPoint("0"), [STREAM])
        assert added.kept_over_restart
        with Redis.from_url(subscriber_url(distribution_redis, "desk", added.password)) as user:
            ((_, ((entry_id, fields),)),) = user.xreadgroup("desk", "me", {STREAM: ">"})
            assert fields == {b"id": b"a"}
            assert user.xack(STREAM, "desk", entry_id) == 1
            with pytest.raises(NoPermissionError):
                user.xadd(STREAM, {"id": "b"})
        remove_subscriber(Redis.from_url(distribution_redis), "desk")
        assert operator.acl_users() == ["default"]
