"""Standstill: why a stage takes nothing new although it could: a closed gate, or its breaker."""

from enum import Enum

import structlog
from redis.asyncio import Redis

from .breaker import Breaker
from .gates import Gate
from .parking import Parking

logger = structlog.get_logger()

LOOK_EVERY_S = 0.5


class Leave(Enum):
    """What a stage may take now."""

    ALL = "all"
    PROBE = "probe"
    NOTHING = "nothing"


class Standstill:
    """Asks gates, breaker and parking twice a second at most; logs once when the first gate closes and once when all are open."""

    def __init__(
        self, redis: Redis, stream: str, gates: tuple[Gate, ...], breaker: Breaker, parking: Parking
    ) -> None:
        self._redis, self._stream, self._gates = redis, stream, gates
        self._breaker, self._parking = breaker, parking
        self._next_look = 0.0
        self._gate_reason: str | None = None
        self._gate_trouble: str | None = None

    @property
    def reason(self) -> str | None:
        """Why nothing is taken, None where it is."""
        return self._gate_reason or self._breaker.reason

    @property
    def trouble(self) -> str | None:
        """The same as operators hear it: a lane that lets another go first is in no trouble."""
        return self._gate_trouble or self._breaker.reason

    async def leave(self, now: float) -> Leave:
        """What may be taken now. Raises RedisError."""
        if now < self._next_look:
            return Leave.ALL if self.reason is None else Leave.NOTHING
        self._next_look = now + LOOK_EVERY_S
        await self._look_at_gates()
        await self._breaker.agree(self._redis)
        await self._parking.agree(self._redis)
        if self.reason is None:
            return Leave.ALL
        is_turn = self._gate_reason is None and await self._breaker.may_probe(self._redis)
        return Leave.PROBE if is_turn else Leave.NOTHING

    def note_probe(self, entry_id: str) -> None:
        """This entry is the breaker's probe."""
        self._breaker.probe_id = entry_id

    async def _look_at_gates(self) -> None:
        before = self._gate_trouble
        gate, self._gate_reason = await self._first_closed()
        self._gate_trouble = self._gate_reason if gate is not None and gate.is_trouble else None
        if before is None and self._gate_trouble is not None:
            logger.warning("gate_closed", stream=self._stream, reason=self._gate_trouble)
        elif before is not None and self._gate_trouble is None:
            logger.info("gate_opened", stream=self._stream)

    async def _first_closed(self) -> tuple[Gate | None, str | None]:
        for gate in self._gates:
            reason = await gate.reason_to_wait(self._redis, closed=self._gate_trouble is not None)
            if reason is not None:
                return gate, reason
        return None, None
