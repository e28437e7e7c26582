"""A clock for simulations in which everything but time is real."""

import asyncio
import heapq
import itertools
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 21, tzinfo=UTC)


class VirtualClock:
    """Time that stands still while anybody works and jumps to the next waiter when nobody does."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._busy = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def wait(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.seconds + max(seconds, 0.0), next(self._order), done))
        self._busy -= 1
        try:
            await done
        except asyncio.CancelledError:
            self._busy += 1  # a killed task leaves through `start`, which counts it off
            raise

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work that counts as busy from this moment on."""
        self._busy += 1

        async def counted() -> None:
            try:
                await work
            finally:
                self._busy -= 1

        return asyncio.ensure_future(counted())

    async def run_until(self, end: float) -> None:
        """Let time pass until `end`."""
        while self.seconds < end:
            while self._busy > 0:  # noqa: ASYNC110 - real input and output goes on meanwhile
                await asyncio.sleep(0)
            if not self._waiting:
                return
            at, _, done = heapq.heappop(self._waiting)
            if done.done():
                continue
            self.seconds = max(self.seconds, at)
            self._busy += 1
            done.set_result(None)
            await asyncio.sleep(0)
