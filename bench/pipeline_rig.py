"""The processes of the pipeline from raw to clean, what goes in, and what they cost; for `bench/pipeline.py`."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import zstandard
from redis.asyncio import Redis

from bench.extraction.corpus import NEWS_SETS, default_data, load_pages
from services.contracts.identities import fetch_id_of, page_hash_of
from services.contracts.messages import RawArticle
from services.contracts.streams import ARTICLES_RAW
from services.runtime.wire import publish

TICKS = os.sysconf("SC_CLK_TCK")
GENERATED_BYTES = 150_000  # a news page of 2026 with its scripts, menus and lists
WORDS = [
    "delegation",
    "negotiators",
    "sanctions",
    "prisoners",
    "border",
    "ministry",
    "Minsk",
    "Washington",
    "Vilnius",
    "statement",
    "officials",
    "meeting",
    "release",
    "agreement",
    "embassy",
    "envoy",
    "president",
    "talks",
    "potash",
    "transit",
    "airline",
    "visa",
    "detained",
    "journalists",
    "opposition",
    "parliament",
    "foreign",
    "policy",
    "visit",
    "proposal",
    "economy",
    "week",
    "leaders",
    "spoke",
    "reporters",
    "confirmed",
    "denied",
    "welcomed",
    "asked",
]


@dataclass(frozen=True)
class Cost:
    """What a process has used so far: CPU seconds, resident memory now and at its highest, in MB."""

    cpu_s: float
    rss_mb: float
    peak_mb: float


class Service:
    """One process of a service, its logs in a file."""

    def __init__(self, name: str, folder: Path, environ: dict[str, str]) -> None:
        self.name = name
        log = (folder / f"{name}-{time.monotonic_ns()}.log").open("wb")
        command = [sys.executable, "-m", f"services.{name}"]
        self._process = subprocess.Popen(command, env={**os.environ, **environ}, stderr=log, stdout=log)
        log.close()

    def cost(self) -> Cost:
        """What it has used until now."""
        stat = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        facts = dict(line.split(":", 1) for line in status.splitlines())
        rss, peak = (int(facts[name].split()[0]) / 1_024 for name in ("VmRSS", "VmHWM"))
        return Cost((int(stat[11]) + int(stat[12])) / TICKS, rss, peak)

    def is_running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def send(self, number: int) -> None:
        """A signal, if it still runs."""
        if self.is_running():
            self._process.send_signal(number)

    def hold(self) -> None:
        """Keep it from running, until `go_on`."""
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        self.send(signal.SIGCONT)

    def stop(self) -> None:
        """End it as an operator would."""
        self.go_on()
        self.send(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def real_pages(limit: int) -> list[bytes]:
    """Real news pages where the collections lie beside the project, else none."""
    data = default_data()
    if not data.is_dir():
        return []
    return [page.html for _, page in zip(range(limit), load_pages(data, NEWS_SETS), strict=False)]


def generated_page(number: int) -> bytes:
    """A page of a usual size, whose article has words of its own."""
    chance = random.Random(number)
    paragraphs = [f"<p>{_sentences(chance)}</p>" for _ in range(14)]
    menu = "".join(f'<li><a href="/section/{n}">Section {n} of the paper</a></li>' for n in range(60))
    related = "".join(f'<div class="card"><a href="/a/{n}">{_title(chance)}</a></div>' for n in range(40))
    script = "window.__state = " + repr([chance.random() for _ in range(4_000)]) + ";"
    page = (
        f"<html lang=en><head><title>{_title(chance)} - The Paper</title>"
        '<meta property="og:type" content="article"><meta property="og:site_name" content="The Paper">'
        f"<script>{script}</script></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{_title(chance)}</h1>"
        f"{''.join(paragraphs)}</article><aside>{related}</aside></main><footer>© The Paper</footer></body></html>"
    )
    return page.ljust(GENERATED_BYTES).encode()


def pages(count: int) -> tuple[str, Iterator[bytes]]:
    """What the pages are, and `count` of them: real ones as far as they reach, no page twice."""
    real = real_pages(count)
    source = f"{len(real)} real pages" if real else "generated pages"
    if 0 < len(real) < count:
        source += f", {count - len(real)} generated ones"
    return source, (real[n] if n < len(real) else generated_page(n) for n in range(count))


async def put_page(redis: Redis, number: int, page: bytes) -> str:
    """Put a page onto `articles.raw` as ingest would; returns its URL."""
    url, now, digest = f"https://paper-{number % 40}.example/{number}", datetime.now(UTC), page_hash_of(page)
    raw = RawArticle(
        fetch_id=fetch_id_of(url, now, digest),
        url=url,
        final_url=url,
        headers={"content-type": "text/html; charset=utf-8"},
        fetched_at=now,
        page_hash=digest,
    )
    await publish(redis, ARTICLES_RAW, raw, page=zstandard.compress(page))
    return url


def _title(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=9)).capitalize()


def _sentences(chance: random.Random) -> str:
    return " ".join(f"{_title(chance)} {' '.join(chance.choices(WORDS, k=8))}." for _ in range(4))
