"""Reading: what an engine takes next, and when it takes nothing: paused, gated, or while a suspect runs alone."""

import random
import time
from collections.abc import Callable

import structlog

from .entry import Entry
from .group import ConsumerGroup
from .pause import Pause
from .policy import Policy
from .running import PROCESS, Running, Solitude
from .standstill import LOOK_EVERY_S, Leave, Standstill

logger = structlog.get_logger()

WAIT_S = 1.0
SOON_S = 0.05
PROBE_AMONG = (
    50  # a breaker's probe is drawn from as many, so that one bad entry at the head is not the only one tried
)

Begin = Callable[[Entry, bool], None]


class Reader:
    """Takes entries, new ones and abandoned ones, as far as there is room, and begins each; one step is one decision."""

    def __init__(
        self,
        group: ConsumerGroup,
        running: Running,
        policy: Policy,
        *,
        pause: Pause,
        standstill: Standstill,
        begin: Begin,
        solitude: Solitude = PROCESS,
    ) -> None:
        self._group, self._running, self._policy = group, running, policy
        self._pause, self._standstill, self._begin, self._solitude = pause, standstill, begin, solitude
        self._next_take = 0.0
        self._suspects_wait = False
        self._others_until = 0.0
        self._alone_since: float | None = None

    async def step(self) -> None:
        """Take what may be taken now, or wait a little."""
        now = time.monotonic()
        if self._alone_since is not None:
            await self._run_alone(now)
        elif self._solitude.is_kept_by_other(self._running):
            await self._running.wait_for_change(SOON_S)
        elif self._pause.dependency is not None:
            await self._probe(now)
        elif (leave := await self._standstill.leave(now)) is not Leave.ALL:
            await self._wait_or_try_one(leave)
        elif self._suspects_wait and now >= self._others_until and self._solitude.claim(self._running):
            self._alone_since = now
        else:
            await self._fill(now)

    def take_soon(self) -> None:
        """Look for abandoned and given-back entries in the next step."""
        self._next_take = 0.0
        self._running.changed.set()

    async def _probe(self, now: float) -> None:
        """A paused stage runs one entry at a time, an older one before a new one."""
        if len(self._running) or now < self._pause.probe_at:
            await self._running.wait_for_change(min(max(self._pause.probe_at - now, SOON_S), WAIT_S))
            return
        self._pause.note_probe(now)
        if not await self._take(1):
            await self._read(1, SOON_S)

    async def _wait_or_try_one(self, leave: Leave) -> None:
        """Behind a gate nothing is taken; behind an open breaker one entry may be, drawn by lot."""
        if leave is Leave.NOTHING:
            await self._running.wait_for_change(LOOK_EVERY_S)
            return
        new_first = await self._read(1, SOON_S) if random.random() < 0.5 else []
        skip = random.randrange(PROBE_AMONG)
        for entry in (
            new_first or await self._take(1, skip=skip) or await self._take(1) or await self._read(1, SOON_S)
        ):
            self._standstill.note_probe(entry.id)

    async def _run_alone(self, now: float) -> None:
        """Once nothing else runs in this process, take one suspect; when it has ended, let the others have their time."""
        if not self._solitude.is_quiet():
            await self._running.wait_for_change(WAIT_S if len(self._running) else SOON_S)
        elif self._suspects_wait:
            self._suspects_wait = False
            await self._take(1, suspects=True)
        else:
            began, self._alone_since = self._alone_since or now, None
            self._others_until = now + (now - began)
            self._solitude.release(self._running)
            self.take_soon()

    async def _fill(self, now: float) -> None:
        room = self._policy.concurrency - len(self._running)
        if room <= 0:
            await self._running.wait_for_change(WAIT_S)
        elif now < self._next_take or not await self._take(room):
            await self._read(room, SOON_S if self._suspects_wait else self._policy.block_s)

    async def _read(self, room: int, block_s: float) -> list[Entry]:
        entries = await self._group.read(room, block_s)
        for entry in entries:
            self._begin(entry, False)
        return entries

    async def _take(self, room: int, *, suspects: bool = False, skip: int = 0) -> list[Entry]:
        taken = await self._group.take(room, self._running, suspects=suspects, skip=skip)
        if not suspects:
            self._suspects_wait = taken.suspects > 0
        if not taken.entries:
            self._next_take = time.monotonic() + self._take_every_s()
        for entry_id in taken.trimmed:
            logger.critical(
                "entry_lost", stream=self._group.stream, message_id=entry_id, reason="trimmed while pending"
            )
        for entry in taken.entries:
            self._begin(entry, suspects)
        return taken.entries

    def _take_every_s(self) -> float:
        """Often enough for the shortest of the waits it ends; jitter keeps the replicas apart."""
        return min(self._policy.visibility_s, *self._policy.backoff_s) * random.uniform(0.3, 0.6)
