"""A web of many hosts whose every page has words of its own: `python -m bench.pipeline_web HOSTS [PAGES]`, of which PAGES are real ones."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

from bench.pipeline_rig import generated_page, real_pages

PAGE = "/page/"


def host_of(number: int) -> str:
    """The address of host `number`: 127.2.0.1, 127.2.0.2, …"""
    return f"127.2.{number // 250}.{number % 250 + 1}"


@contextlib.contextmanager
def many_hosts(hosts: int, real: int = 0) -> Iterator[int]:
    """The web in a process of its own, the first `real` pages real ones; yields its port, the same on every address."""
    command = [sys.executable, "-m", "bench.pipeline_web", str(hosts), str(real)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until the client closes it."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            writer.write(_response(head.split(b" ", 2)[1].decode()))
            await writer.drain()
    writer.close()


def _response(path: str) -> bytes:
    found = path.startswith(PAGE)
    body = _page(int(path.removeprefix(PAGE))) if found else b""
    status, kind = ("200 OK", "text/html; charset=utf-8") if found else ("404 Not Found", "text/plain")
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@cache
def _real() -> list[bytes]:
    return real_pages(int(sys.argv[2]) if len(sys.argv) > 2 else 0)


def _page(number: int) -> bytes:
    return _real()[number] if number < len(_real()) else generated_page(number)


async def _serve(hosts: int) -> None:
    _real()  # before anybody asks
    first = await asyncio.start_server(answer, host_of(0), 0)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(answer, host_of(number), port) for number in range(1, hosts)]
    print(port, flush=True)
    await asyncio.gather(*(server.serve_forever() for server in (first, *others)))


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
