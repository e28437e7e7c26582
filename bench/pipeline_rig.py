"""The processes of the pipeline from raw to clean, what goes in, and what they cost; for `bench/pipeline*.py`."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import zstandard
from redis.asyncio import Redis

from bench.extraction.corpus import ARTICLE_SETS, NEWS_SETS, default_data, load_pages
from bench.raw_articles import raw_article
from services.contracts.streams import ARTICLES_RAW
from services.runtime.wire import publish

TICKS = os.sysconf("SC_CLK_TCK")
GENERATED_BYTES = 150_000  # a news page of 2026 with its scripts, menus and lists
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "ka",
    "ke",
    "ki",
    "ko",
    "ku",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "nu",
    "ra",
    "re",
    "ri",
    "ro",
    "ru",
    "sa",
]
COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "for",
    "on",
    "with",
    "said",
    "was",
    "were",
    "by",
    "at",
    "from",
    "after",
    "talks",
    "officials",
    "president",
    "minister",
]
OWN_WORDS = 60  # what one page is about: no two pages are of one event


@dataclass(frozen=True)
class Cost:
    """What a process has used so far: CPU seconds, resident memory now and at its highest, in MB."""

    cpu_s: float
    rss_mb: float
    peak_mb: float


class Service:
    """One process of a service, its logs in a file; with a `core` it may run on that one alone."""

    def __init__(self, name: str, folder: Path, environ: dict[str, str], core: int | None = None) -> None:
        self.name = name
        self._log = folder / f"{name}-{time.monotonic_ns()}.log"
        command = [sys.executable, "-m", f"services.{name}"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **environ},
                stderr=log,
                stdout=log,
                preexec_fn=None if core is None else partial(os.sched_setaffinity, 0, {core}),
            )

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def cost(self) -> Cost:
        """What it has used until now."""
        return cost_of(self.pid)

    def outcomes(self) -> list[dict[str, Any]]:
        """The outcome line of each message that it handled."""
        whole = self._log.read_bytes().rpartition(b"\n")[0]  # the last line may be under the pen
        return [json.loads(line) for line in whole.splitlines() if b'"outcome"' in line]

    def handled(self) -> list[float]:
        """When each message that it handled ended, in seconds since 1970."""
        return [seconds_of(record) for record in self.outcomes()]

    def told(self) -> str:
        """The end of its log, for a failure's message."""
        return self._log.read_text(errors="replace")[-2_000:]

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

    def kill(self) -> None:
        """End it as a crash would."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it as an operator would."""
        self.go_on()
        self.send(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def seconds_of(record: dict[str, Any]) -> float:
    """When a log line was written, in seconds since 1970."""
    return datetime.fromisoformat(record["timestamp"]).timestamp()


def cost_of(pid: int) -> Cost:
    """What a process has used until now."""
    stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = Path(f"/proc/{pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines())
    rss, peak = (int(facts[name].split()[0]) / 1_024 for name in ("VmRSS", "VmHWM"))
    return Cost((int(stat[11]) + int(stat[12])) / TICKS, rss, peak)


def machine_cpu_s() -> float:
    """Seconds that all cores of the machine together have worked: what others take of it is told with each rate."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    user, nice, system, _idle, _iowait, interrupts, soft, steal = fields[:8]
    return (user + nice + system + interrupts + soft + steal) / TICKS


def real_pages(limit: int) -> list[bytes]:
    """Real pages where the collections lie beside the project, the news collections first; else none."""
    data = default_data()
    if not data.is_dir():
        return []
    sets = (*NEWS_SETS, *(one for one in ARTICLE_SETS if one not in NEWS_SETS))
    return [page.html for _, page in zip(range(limit), load_pages(data, sets), strict=False)]


def generated_page(number: int) -> bytes:
    """A page of a usual size, whose article has words of its own; related lists are of the same making."""
    chance = random.Random(number)
    own = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(OWN_WORDS)]
    paragraphs = [f"<p>{' '.join(_sentence(chance, own) for _ in range(4))}</p>" for _ in range(14)]
    menu = "".join(f'<li><a href="/section/{n}">Section {n} of the paper</a></li>' for n in range(60))
    related = "".join(
        f'<div class="card"><a href="/a/{n}">{_title(chance, own)}</a></div>' for n in range(40)
    )
    title = _title(chance, own)
    script = "window.__state = " + repr([chance.random() for _ in range(4_000)]) + ";"
    page = (
        f"<html lang=en><head><title>{title} - The Paper</title>"
        '<meta property="og:type" content="article"><meta property="og:site_name" content="The Paper">'
        f"<script>{script}</script></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>"
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
    url = f"https://paper-{number % 40}.example/{number}"
    raw = raw_article(url, datetime.now(UTC), page)
    await publish(redis, ARTICLES_RAW, raw, page=zstandard.compress(page))
    return url


def _title(chance: random.Random, own: list[str]) -> str:
    return " ".join(chance.choices(own, k=8)).capitalize()


def _sentence(chance: random.Random, own: list[str]) -> str:
    words = [chance.choice(own if n % 3 else COMMON) for n in range(16)]
    return f"{' '.join(words).capitalize()}."
