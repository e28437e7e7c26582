"""A small web of our own on a real socket: pages by path, hostile answers as raw bytes, every request noted."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it; times are of the monotonic clock."""

    path: str
    headers: dict[str, str]
    started: float
    host: str


Answer = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def page(body: bytes | str = "", *, status: int = 200, **headers: str) -> Answer:
    """A well-formed answer; header names are written with underscores."""
    content = body.encode() if isinstance(body, str) else body

    async def answer(_seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head_of(status, {"content_length": str(len(content)), **headers}) + content)

    return answer


def head_of(status: int, headers: dict[str, str]) -> bytes:
    """Status line and headers as bytes, connection closed after."""
    named = {"content_type": "text/html; charset=utf-8", "connection": "close", **headers}
    lines = [
        f"HTTP/1.1 {status} Any",
        *(f"{name.replace('_', '-')}: {value}" for name, value in named.items() if value),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass
class Site:
    """One listening socket. `pages` answers by path; what is not there is 404."""

    pages: dict[str, Answer] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    open_now: dict[str, int] = field(default_factory=dict)
    most_at_once: dict[str, int] = field(default_factory=dict)
    port: int = 0
    scheme: str = "http"
    host: str = "127.0.0.1"
    _server: asyncio.Server | None = None

    async def start(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> "Site":
        self._server = await asyncio.start_server(self._serve, host, 0, ssl=tls, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if tls else "http"
        self.host = host
        return self

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/", host: str = "") -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        host = ""
        try:
            started = time.monotonic()
            head = await reader.readuntil(b"\r\n\r\n")
            seen = _read(head, started)
            host = seen.host
            self.seen.append(seen)
            self.open_now[host] = self.open_now.get(host, 0) + 1
            self.most_at_once[host] = max(self.most_at_once.get(host, 0), self.open_now[host])
            await self.pages.get(seen.path, page("not here", status=404))(seen, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            if host:
                self.open_now[host] -= 1
            writer.close()


def _read(head: bytes, started: float) -> Seen:
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Seen(first.split(" ")[1], headers, started, headers.get("host", ""))


@dataclass(frozen=True)
class Item:
    """One entry of a feed we write."""

    url: str
    title: str = "A title"
    published: str = "Sat, 21 Nov 2026 10:00:00 GMT"
    guid: str = ""
    updated: str = ""


def rss(*items: Item, channel: str = "") -> str:
    """An RSS 2.0 feed of these items."""
    rows = "".join(
        f"<item><title>{item.title}</title><link>{item.url}</link><guid>{item.guid or item.url}</guid>"
        f"<pubDate>{item.published}</pubDate>"
        + (f"<dcterms:modified>{item.updated}</dcterms:modified>" if item.updated else "")
        + "</item>"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>Ours</title><link>https://example.org/</link><description>d</description>{channel}{rows}</channel></rss>"
    )
