"""One request to the web under hard limits; whatever happens ends in one named outcome."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

import httpx

from services.ingest.core.encodings import ACCEPT_ENCODING, Broken, TooLarge, decoded_body
from services.ingest.core.outcomes import (
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    Limits,
    NotModified,
    Redirected,
    Refused,
    Throttled,
)
from services.ingest.core.retry_after import retry_after_s
from services.ingest.fetching.guard import (
    ForbiddenAddress,
    GuardedTransport,
    Resolve,
    UnknownHost,
    resolve_name,
)
from services.ingest.fetching.host_pools import HostPools
from services.runtime.monitoring.spans import part_span

CONNECT_S = 8.0
IDLE_S = 12.0
KEPT_OPEN_S = 12.0  # a little above the gap: the next page of the host spares itself the handshake
TIMEOUTS = {"timeout": httpx.Timeout(IDLE_S, connect=CONNECT_S).as_dict()}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True)
class WebClient:
    """What requests go out by, and the headers that all of them carry. No client of httpx's: no cookies, no proxies."""

    transport: httpx.AsyncBaseTransport
    headers: Mapping[str, str]

    async def aclose(self) -> None:
        """Close every connection."""
        await self.transport.aclose()


class Fetcher:
    """Asks for one URL at a time; follows no redirect, keeps no cookie, reads no proxy setting.

    `fetch` never raises for anything a server can do; it returns a `FetchOutcome`.
    """

    def __init__(self, client: WebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now

    async def fetch(self, url: str, limits: Limits, headers: Mapping[str, str] | None = None) -> FetchOutcome:
        """GET `url` within `limits`; `headers` are added (validators, usually)."""
        try:
            with part_span("GET", **{"http.request.method": "GET", "url.full": url}):
                async with asyncio.timeout(limits.total_s):
                    return await self._exchange(url, limits, headers or {})
        except TimeoutError:
            return Failed("deadline", f"not done within {limits.total_s:g} s")
        except ForbiddenAddress as problem:
            return Refused("address", str(problem))
        except UnknownHost as problem:
            return Failed("dns", str(problem))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError, ValueError) as problem:
            return Failed("bad url", str(problem), retry=False)
        except httpx.TransportError as problem:
            return _transport_failure(problem)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _exchange(self, url: str, limits: Limits, headers: Mapping[str, str]) -> FetchOutcome:
        request = httpx.Request("GET", url, headers={**self._client.headers, **headers}, extensions=TIMEOUTS)
        try:
            async with asyncio.timeout(limits.first_byte_s):
                response = await self._client.transport.handle_async_request(request)
        except TimeoutError:
            return Failed("first byte", f"no answer within {limits.first_byte_s:g} s")
        try:
            return await self._judged(url, response, limits)
        finally:
            await response.aclose()

    async def _judged(self, url: str, response: httpx.Response, limits: Limits) -> FetchOutcome:
        size = sum(len(name) + len(value) for name, value in response.headers.raw)
        if size > limits.header_bytes:
            return Refused("header size", f"{size} bytes of headers")
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code in (200, 203):
            return await _body_taken(response, headers, limits)
        return _without_body(url, response.status_code, headers, self._now())


def _without_body(url: str, status: int, headers: Mapping[str, str], now: datetime) -> FetchOutcome:
    if status in REDIRECTS:
        location = headers.get("location", "").strip()
        if not location:
            return Failed("redirect without location", retry=False)
        return Redirected(urljoin(url, location), status in PERMANENT, status)
    if status == 304:
        return NotModified(headers)
    if status in (404, 410):
        return Gone(status)
    if status in (429, 503):
        return Throttled(status, retry_after_s(headers.get("retry-after"), now))
    if status in (401, 402, 403, 407, 451):
        return Refused(f"http {status}")
    return Failed(f"http {status}", retry=status >= 500 or status == 408)


async def _body_taken(response: httpx.Response, headers: Mapping[str, str], limits: Limits) -> FetchOutcome:
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind and limits.content_types and kind not in limits.content_types:
        return Refused("content type", kind[:100])
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limits.wire_bytes:
        return Refused("too large", f"{declared} bytes declared, {limits.wire_bytes} allowed")
    raw = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for piece in response.stream:  # as it came: unpacking is ours, under a limit
        raw += piece
        if len(raw) > limits.wire_bytes:
            return Refused("too large", f"more than {limits.wire_bytes} bytes on the wire")
    body = decoded_body(bytes(raw), headers.get("content-encoding", ""), limits.body_bytes)
    if isinstance(body, TooLarge):
        return Refused("bomb", f"{len(raw)} bytes unpack to more than {body.limit}")
    if isinstance(body, Broken):
        return Failed("content encoding", body.detail, retry=False)
    return Fetched(response.status_code, headers, body, len(raw))


def _transport_failure(problem: httpx.TransportError) -> Failed:
    if tls := _tls_cause(problem):
        return Failed("tls", str(tls), retry=False)
    match problem:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Failed("connect timeout", str(problem))
        case httpx.TimeoutException():
            return Failed("idle", f"silent for {IDLE_S:g} s")
        case httpx.ConnectError():
            return Failed("connect", str(problem))
        case httpx.RemoteProtocolError():
            return Failed("protocol", str(problem))
    return Failed("connection lost", str(problem) or type(problem).__name__)


def _tls_cause(problem: BaseException | None) -> ssl.SSLError | None:
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            return problem
        problem = problem.__cause__ or problem.__context__
    return None


def build_client(
    user_agent: str,
    allowed_hosts: frozenset[str],
    *,
    tls: ssl.SSLContext | None = None,
    resolve: Resolve = resolve_name,
) -> WebClient:
    """The web as this process may see it: guarded, without cookies and proxies, connections kept per host for seconds."""
    context = tls or ssl.create_default_context()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=1, keepalive_expiry=KEPT_OPEN_S)
    inner = HostPools(lambda: httpx.AsyncHTTPTransport(verify=context, limits=limits, trust_env=False))
    return WebClient(
        GuardedTransport(inner, allowed_hosts, resolve=resolve),
        {"user-agent": user_agent, "accept-encoding": ACCEPT_ENCODING, "accept": "*/*"},
    )
