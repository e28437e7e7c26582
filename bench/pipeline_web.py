"""A web of many hosts whose every page has words of its own, for `bench/pipeline_shares.py`: `python -m bench.pipeline_web HOSTS`."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

from bench.pipeline_rig import generated_page

PAGE = "/page/"


def host_of(number: int) -> str:
    """The address of host `number`: 127.2.0.1, 127.2.0.2, …"""
    return f"127.2.{number // 250}.{number % 250 + 1}"


@contextlib.contextmanager
def many_hosts(hosts: int) -> Iterator[int]:
    """The web in a process of its own; yields its port, the same on every address."""
    command = [sys.executable, "-m", "bench.pipeline_web", str(hosts)]
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
    body = generated_page(int(path.removeprefix(PAGE))) if found else b""
    status, kind = ("200 OK", "text/html; charset=utf-8") if found else ("404 Not Found", "text/plain")
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _serve(hosts: int) -> None:
    first = await asyncio.start_server(answer, host_of(0), 0)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(answer, host_of(number), port) for number in range(1, hosts)]
    print(port, flush=True)
    await asyncio.gather(*(server.serve_forever() for server in (first, *others)))


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
