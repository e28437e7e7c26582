"""A web of one port on 127.0.0.1 whose pages a test or bench puts up and takes down."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class LoopbackWeb:
    """`put` sets a path's body and content type; anything else is 404. `asked` lists the paths in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._held: set[str] = set()
        self._released = threading.Event()
        self._pages: dict[str, tuple[bytes, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        """`127.0.0.1:port`."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://{self.host}{path}"

    def put(self, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> str:
        """Show a page; returns its address."""
        self._pages[path] = (body, content_type)
        return self.url(path)

    def hold(self, path: str) -> str:
        """A page that never answers while this web stands; returns its address."""
        self._held.add(path)
        return self.url(path)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked.append(self.path)
                if self.path in web._held:
                    web._released.wait()
                    return
                body, content_type = web._pages.get(self.path, (b"no such page\n", ""))
                self.send_response(200 if content_type else 404)
                self.send_header("Content-Type", content_type or "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Keeps the test's output for the test."""

        return Handler
