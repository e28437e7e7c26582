"""Gates: the marks at which a stage stops taking new work so that the rest drains."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from redis.asyncio import Redis

from .waiting import waiting_entries

REOPEN_SHARE = 0.9  # opens again a little below the mark, so that it does not swing with every entry


class Gate(Protocol):
    """Says whether a stage may take more work; `is_trouble` whether operators must hear of it when it may not."""

    is_trouble: ClassVar[bool]

    async def reason_to_wait(self, redis: Redis, *, closed: bool) -> str | None:
        """Why not, in words for the log, or None; `closed` tells that it said no before."""
        ...


@dataclass(frozen=True)
class MemoryGate:
    """Closed while the server uses more than `share` of its maxmemory; a server without one has no such gate."""

    is_trouble: ClassVar[bool] = True
    share: float

    async def reason_to_wait(self, redis: Redis, *, closed: bool) -> str | None:
        facts = await redis.info("memory")
        used, limit = int(facts["used_memory"]), int(facts.get("maxmemory", 0))
        mark = limit * self.share * (REOPEN_SHARE if closed else 1)
        if not limit or used <= mark:
            return None
        return f"server uses {used:,} of {limit:,} bytes, more than {self.share:.0%}"


@dataclass(frozen=True)
class BacklogGate:
    """Closed while `group` has `limit` entries of `stream` or more still to do, given out or not."""

    is_trouble: ClassVar[bool] = True
    stream: str
    group: str
    limit: int = 10_000

    async def reason_to_wait(self, redis: Redis, *, closed: bool) -> str | None:
        waiting = await waiting_entries(redis, self.stream, self.group)
        mark = self.limit * (REOPEN_SHARE if closed else 1)
        return f"{waiting:,} entries of {self.stream} wait for {self.group}" if waiting >= mark else None


@dataclass(frozen=True)
class PriorityGate:
    """Closed while `group` has anything to do on `stream`, which comes first: the order of lanes, no trouble."""

    is_trouble: ClassVar[bool] = False
    stream: str
    group: str

    async def reason_to_wait(self, redis: Redis, *, closed: bool) -> str | None:
        waiting = await waiting_entries(redis, self.stream, self.group)
        return f"{waiting:,} entries of {self.stream} come first" if waiting else None
