"""Connections kept for a few seconds, apart for every host: a pool knows an address, not the name it was verified for."""

import time
from collections import OrderedDict
from collections.abc import Callable

import httpx

MOST_POOLS = 256
IN_USE_S = 120.0  # longer than any exchange: a pool used since may still carry an answer


class HostPools(httpx.AsyncBaseTransport):
    """Gives each host (scheme, name, port) a transport of its own, made by `make`; the longest unused go first.

    The name is the one of the extension `sni_hostname` where there is one, since the URL then names an address.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._pools: OrderedDict[tuple[str, str, int | None], tuple[float, httpx.AsyncBaseTransport]] = (
            OrderedDict()
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = str(request.extensions.get("sni_hostname") or request.url.host)
        key = (request.url.scheme, name, request.url.port)
        _, pool = self._pools.get(key) or (0.0, self._make())
        self._pools[key] = (time.monotonic(), pool)
        self._pools.move_to_end(key)
        await self._close_old()
        return await pool.handle_async_request(request)

    async def aclose(self) -> None:
        for _, pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()

    async def _close_old(self) -> None:
        while len(self._pools) > MOST_POOLS:
            key, (used_at, pool) = next(iter(self._pools.items()))
            if time.monotonic() - used_at < IN_USE_S:
                return
            del self._pools[key]
            await pool.aclose()
