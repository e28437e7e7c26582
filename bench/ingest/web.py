"""A web of many hosts on loopback: `python -m bench.ingest.web HOSTS` prints its port and serves."""

import asyncio
import sys

PAGE_BYTES = 40_000
ETAG = '"v1"'


def host_of(number: int) -> str:
    """The address of host `number`: 127.1.0.1, 127.1.0.2, …"""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def page_of(path: str) -> bytes:
    """An article's page of a usual size; each path has its own words."""
    line = (
        f"<p>Talks at {path} went on for another day, officials of both sides said after the meeting.</p>\n"
    )
    body = line * (PAGE_BYTES // len(line))
    return f"<html><head><title>{path}</title></head><body><article>{body}</article></body></html>".encode()


def feed_of(host: str, port: int) -> bytes:
    """A feed with twenty entries that never change."""
    items = "".join(
        f"<item><title>Old entry {n}</title><link>http://{host}:{port}/old/{n}</link>"
        "<pubDate>Mon, 02 Jan 2006 10:00:00 GMT</pubDate></item>"
        for n in range(20)
    )
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until the client closes it."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode()
            host, port = writer.get_extra_info("sockname")[:2]
            writer.write(_response(path, head, host, port))
            await writer.drain()
            if b"connection: close" in head.lower():
                break
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


def _response(path: str, head: bytes, host: str, port: int) -> bytes:
    if path == "/robots.txt" or path.startswith(("/.well-known", "/ai.txt")):
        return _sealed("404 Not Found", b"", "text/plain")
    if path.startswith("/feed"):
        if ETAG.encode() in head:
            return f"HTTP/1.1 304 Not Modified\r\netag: {ETAG}\r\ncontent-length: 0\r\n\r\n".encode()
        return _sealed("200 OK", feed_of(host, port), "application/rss+xml")
    return _sealed("200 OK", page_of(path), "text/html; charset=utf-8")


def _sealed(status: str, body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\netag: {ETAG}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(hosts: int) -> None:
    """Serve for ever; the port, the same on every address, is the first line on stdout."""
    first = await asyncio.start_server(answer, host_of(0), 0, backlog=512)
    port = first.sockets[0].getsockname()[1]
    servers = [
        first,
        *[await asyncio.start_server(answer, host_of(n), port, backlog=512) for n in range(1, hosts)],
    ]
    print(port, flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
