"""A subscriber's user on the replicas behind sentinels: servers hand streams and groups to one another, users not."""

from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from services.console.subscribers.connection import TIMEOUTS, replicas_urls
from services.runtime.settings import mask_passwords


def on_replicas(url: str, act: Callable[[Redis], object]) -> list[str]:
    """Do the same on every replica that the sentinels of `url` know; a notice for each that did not take it."""
    try:
        replicas = replicas_urls(url)
    except RedisError as away:
        return [f"no sentinel says which replicas there are: {away}"]
    return [notice for replica in replicas if (notice := _done_on(replica, act))]


def _done_on(url: str, act: Callable[[Redis], object]) -> str:
    try:
        with Redis.from_url(url, **TIMEOUTS) as redis:
            act(redis)
    except RedisError as refused:
        return f"the replica {mask_passwords(url)} has not taken it: {refused}"
    return ""
