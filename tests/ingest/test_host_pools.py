"""Kept connections: reused at one host, never shared between two names of one address."""

import asyncio
import time
from collections.abc import Sequence

from services.ingest.app import utc_now
from services.ingest.core.outcomes import ARTICLE_LIMITS, Fetched
from services.ingest.fetching.fetcher import Fetcher, build_client
from tests.web.site import Seen, head_of


async def loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def serve_kept(connections: list[str]) -> asyncio.Server:
    """A server that keeps its connections and notes the first Host header of each."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append("")
        number = len(connections) - 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                host = head.decode().lower().split("host: ")[1].split("\r\n")[0]
                assert connections[number] in ("", host), "one connection, two names"
                connections[number] = host
                writer.write(head_of(200, {"content_length": "2", "connection": "keep-alive"}) + b"ok")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def test_connection_is_reused_for_its_name_only() -> None:
    connections: list[str] = []
    server = await serve_kept(connections)
    port = server.sockets[0].getsockname()[1]
    allowed = frozenset({f"one.test:{port}", f"two.test:{port}"})
    fetcher = Fetcher(build_client("test", allowed, resolve=loopback), utc_now)
    for name in ("one", "two", "one", "two", "one"):
        outcome = await fetcher.fetch(f"http://{name}.test:{port}/", ARTICLE_LIMITS)
        assert isinstance(outcome, Fetched)
    assert connections == [f"one.test:{port}", f"two.test:{port}"]
    await fetcher.close()
    server.close()


async def test_connection_that_the_server_has_closed_is_not_reused() -> None:
    asked: list[Seen] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.append(Seen("/", {}, time.monotonic(), ""))
        writer.write(head_of(200, {"content_length": "2", "connection": "keep-alive"}) + b"ok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    netloc = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    fetcher = Fetcher(build_client("test", frozenset({netloc})), utc_now)
    for _ in range(3):
        assert isinstance(await fetcher.fetch(f"http://{netloc}/", ARTICLE_LIMITS), Fetched)
        await asyncio.sleep(0.05)
    assert len(asked) == 3
    await fetcher.close()
    server.close()
