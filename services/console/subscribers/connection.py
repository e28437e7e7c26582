"""The operator's connection: it manages groups and users; what the server refuses is told with what to do."""

import contextlib
from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.sentinel import Sentinel

from services.console.exits import CommandError
from services.runtime.sentinel import SCHEME, SentinelPlace, parse_sentinel_url
from services.runtime.settings import mask_passwords

TIMEOUTS: dict[str, Any] = {"socket_connect_timeout": 5.0, "socket_timeout": 5.0}


@contextlib.contextmanager
def operators_redis(url: str) -> Iterator[Redis]:
    """A client whose replies are bytes. Raises CommandError where the server is away or refuses."""
    shown = mask_passwords(url)
    try:
        with Redis.from_url(masters_url(url), **TIMEOUTS) as redis:
            yield redis
    except AuthenticationError as error:
        raise CommandError.unreachable(
            f"Redis at {shown} refuses the user or the password: {error}", "see CLEANWIRE_REDIS_URL"
        ) from None
    except NoPermissionError as error:
        raise CommandError(
            f"the user of {shown} may not manage subscribers: {error}",
            "it needs +acl +xgroup +xinfo on the public streams, +hset +hdel on cleanwire:*: set CLEANWIRE_REDIS_URL to the operator's user",
        ) from None
    except (RedisConnectionError, RedisTimeoutError) as error:
        raise CommandError.unreachable(
            f"no answer from Redis at {shown}: {error}",
            "start one with `cleanwire up`, or set CLEANWIRE_REDIS_URL",
        ) from None


def masters_url(url: str) -> str:
    """The URL of the server to talk to: behind sentinels the one that they name as the master now, else `url` itself.

    Raises redis' ConnectionError where no sentinel knows it.
    """
    if not url.startswith(SCHEME):
        return url
    place = parse_sentinel_url(url)
    return _servers_url(place, *_sentinels(place).discover_master(place.master))  # type: ignore[no-untyped-call]


def replicas_urls(url: str) -> list[str]:
    """The URLs of the master's replicas that the sentinels can reach; none where there are no sentinels.

    Raises redis' ConnectionError where no sentinel answers.
    """
    if not url.startswith(SCHEME):
        return []
    place = parse_sentinel_url(url)
    found = _sentinels(place).discover_slaves(place.master)  # type: ignore[no-untyped-call]
    return [_servers_url(place, host, port) for host, port in found]


def _sentinels(place: SentinelPlace) -> Sentinel:
    return Sentinel(list(place.sentinels), sentinel_kwargs=TIMEOUTS)  # type: ignore[no-untyped-call]


def _servers_url(place: SentinelPlace, host: str, port: int) -> str:
    sign_in, _, _ = place.sign_in_url.rpartition("127.0.0.1")
    return f"{sign_in}{f'[{host}]' if ':' in host else host}:{port}/{place.database}"


def ask(redis: Redis, *command: str) -> Any:
    """One command and its reply as redis-py parses it (which leaves this call without a type)."""
    return redis.execute_command(*command)  # type: ignore[no-untyped-call]
