"""A connection to Redis for one command; when the server does not answer, the command says which and what to do."""

import contextlib
from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.runtime.settings import mask_passwords

from .exits import CommandError
from .settings import ConsoleSettings

CONNECT_TIMEOUT_S = 3.0


@contextlib.asynccontextmanager
async def connected(settings: ConsoleSettings) -> AsyncIterator[Redis]:
    """A client of the settings' Redis; replies are bytes. Raises CommandError (unreachable) when it goes away."""
    async with Redis.from_url(settings.redis_url, socket_connect_timeout=CONNECT_TIMEOUT_S) as redis:
        try:
            yield redis
        except (RedisConnectionError, RedisTimeoutError) as error:
            raise CommandError.unreachable(
                f"no answer from Redis at {mask_passwords(settings.redis_url)}: {error}",
                "start one with `cleanwire up`, or set CLEANWIRE_REDIS_URL",
            ) from None
