"""The small web's servers: one port of 127.0.0.1 per outlet, with feeds, pages, robots.txt and conditional answers."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from .rendering import CONTENT_TYPE_FEED, CONTENT_TYPE_PAGE, Shown, feed_of, page_of, published_at
from .scenes import OUTLETS, Outlet, Scene

ROBOTS = b"User-agent: *\nAllow: /\n"


@dataclass(frozen=True)
class Resource:
    """One path's answer."""

    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """Changes with the body."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class SmallWeb:
    """All outlets together. `show` puts a scene on; readers see whole states only."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._sites = {outlet.name: _Site(outlet) for outlet in OUTLETS}

    def __enter__(self) -> Self:
        for site in self._sites.values():
            site.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for site in self._sites.values():
            site.stop()

    def show(self, scene: Scene, now: datetime) -> None:
        """Put the scene's page and feed entry up, in place of an earlier state of the same path."""
        shown = Shown(scene, self.url_of(scene), published_at(scene, self._start), now)
        self._sites[scene.outlet].put(shown)

    def url_of(self, scene: Scene) -> str:
        """Where the scene's page stands."""
        return self._sites[scene.outlet].base_url + scene.path

    def feed_urls(self) -> Mapping[str, str]:
        """Outlet name → feed URL."""
        return {name: f"{site.base_url}/feed.xml" for name, site in self._sites.items()}

    def hosts(self) -> tuple[str, ...]:
        """Every `host:port` of the small web, as the address guard wants them."""
        return tuple(f"127.0.0.1:{site.port}" for site in self._sites.values())


class _Site:
    """One outlet's server."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._shown: dict[str, Shown] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.resources: Mapping[str, Resource] = {}
        self._render()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, shown: Shown) -> None:
        self._shown[shown.scene.path] = shown
        self._render()

    def _render(self) -> None:
        feed = feed_of(self._outlet, list(self._shown.values()), self.base_url)
        pages = {path: Resource(page_of(shown), CONTENT_TYPE_PAGE) for path, shown in self._shown.items()}
        fixed = {
            "/feed.xml": Resource(feed, CONTENT_TYPE_FEED[self._outlet.feed]),
            "/robots.txt": Resource(ROBOTS, "text/plain"),
        }
        self.resources = {**pages, **fixed}  # one assignment: a reader never sees the feed without its page


def _handler_of(site: _Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "SmallWeb/1"

        def do_GET(self) -> None:
            resource = site.resources.get(self.path.partition("?")[0])
            if resource is None:
                self._answer(HTTPStatus.NOT_FOUND, Resource(b"no such page\n", "text/plain"))
            elif self.headers.get("If-None-Match") == resource.etag:
                self._answer(
                    HTTPStatus.NOT_MODIFIED, Resource(b"", resource.content_type), etag=resource.etag
                )
            else:
                self._answer(HTTPStatus.OK, resource, etag=resource.etag)

        def _answer(self, status: HTTPStatus, resource: Resource, *, etag: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", resource.content_type)
            self.send_header("Content-Length", str(len(resource.body)))
            self.send_header("Cache-Control", "max-age=1")
            if etag:
                self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(resource.body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps standard error for the services' logs."""

    return Handler
