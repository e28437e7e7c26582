"""Standstill: why a stage takes nothing new although it could: a closed gate, or its breaker."""

import structlog
from redis.asyncio import Redis

from .gates import Gate

logger = structlog.get_logger()

LOOK_EVERY_S = 0.5


class Standstill:
    """Asks the gates at most twice a second; logs once when the first one closes and once when all are open."""

    def __init__(self, redis: Redis, stream: str, gates: tuple[Gate, ...]) -> None:
        self._redis, self._stream, self._gates = redis, stream, gates
        self._next_look = 0.0
        self.reason: str | None = None

    async def wait_s(self, now: float) -> float:
        """How long to wait before asking again; 0 where work may be taken."""
        if not self._gates:
            return 0.0
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            await self._look()
        return 0.0 if self.reason is None else self._next_look - now

    async def _look(self) -> None:
        before, self.reason = self.reason, await self._first_reason()
        if before is None and self.reason is not None:
            logger.warning("gate_closed", stream=self._stream, reason=self.reason)
        elif before is not None and self.reason is None:
            logger.info("gate_opened", stream=self._stream)

    async def _first_reason(self) -> str | None:
        for gate in self._gates:
            reason = await gate.reason_to_wait(self._redis, closed=self.reason is not None)
            if reason is not None:
                return reason
        return None
