"""One walk through the three services as real processes, watched from outside: its log lines, its metrics, its spans."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from services.console.local.embedded_valkey import start_valkey
from services.contracts.messages import FetchRequest
from services.contracts.streams import ARTICLES_CLEANED, ARTICLES_RAW, FETCH_REQUESTS
from services.runtime.wire import envelope_of
from tests.monitoring.otlp_receiver import Collector, collecting
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SERVICES = ("ingest", "normalize", "store")
DEADLINE_S = 200.0  # 6 s on a quiet machine; three services that start at a load of 30 have taken 80
SECRET = "s3cret-of-the-feed"


@dataclass(frozen=True)
class Walked:
    """What was seen of the walk: every log line, /metrics of each service, the public entries, the collector."""

    lines: list[dict[str, Any]]
    text: str
    log_files: list[Path]
    metrics: dict[str, str]
    entries: list[dict[str, str]]
    collector: Collector
    web: str
    exit_codes: dict[str, int]

    def logged(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test that asks for the walk waits for it: the deadline is the walk's own, not the single test's."""
    for item in items:
        if "walked" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(3 * DEADLINE_S))


class Web(ThreadingHTTPServer):
    """Pages by path on loopback; anything else is 404."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.pages: dict[str, tuple[str, str]] = {}

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Page(BaseHTTPRequestHandler):
    """Answers GET."""

    server: Web

    def do_GET(self) -> None:
        pages = self.server.pages
        kind, body = pages.get(self.path) or pages.get(self.path.partition("?")[0], ("", ""))
        self.send_response(200 if kind else 404)
        self.send_header("content-type", kind or "text/plain")
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


TALKS = (
    "The envoys met in the old town hall and spoke for nine hours about the exchange of prisoners.",
    "Neither delegation would name a date, though both said that a list of names had been handed over.",
    "A spokeswoman for the visiting side called the evening useful and asked the press for patience.",
    "Outside, some two hundred people stood in the rain with photographs of relatives who are still held.",
    "The next round is to be held in the spring, in a city on which the two sides have not agreed yet.",
)
RETURN = (
    "Twelve people crossed the border bridge on foot at noon and were met by doctors on the far bank.",
    "Among those set free were a teacher of music, two journalists and a lawyer who had lost her licence.",
    "Their families had been told only that morning, and some had driven through the night to be there.",
    "The interior ministry published no list; rights groups put the names together from calls of relatives.",
    "Three of the twelve were taken straight to hospital, where their state was described as stable.",
)


def article(title: str, paragraphs: tuple[str, ...]) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<html lang="en"><head><title>{title}</title><meta property="article:published_time" '
        'content="2026-11-20T09:00:00Z"><meta name="author" content="Jonas Vitkus"></head>'
        f"<body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>{title}</h1>"
        f"<p>By Jonas Vitkus</p>{body}</article><footer>All rights reserved</footer></body></html>"
    )


def feed(web: Web, *paths: str) -> str:
    items = "".join(
        f"<item><title>What was said of {path} on the day</title><link>http://{web.netloc}{path}</link><guid>{path}</guid></item>"
        for path in paths
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>L</title>{items}</channel></rss>'


@pytest.fixture(scope="session")
def small_web() -> Iterator[Web]:
    web = Web()
    web.pages = {
        "/talks": ("text/html; charset=utf-8", article("Talks resume in the old town hall", TALKS)),
        "/prisoners": ("text/html; charset=utf-8", article("Twelve prisoners come home on foot", RETURN)),
        "/short": ("text/html; charset=utf-8", "<html><body><p>Soon.</p></body></html>"),
    }
    web.pages[f"/feed?api_key={SECRET}"] = (
        "application/rss+xml",
        feed(web, "/talks", "/prisoners", "/short", "/gone"),
    )
    thread = threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield web
    web.shutdown()
    web.server_close()


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory, small_web: Web) -> Iterator[Walked]:
    """The walk of one feed with two articles, a page that is none and one that is gone; and one entry nobody can read."""
    folder = tmp_path_factory.mktemp("walk")
    valkey = start_valkey(folder / "valkey")
    with collecting() as collector, Redis.from_url(valkey.url) as redis:
        running = {
            name: Process(name, folder, environment(folder, valkey.url, small_web, collector))
            for name in SERVICES
        }
        try:
            wait_until(lambda: all(process.answers("/ready") for process in running.values()))
            redis.xadd(ARTICLES_RAW, {"__data__": "{not json"})
            submitted = FetchRequest(url=f"http://{small_web.netloc}/talks?utm_source=x", why="submitted")
            wait_until(lambda: redis.xlen(ARTICLES_CLEANED) >= 2 and redis.xlen(f"{ARTICLES_RAW}.dead") >= 1)
            redis.xadd(FETCH_REQUESTS, {"__data__": envelope_of(submitted)})
            wait_until(lambda: all(told(process.log) for process in running.values()) and ended(folder))
            metrics = {name: process.get("/metrics") for name, process in running.items()}
        finally:
            exit_codes = {name: process.stop() for name, process in running.items()}
            entries = [decoded(fields) for _, fields in redis.xrange(ARTICLES_CLEANED)]
            valkey.stop()
        logs = [process.log for process in running.values()]
        text = "".join(log.read_text() for log in logs)
        lines = [json.loads(line) for line in text.splitlines()]
        yield Walked(lines, text, logs, metrics, entries, collector, small_web.netloc, exit_codes)


def environment(folder: Path, redis_url: str, web: Web, collector: Collector) -> dict[str, str]:
    sources = folder / "sources.toml"
    (folder / "topics").mkdir(exist_ok=True)
    sources.write_text(
        f'[[source]]\nname = "Lantern"\noutlet = "Lantern"\nside = "exile"\n[[source.feed]]\nkind = "feed"\n'
        f'url = "http://{web.netloc}/feed?api_key={SECRET}"\npoll_s = 1\n'
    )
    return {
        "CLEANWIRE_REDIS_URL": redis_url,
        "CLEANWIRE_DATA_DIR": str(folder / "data"),
        "CLEANWIRE_SOURCES_FILE": str(sources),
        "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": web.netloc,
        "CLEANWIRE_CONTACT": "ops@example.org",
        "CLEANWIRE_HOST_GAP_S": "0.05",
        "CLEANWIRE_VISIBILITY_S": "5",
        "CLEANWIRE_STANDING_EVERY_S": "1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


class Process:
    """One service as its container runs it, its log in a file."""

    def __init__(self, name: str, folder: Path, environ: dict[str, str]) -> None:
        self.port, self.log = free_port(), folder / f"{name}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"services.{name}"],
                cwd=ROOT,
                env={**os.environ, **environ, "CLEANWIRE_HTTP_PORT": str(self.port)},
                stdout=log,
                stderr=log,
            )

    def get(self, path: str) -> str:
        with httpx.Client(trust_env=False) as client:
            return client.get(f"http://127.0.0.1:{self.port}{path}", timeout=10).raise_for_status().text

    def answers(self, path: str) -> bool:
        assert self._process.poll() is None, self.log.read_text()[-2_000:]
        try:
            self.get(path)
        except httpx.HTTPError:
            return False
        return True

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(100)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def told(log: Path) -> bool:
    return '"stage_standing"' in log.read_text()


def ended(folder: Path) -> bool:
    """Every page of the feed, and the submitted one, has come to its end."""
    store, normalize, ingest = (
        (folder / f"{name}.log").read_text() for name in ("store", "normalize", "ingest")
    )
    return (
        store.count('"article_stored"') >= 3
        and '"relay_standing"' in store
        and '"page_rejected"' in normalize
        and '"fetch_failed"' in ingest
    )


def wait_until(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {DEADLINE_S} s"
        time.sleep(0.05)


def decoded(fields: Any) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in fields.items()}
