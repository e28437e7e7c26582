"""Parking: a host whose messages all fail is set aside without stopping the stage; its state in Redis for all replicas."""

from collections import Counter
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis

logger = structlog.get_logger()

WATCHED_HOSTS = (
    1_000  # so many hosts with failures are counted at once; more of them are the breaker's affair
)
KEPT_S = 7 * 86_400


@dataclass(frozen=True, kw_only=True)
class ParkingPolicy:
    """When a host is parked: `after` messages of it buried with none that ended well between them."""

    after: int = 10
    probe_every_s: float = 30.0


class Parking:
    """A parked host's messages become dead letters of one cause without being run; one in a while is, as a probe.

    A probe that ends well ends the parking, for every replica. `now` is a monotonic clock's.
    """

    def __init__(self, stream: str, group: str, policy: ParkingPolicy) -> None:
        self._stream, self._policy = stream, policy
        self._key = f"cleanwire:parked:{stream}:{group}"
        self._deaths: Counter[str] = Counter()
        self._changes: dict[str, str | None] = {}  # what this replica has decided and Redis does not know yet
        self._hosts: dict[str, str] = {}
        self._probes: set[str] = set()  # hosts of which this replica may run one message now

    @property
    def is_watching(self) -> bool:
        """Whether any host is parked or on its way there: else nobody need know where a message comes from."""
        return bool(self._deaths or self._hosts)

    def note_end(self, host: str) -> None:
        """A message of this host ended well."""
        self._deaths.pop(host, None)
        if self._hosts.pop(host, None) is not None:
            logger.warning("host_resumed", stream=self._stream, host=host)
            self._changes[host] = None

    def note_death(self, host: str, reason: str) -> None:
        """A message of this host is buried; after too many in a row the host is parked."""
        if host in self._hosts or not _is_host(host):
            return
        self._deaths[host] += 1
        if self._deaths[host] >= self._policy.after:
            logger.error("host_parked", stream=self._stream, host=host, reason=reason)
            self._changes[host] = self._hosts[host] = reason
            del self._deaths[host]
        elif len(self._deaths) > WATCHED_HOSTS:
            del self._deaths[self._deaths.most_common()[-1][0]]

    def reason_to_set_aside(self, host: str) -> str | None:
        """Why a message of this host is not run now, None where it is: its host is not parked, or it is the probe."""
        if host not in self._hosts or host in self._probes:
            self._probes.discard(host)
            return None
        return f"host {host} is parked: its last {self._policy.after} messages failed, {self._hosts[host]}"

    async def agree(self, redis: Redis) -> None:
        """Tell the other replicas what was decided here, learn what they have decided. Raises RedisError."""
        for host, reason in tuple(self._changes.items()):
            await (redis.hdel(self._key, host) if reason is None else self._tell(redis, host, reason))
            self._changes.pop(host, None)
        found = await redis.hgetall(self._key)
        self._hosts = {_text(host): _text(reason) for host, reason in found.items()} if found else {}
        wait_ms = int(self._policy.probe_every_s * 1_000)
        for host in self._hosts:
            if await redis.set(f"{self._key}:probe:{host}", "1", nx=True, px=wait_ms):
                self._probes.add(host)

    async def _tell(self, redis: Redis, host: str, reason: str) -> None:
        await redis.hset(self._key, host, reason[:500])
        await redis.expire(self._key, KEPT_S)
        first_probe_ms = int(self._policy.probe_every_s * 1_000)  # not at once
        await redis.set(f"{self._key}:probe:{host}", "1", px=first_probe_ms)


def _is_host(origin: str) -> bool:
    """Entries that name no host have none to park."""
    return origin not in ("", "unreadable")


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
