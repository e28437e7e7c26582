"""A connection to Redis for one command; when the server does not answer or refuses, the command says which and what to do."""

import contextlib
from collections.abc import AsyncIterator

from redis.asyncio import Redis, Sentinel
from redis.exceptions import AuthenticationError, NoPermissionError, OutOfMemoryError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.runtime.sentinel import SCHEME, parse_sentinel_url
from services.runtime.settings import mask_passwords

from .exits import CommandError
from .settings import ConsoleSettings

CONNECT_TIMEOUT_S = 3.0


@contextlib.asynccontextmanager
async def connected(settings: ConsoleSettings) -> AsyncIterator[Redis]:
    """A client of the settings' Redis; replies are bytes. Raises CommandError when it goes away or refuses."""
    async with _client(settings.redis_url) as redis:
        try:
            yield redis
        except AuthenticationError as error:
            raise CommandError.unreachable(
                f"Redis at {mask_passwords(settings.redis_url)} did not let us in: {error}",
                "CLEANWIRE_REDIS_URL carries user and password: redis://USER:PASSWORD@HOST:PORT/0",
            ) from None
        except ResponseError as error:
            raise CommandError(
                f"Redis at {mask_passwords(settings.redis_url)} refused: {error}", _advice(error)
            ) from None
        except (RedisConnectionError, RedisTimeoutError) as error:
            raise CommandError.unreachable(
                f"no answer from Redis at {mask_passwords(settings.redis_url)}: {error}",
                "start one with `cleanwire up`, or set CLEANWIRE_REDIS_URL",
            ) from None


def _advice(refusal: ResponseError) -> str:
    if isinstance(refusal, NoPermissionError):
        return "the user in CLEANWIRE_REDIS_URL may not do this; the operator's user may (docs/deployment.md)"
    if isinstance(refusal, OutOfMemoryError) or str(refusal).startswith("MISCONF"):
        return "the server is full: docs/operations.md, 'A disk is full' and 'A backlog grows'"
    return ""


def _client(url: str) -> Redis:
    """Waits on a blocking read as long as it takes; behind sentinels it follows the master."""
    if not url.startswith(SCHEME):
        return Redis.from_url(url, socket_connect_timeout=CONNECT_TIMEOUT_S)
    place = parse_sentinel_url(url)
    timeouts = {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": CONNECT_TIMEOUT_S}
    sentinels = Sentinel(list(place.sentinels), sentinel_kwargs=timeouts)  # type: ignore[no-untyped-call]
    client: Redis = sentinels.master_for(
        place.master,
        db=place.database,
        username=place.username,
        password=place.password,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
    )
    return client
