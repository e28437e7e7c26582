"""An internet of two listeners: the one public address there is leads to the first, every other address to the second."""

from dataclasses import dataclass

import httpx

from tests.web.site import Site

PUBLIC = "93.184.215.14"


@dataclass
class Internet(httpx.AsyncBaseTransport):
    """Stands below the address guard and carries each connection to a real socket.

    Whatever the guard lets through to another address than the public one arrives at `inner`, so that
    `inner.connections` counts the breaches, also for addresses that this machine does not have.
    """

    public: Site
    inner: Site
    real: httpx.AsyncBaseTransport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        place = self.public if request.url.host == PUBLIC else self.inner
        there = httpx.Request(
            request.method,
            request.url.copy_with(scheme="http", host=place.host, port=place.port),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self.real.handle_async_request(there)

    async def aclose(self) -> None:
        await self.real.aclose()
