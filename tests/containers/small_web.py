"""The stage's small web, run inside a container beside ingest: a few outlets, one port each, that show what the plan says."""

import sys
import threading
import time
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.containers.small_plan import HOSTS, Page, paragraphs_of, plan_pages, title_of

HOST, FIRST_PORT = "web", 8001
POLL_S = 1.0
WELCOME = (
    "2020-01-01T00:00:00+00:00"  # far outside of the window: no feed is ever empty, nobody asks for this page
)


def url_of(page: Page) -> str:
    """Where a page stands."""
    return f"{base_of(page.host)}{page.path}"


def base_of(host: int) -> str:
    """One outlet's address."""
    return f"http://{HOST}:{FIRST_PORT + host}"


def places() -> str:
    """Every `host:port`, as the address guard wants them."""
    return ",".join(f"{HOST}:{FIRST_PORT + host}" for host in range(HOSTS))


def sources_toml() -> str:
    """One source per outlet."""
    return "\n".join(
        f'[[source]]\nname = "Paper {host}"\noutlet = "Paper {host}"\ncountry = "BY"\nside = "exile"\nlanguage = "en"\n'
        f'licence = "full"\nscope = "topic"\n[[source.feed]]\nkind = "feed"\nurl = "{base_of(host)}/feed.xml"\npoll_s = {POLL_S}\n'
        for host in range(HOSTS)
    )


class Outlet:
    """What one outlet shows at a moment, in seconds since the web began."""

    def __init__(self, host: int, pages: tuple[Page, ...]) -> None:
        self._host = host
        self._pages = {page.path: page for page in pages if page.host == host}
        self._began = time.time()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """The content type and body of a path; None where nothing stands."""
        now = time.time() - self._began
        if path == "/robots.txt":
            return "text/plain", b"User-agent: *\nAllow: /\n"
        if path == "/feed.xml":
            return "application/atom+xml; charset=utf-8", self._feed(now).encode()
        page = self._pages.get(path)
        if page is None or page.appears_s > now:
            return None
        return "text/html; charset=utf-8", self._page(page, _has_changed(page, now)).encode()

    def _feed(self, now: float) -> str:
        shown = "".join(self._entry(page, now) for page in self._pages.values() if page.appears_s <= now)
        welcome = (
            f'<entry><id>{base_of(self._host)}/welcome</id><title>Welcome</title><link href="{base_of(self._host)}/welcome"/>'
            f"<published>{WELCOME}</published><updated>{WELCOME}</updated></entry>"
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Paper {self._host}</title>'
            f"<id>{base_of(self._host)}/</id><updated>{self._moment(now)}</updated>{welcome}{shown}</feed>"
        )

    def _entry(self, page: Page, now: float) -> str:
        changed = _has_changed(page, now)
        updated = page.changes_s if changed and page.changes_s is not None else page.appears_s
        return (
            f"<entry><id>{url_of(page)}</id><title>{escape(title_of(page, changed=changed))}</title>"
            f'<link href="{url_of(page)}"/><published>{self._moment(page.appears_s)}</published>'
            f"<updated>{self._moment(updated)}</updated><summary>A report</summary></entry>"
        )

    def _page(self, page: Page, changed: bool) -> str:
        title = escape(title_of(page, changed=changed))
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs_of(page, changed=changed))
        menu = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(12))
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta property="og:type" content="article"><meta property="og:site_name" content="Paper {self._host}">'
            f'<meta property="article:published_time" content="{self._moment(page.appears_s)}"></head>'
            f"<body><nav><ul>{menu}</ul></nav><article><h1>{title}</h1>{text}</article>"
            f"<footer>© Paper {self._host}</footer></body></html>"
        )

    def _moment(self, seconds: float) -> str:
        return datetime.fromtimestamp(self._began + seconds, UTC).isoformat(timespec="seconds")


def _has_changed(page: Page, now: float) -> bool:
    return page.changes_s is not None and page.changes_s <= now


def _handler_of(outlet: Outlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content_type, body = outlet.answer(self.path) or ("", b"no such page\n")
            etag = f'"{sha256(body).hexdigest()[:16]}"'
            unchanged = self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else 200 if content_type else 404)
            self.send_header("Content-Type", content_type or "text/plain")
            self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if unchanged else str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    return Handler


def main(seconds: float) -> None:
    """Serve for ever; the plan's seconds count from now."""
    outlets = [Outlet(host, plan_pages(seconds)) for host in range(HOSTS)]
    for host, outlet in enumerate(outlets):
        server = ThreadingHTTPServer(("", FIRST_PORT + host), _handler_of(outlet))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(float(sys.argv[1]))
