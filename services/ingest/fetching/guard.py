"""The address guard: the transport that looks a name up, judges every address, and connects to the judged one."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from services.ingest.core.addresses import ALLOWED_PORTS, ALLOWED_SCHEMES, forbidden_reason, literal_address

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_ADDRESSES_TRIED = 2

RESOLVERS = ThreadPoolExecutor(32, "resolve")
"""A look-up whose name server is silent holds its thread for half a minute: in the pool of asyncio all lists would wait for it."""


class ForbiddenAddress(httpx.TransportError):
    """The URL leads where this process must not connect."""


class UnknownHost(httpx.TransportError):
    """The name has no address."""


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, IPv4 first, each once; raises OSError where there are none."""
    loop = asyncio.get_running_loop()
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    rows = await loop.run_in_executor(RESOLVERS, look_up)
    rows.sort(key=lambda row: row[0] != socket.AF_INET)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Wraps an httpx transport: each request is judged by scheme, port and every address, and pinned to one of them.

    `allowed_hosts` are `host:port` pairs, as URLs spell them, that may stand on any address and any port. TLS is
    verified against the name, not the address. A redirect is a new request and judged anew.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        allowed_hosts: frozenset[str],
        *,
        resolve: Resolve = resolve_name,
    ) -> None:
        self._inner = inner
        self._allowed_hosts = allowed_hosts
        self._resolve = resolve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        first, *others = await self._admitted(request.url)
        try:
            return await self._inner.handle_async_request(_pinned(request, first))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if not others:
                raise
            return await self._inner.handle_async_request(_pinned(request, others[0]))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _admitted(self, url: httpx.URL) -> list[str]:
        port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
        trusted = f"{url.host}:{port}" in self._allowed_hosts
        if url.scheme not in ALLOWED_SCHEMES:
            raise ForbiddenAddress(f"scheme {url.scheme!r} is not one of http, https")
        if not trusted and port not in ALLOWED_PORTS:
            raise ForbiddenAddress(f"port {port} is not one of {sorted(ALLOWED_PORTS)}")
        addresses = await self._addresses_of(url.host, port)
        for address in [] if trusted else addresses:
            if reason := forbidden_reason(address):
                named = "" if url.host == str(address) else f"{url.host} is "
                raise ForbiddenAddress(f"{named}{address}: {reason}")
        return addresses[:MAX_ADDRESSES_TRIED]

    async def _addresses_of(self, host: str, port: int) -> list[str]:
        try:
            literal = literal_address(host)
            addresses = [literal] if literal else list(await self._resolve(host, port))
        except ValueError as problem:
            raise ForbiddenAddress(str(problem)) from problem
        except OSError as problem:
            raise UnknownHost(f"{host}: {problem}") from problem
        if not addresses:
            raise UnknownHost(f"{host} has no address")
        return addresses


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    # The Host header was set from the name when the request was built; only the connection goes to the address.
    name = request.url.host
    if name == address:
        return request
    extensions = {**request.extensions, "sni_hostname": name}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )
