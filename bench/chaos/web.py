"""The small web of a chaos run: many hosts (ports of 127.0.0.1) that show what the plan says, when it says so."""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from .plan import Page, paragraphs_of, title_of

POLL_S = 2.0
NOT_YET_S = 86_400.0
FEED, ROBOTS = "/feed.xml", "/robots.txt"


class ChaosWeb:
    """Serves from `async with` on, empty until `begin`; every page stays in its feed to the end."""

    def __init__(self, pages: Sequence[Page], hosts: int) -> None:
        self._pages = [[page for page in pages if page.host == host] for host in range(hosts)]
        self._servers: list[asyncio.Server] = []
        self.ports: list[int] = []

    async def __aenter__(self) -> "ChaosWeb":
        self.begin()
        self._began += NOT_YET_S
        for host in range(len(self._pages)):
            server = await asyncio.start_server(
                lambda r, w, host=host: self._serve(host, r, w), "127.0.0.1", 0, backlog=256
            )
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()

    def begin(self) -> None:
        """The plan's seconds count from now."""
        self._began, self._day = time.monotonic(), datetime.now(UTC)

    def url_of(self, page: Page) -> str:
        """Where a page stands."""
        return f"http://127.0.0.1:{self.ports[page.host]}{page.path}"

    def sources_toml(self) -> str:
        """One source per host."""
        return "\n".join(
            f'[[source]]\nname = "Paper {host}"\noutlet = "Paper {host}"\ncountry = "BY"\nside = "exile"\nlanguage = "en"\n'
            f'licence = "full"\nscope = "topic"\n[[source.feed]]\nkind = "feed"\n'
            f"url = {json.dumps(f'http://127.0.0.1:{port}{FEED}')}\npoll_s = {POLL_S}\n"
            for host, port in enumerate(self.ports)
        )

    async def _serve(self, host: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(host, head.split(b" ", 2)[1].decode(), head))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, host: int, path: str, head: bytes) -> bytes:
        if path == ROBOTS:
            return _sealed("200 OK", b"User-agent: *\nAllow: /\n", "text/plain", b"")
        now = time.monotonic() - self._began
        if path == FEED:
            return _sealed("200 OK", self._feed(host, now), "application/atom+xml; charset=utf-8", head)
        page = next((page for page in self._pages[host] if page.path == path and page.appears_s <= now), None)
        if page is None:
            return _sealed("404 Not Found", b"no such page", "text/plain", b"")
        return _sealed("200 OK", self._page(page, now), "text/html; charset=utf-8", head)

    def _feed(self, host: int, now: float) -> bytes:
        shown = "".join(self._entry(page, now) for page in self._pages[host] if page.appears_s <= now)
        base = f"http://127.0.0.1:{self.ports[host]}"
        return (
            f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Paper {host}</title>'
            f"<id>{base}/</id><updated>{self._moment(now)}</updated>{self._welcome(base)}{shown}</feed>"
        ).encode()

    def _welcome(self, base: str) -> str:
        """An entry far older than the window: no feed is ever empty, and nobody fetches this page."""
        moment = "2020-01-01T00:00:00Z"
        return f'<entry><id>{base}/welcome</id><title>Welcome</title><link href="{base}/welcome"/><published>{moment}</published><updated>{moment}</updated></entry>'

    def _entry(self, page: Page, now: float) -> str:
        changed = page.changes_s is not None and page.changes_s <= now
        updated = page.changes_s if changed and page.changes_s is not None else page.appears_s
        return (
            f"<entry><id>{self.url_of(page)}</id><title>{escape(title_of(page, changed=changed))}</title>"
            f'<link href="{self.url_of(page)}"/><published>{self._moment(page.appears_s)}</published>'
            f"<updated>{self._moment(updated)}</updated><summary>{'Corrected' if changed else 'A report'}</summary></entry>"
        )

    def _page(self, page: Page, now: float) -> bytes:
        changed = page.changes_s is not None and page.changes_s <= now
        title = title_of(page, changed=changed)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs_of(page, changed=changed))
        menu = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(12))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta property="og:type" content="article"><meta property="og:site_name" content="Paper {page.host}">'
            f'<meta property="article:published_time" content="{self._moment(page.appears_s)}"></head>'
            f"<body><nav><ul>{menu}</ul></nav><article><h1>{escape(title)}</h1>{text}</article>"
            f"<footer>© Paper {page.host}</footer></body></html>"
        ).encode()

    def _moment(self, seconds: float) -> str:
        return (
            datetime.fromtimestamp(self._day.timestamp() + seconds, UTC)
            .isoformat(timespec="seconds")
            .replace("+00:00", "Z")
        )


def _sealed(status: str, body: bytes, kind: str, head: bytes) -> bytes:
    """The answer; 304 where the request already knows this body."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if etag.encode() in head:
        return f"HTTP/1.1 304 Not Modified\r\netag: {etag}\r\ncontent-length: 0\r\n\r\n".encode()
    start = (
        f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\netag: {etag}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return start.encode() + body
