"""The small web of a chaos run: many hosts (ports of 127.0.0.1) that show what the plan says, when it says so."""

import asyncio
import hashlib
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from xml.sax.saxutils import escape

from .plan import Page, paragraphs_of, title_of
from .poison import MARK

POLL_S = 2.0
SECTION_PAGES = 100  # a host's feed of so many pages is full; the next pages stand in its next feed
NOT_YET_S = 86_400.0
ROBOTS = "/robots.txt"
HTML, ATOM = "text/html; charset=utf-8", "application/atom+xml; charset=utf-8"


class ChaosWeb:
    """Serves from `async with` on, empty until `begin`; every page stays in its feed to the end."""

    def __init__(self, pages: Sequence[Page], hosts: int, poll_s: float = POLL_S) -> None:
        self._sections = [_sections([page for page in pages if page.host == host]) for host in range(hosts)]
        self._by_path = [{page.path: page for page in pages if page.host == host} for host in range(hosts)]
        self._poll_s = poll_s
        self._servers: list[asyncio.Server] = []
        self.ports: list[int] = []

    async def __aenter__(self) -> "ChaosWeb":
        self.begin()
        self._began += NOT_YET_S
        for host in range(len(self._sections)):
            server = await asyncio.start_server(partial(self._serve, host), "127.0.0.1", 0, backlog=256)
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
        """One source per host, with a feed for each of its sections."""
        return "\n".join(
            f'[[source]]\nname = "Paper {host}"\noutlet = "Paper {host}"\ncountry = "BY"\nside = "exile"\nlanguage = "en"\n'
            f'licence = "full"\nscope = "topic"\n{self._feeds_toml(host)}'
            for host in range(len(self.ports))
        )

    def _feeds_toml(self, host: int) -> str:
        base = f"http://127.0.0.1:{self.ports[host]}"
        return "".join(
            f'[[source.feed]]\nkind = "feed"\nurl = {json.dumps(base + _feed_path(number))}\npoll_s = {self._poll_s}\n'
            for number in range(len(self._sections[host]))
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
        now = time.monotonic() - self._began
        if path == ROBOTS:
            return _sealed("200 OK", b"User-agent: *\nAllow: /\n", "text/plain", b"")
        for number, section in enumerate(self._sections[host]):
            if path == _feed_path(number):
                return self._feed(host, section, now, head)
        page = self._by_path[host].get(path)
        if page is None or page.appears_s > now:
            return _sealed("404 Not Found", b"not there", "text/plain", b"")
        return _sealed("200 OK", self._page(page, now), HTML, head)

    def _feed(self, host: int, section: Sequence[Page], now: float, head: bytes) -> bytes:
        state = _state_of(section, now)
        if state.encode() in head:
            return _not_modified(state)
        base = f"http://127.0.0.1:{self.ports[host]}"
        shown = "".join(self._entry(page, now) for page in reversed(section) if page.appears_s <= now)
        body = (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<title>Paper {host}</title><id>{base}/</id><updated>{self._moment(now)}</updated>{self._welcome(base)}{shown}</feed>"
        )
        return _answered("200 OK", body.encode(), ATOM, state)

    def _welcome(self, base: str) -> str:
        """An entry far older than the window: no feed is ever empty, and nobody fetches this page."""
        moment = "2020-01-01T00:00:00Z"
        return f'<entry><id>{base}/welcome</id><title>Welcome</title><link href="{base}/welcome"/><published>{moment}</published><updated>{moment}</updated></entry>'

    def _entry(self, page: Page, now: float) -> str:
        changed, again_s = _is_past(page.changes_s, now), page.changes_s or page.touched_s
        updated = again_s if again_s is not None and again_s <= now else page.appears_s
        return (
            f"<entry><id>{self.url_of(page)}</id><title>{escape(title_of(page, changed=changed))}</title>"
            f'<link href="{self.url_of(page)}"/><published>{self._moment(page.appears_s)}</published>'
            f"<updated>{self._moment(updated)}</updated><summary>{'Corrected' if changed else 'A report'}</summary></entry>"
        )

    def _page(self, page: Page, now: float) -> bytes:
        changed, touched = _is_past(page.changes_s, now), _is_past(page.touched_s, now)
        title = title_of(page, changed=changed)
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs_of(page, changed=changed))
        menu = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(12 + touched))
        mark = f"<!-- {MARK.format(kind=page.poison)} -->" if page.poison else ""
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">{mark}<title>{escape(title)}</title>'
            f'<meta property="og:type" content="article"><meta property="og:site_name" content="Paper {page.host}">'
            f'<meta property="article:published_time" content="{self._moment(page.appears_s)}"></head>'
            f"<body><nav><ul>{menu}</ul></nav><article><h1>{escape(title)}</h1>{text}</article>"
            f"<footer>© Paper {page.host}</footer></body></html>"
        ).encode()

    def _moment(self, seconds: float) -> str:
        moment = datetime.fromtimestamp(self._day.timestamp() + seconds, UTC)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _sections(pages: Sequence[Page]) -> list[Sequence[Page]]:
    return [pages[start : start + SECTION_PAGES] for start in range(0, max(len(pages), 1), SECTION_PAGES)]


def _feed_path(number: int) -> str:
    return f"/feed-{number}.xml"


def _is_past(moment_s: float | None, now: float) -> bool:
    return moment_s is not None and moment_s <= now


def _state_of(section: Sequence[Page], now: float) -> str:
    """The feed's entity tag: how many pages it shows, and how many of them changed or were touched."""
    shown = sum(page.appears_s <= now for page in section)
    again = sum(_is_past(page.changes_s or page.touched_s, now) for page in section)
    return f'"{shown}-{again}"'


def _sealed(status: str, body: bytes, kind: str, head: bytes) -> bytes:
    """The answer; 304 where the request already knows this body."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return _not_modified(etag) if etag.encode() in head else _answered(status, body, kind, etag)


def _not_modified(etag: str) -> bytes:
    return f"HTTP/1.1 304 Not Modified\r\netag: {etag}\r\ncontent-length: 0\r\n\r\n".encode()


def _answered(status: str, body: bytes, kind: str, etag: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\netag: {etag}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body
