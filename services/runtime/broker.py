"""The connection to Redis, as FastStream's broker and as a plain client."""

import logging
from typing import Any

from faststream.redis import RedisBroker, RedisSentinelBroker
from faststream.redis.parser import MessageFormat
from redis.asyncio import Redis, Sentinel

from services.contracts.failures import Unprocessable

from .delivery.engine import Engine
from .envelope import seal, unseal
from .middleware import ExpectedFailure, HandlingMiddleware
from .packing import pack_in_c
from .sentinel import SCHEME, parse_sentinel_url
from .settings import ServiceSettings

SOCKET_TIMEOUT_S = 15.0  # above every blocking read; a connection that says nothing for so long is dead
CONNECT_TIMEOUT_S = 5.0
CONNECTION: dict[str, Any] = {
    "socket_timeout": SOCKET_TIMEOUT_S,
    "socket_connect_timeout": CONNECT_TIMEOUT_S,
    "socket_keepalive": True,
}
SENTINEL_CONNECTION: dict[str, Any] = {"socket_timeout": 1.0}  # one that does not answer is passed over


class JsonEnvelope(MessageFormat):
    """FastStream's view of our envelope, instead of its binary one that only its own readers understand."""

    __slots__ = ()

    @classmethod
    async def encode(cls, **parts: Any) -> bytes:
        """The value of the field `__data__`."""
        built = await cls.build(**parts)
        return seal(built.data.decode(), {name: str(value) for name, value in built.headers.items()})

    @classmethod
    def parse(cls, data: bytes) -> tuple[bytes, dict[str, Any]]:
        """The body and the headers. Raises ExpectedFailure of an Unprocessable."""
        try:
            body, headers = unseal(data)
        except Unprocessable as failure:
            raise ExpectedFailure(failure) from None
        return body, dict(headers)


class ServiceBroker(RedisBroker):
    """A broker that knows the settings it was built from, and the delivery engines that hang on it."""

    settings: ServiceSettings
    engines: list[Engine]


class SentinelServiceBroker(ServiceBroker, RedisSentinelBroker):
    """The same behind sentinels: after a fail-over it goes on with the new master."""


def build_broker(settings: ServiceSettings) -> ServiceBroker:
    """The broker of a service; it connects when it is started. It repeats nothing: the delivery engine does."""
    options: dict[str, Any] = {
        "message_format": JsonEnvelope,
        "apply_types": False,  # no injection: `casting` makes the message, for a fifth of what it costs
        "middlewares": [HandlingMiddleware],
        "logger": logging.getLogger("faststream.redis"),
        "log_level": logging.DEBUG,  # two lines a message at info; the outcome line says more
        **CONNECTION,
    }
    broker = _behind_sentinels(settings.redis_url, options) or ServiceBroker(settings.redis_url, **options)
    broker.settings, broker.engines = settings, []
    return broker


def connect_redis(redis_url: str) -> Redis:
    """A plain client, for whatever is no handler; it connects at its first command. Replies are bytes."""
    if not redis_url.startswith(SCHEME):
        return pack_in_c(Redis.from_url(redis_url, **CONNECTION))
    place = parse_sentinel_url(redis_url)
    sentinels = Sentinel(list(place.sentinels), sentinel_kwargs=SENTINEL_CONNECTION, **CONNECTION)  # type: ignore[no-untyped-call]
    client: Redis = sentinels.master_for(
        place.master, db=place.database, username=place.username, password=place.password
    )
    return pack_in_c(client)


def _behind_sentinels(redis_url: str, options: dict[str, Any]) -> ServiceBroker | None:
    if not redis_url.startswith(SCHEME):
        return None
    place = parse_sentinel_url(redis_url)
    return SentinelServiceBroker(
        place.sign_in_url,
        sentinels=list(place.sentinels),
        sentinel_master_name=place.master,
        sentinel_kwargs=SENTINEL_CONNECTION,
        **options,
    )
