"""A simulated web that publishes as time goes by, and notes every request."""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

import httpx

from bench.ingest.virtual_clock import START, VirtualClock

OLD_ENTRIES = "".join(
    f"<item><title>Old {n}</title><link>http://old.example/{n}</link><pubDate>{format_datetime(START - timedelta(days=30))}</pubDate></item>"
    for n in range(5)
)


@dataclass(frozen=True)
class Asked:
    """One request as a host saw it, in virtual seconds."""

    host: str
    path: str
    started: float
    ended: float
    status: int


@dataclass
class GrowingWeb(httpx.AsyncBaseTransport):
    """Hosts that publish at random moments; half of them never do. Answers take a moment of virtual time."""

    clock: VirtualClock
    publications: dict[str, list[float]]
    asked: list[Asked] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, started = request.url.host, self.clock.seconds
        await self.clock.wait(self.chance.uniform(0.05, 0.6))
        response = self._answer(host, request)
        self.asked.append(Asked(host, request.url.path, started, self.clock.seconds, response.status_code))
        return response

    def _answer(self, host: str, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/feed":
            return self._feed(host, request.headers.get("if-none-match", ""))
        if path.startswith("/a/"):
            return _response(f"<p>{host} {path}</p>", {"content-type": "text/html"})
        return httpx.Response(404)

    def _feed(self, host: str, known: str) -> httpx.Response:
        out = [at for at in self.publications[host] if at <= self.clock.seconds]
        etag = f'"{len(out)}"'
        if etag == known:
            return httpx.Response(304, headers={"etag": etag})
        first = max(0, len(out) - 20)
        items = "".join(
            f"<item><title>{host} {n}</title><link>http://{host}/a/{n}</link>"
            f"<pubDate>{format_datetime(START + timedelta(seconds=out[n]))}</pubDate></item>"
            for n in range(first, len(out))
        )
        body = f'<rss version="2.0"><channel><title>{host}</title>{items}{OLD_ENTRIES}</channel></rss>'
        return _response(body, {"etag": etag, "content-type": "application/rss+xml"})


def _response(body: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body.encode()))


def random_publications(chance: random.Random, hosts: int, hours: float) -> dict[str, list[float]]:
    """Every second host publishes, from one entry in two hours to six an hour."""
    found: dict[str, list[float]] = {}
    for number in range(hosts):
        rate = chance.uniform(0.5, 6.0) / 3600 if number % 2 else 0.0
        moments, at = [], 0.0
        while rate and (at := at + chance.expovariate(rate)) < hours * 3600:
            moments.append(at)
        found[f"h{number}.example"] = moments
    return found
