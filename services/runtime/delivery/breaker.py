"""The breaker of a stage that kills most of its input: its window here, its state in Redis for all replicas."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from redis.asyncio import Redis

logger = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class BreakerPolicy:
    """When a stage stops burying: `share` of the last ends are deaths, at least `least` ends, over `origins` hosts."""

    window: int = 50
    least: int = 20  # fewer say nothing yet, and this many dead letters are soon put back
    share: float = 0.5
    origins: int = 3  # one host that changed its pages is that host's affair
    probe_every_s: float = 30.0


class Breaker:
    """Open, the stage buries nothing: entries stay pending, uncounted, and one probe at a time is let through.

    A probe that ends well closes it again, for every replica.
    """

    def __init__(self, stream: str, group: str, policy: BreakerPolicy) -> None:
        self._stream, self._policy = stream, policy
        self._key = breaker_key(stream, group)
        self._ends: deque[str | None] = deque(maxlen=policy.window)
        self._change: str | None = None  # what this replica has decided and Redis does not know yet
        self.probe_id: str | None = None
        self.reason: str | None = None

    def note_end(self, entry_id: str) -> None:
        """A handler ended well; if it was the probe, the breaker closes."""
        self._ends.append(None)
        if self.reason is not None and entry_id == self.probe_id:
            logger.warning("breaker_closed", stream=self._stream)
            self._change, self.reason = "close", None

    def allows_burial(self, origin: str) -> bool:
        """Whether an entry from this host that cannot be processed may be buried; too many of them open the breaker."""
        if self.reason is not None:
            return False
        self._ends.append(origin)
        deaths = [end for end in self._ends if end is not None]
        if not self._is_too_much(deaths):
            return True
        self._change = "open"
        self.reason = (
            f"{len(deaths)} of the last {len(self._ends)} messages failed, from {len(set(deaths))} hosts"
        )
        self._ends.clear()
        logger.critical("breaker_opened", stream=self._stream, reason=self.reason)
        return False

    async def agree(self, redis: Redis) -> None:
        """Tell the other replicas what was decided here, and learn what they have decided. Raises RedisError."""
        if self._change == "open":
            await redis.set(self._key, self.reason or "", nx=True)
        elif self._change == "close":
            await redis.delete(self._key, f"{self._key}:probe")
        self._change = None
        state = await redis.get(self._key)
        self.reason = state.decode() if isinstance(state, bytes) else state
        if self.reason is None:
            self.probe_id = None

    async def may_probe(self, redis: Redis) -> bool:
        """Whether it is this replica's turn to let one entry through. Raises RedisError."""
        wait_ms = int(self._policy.probe_every_s * 1_000)
        return bool(await redis.set(f"{self._key}:probe", "1", nx=True, px=wait_ms))

    def _is_too_much(self, deaths: list[str]) -> bool:
        policy = self._policy
        return (
            len(self._ends) >= policy.least
            and len(deaths) > policy.share * len(self._ends)
            and len(set(deaths)) >= policy.origins
        )


def breaker_key(stream: str, group: str) -> str:
    """Where the state of a stage's breaker stands: the reason while it is open, nothing while it is closed."""
    return f"cleanwire:breaker:{stream}:{group}"


async def open_breakers(redis: Redis, stages: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bool]:
    """Whether the breaker of each stage (stream, group) is open. Raises RedisError."""
    if not stages:
        return {}
    states = await redis.mget([breaker_key(stream, group) for stream, group in stages])
    return {stage: state is not None for stage, state in zip(stages, states, strict=True)}
