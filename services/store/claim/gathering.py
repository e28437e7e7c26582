"""Claims that wait at the same time go together into one transaction; what fails there is tried alone."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.contracts.failures import RetryLater

from .incoming import Incoming
from .lookup import keys_of
from .settling import Settled

TOGETHER = 8
"""Claims in one transaction at most: each waits for the others, and their locks (32 each) are held together."""
TRANSACTIONS = 2
"""At once in one process: while one waits for the stories or for its commit, the other looks up and writes."""
LOOKED_THROUGH = 4 * TOGETHER

SettleTogether = Callable[[Sequence[Incoming]], Awaitable[Sequence[Settled | None]]]


@dataclass(frozen=True)
class _Waiting:
    incoming: Incoming
    keys: frozenset[int]
    done: "asyncio.Future[Settled]"


class Gathering:
    """The claims of one process. Those that share a lock key go one after the other, in the order they came.

    `settle_together` runs one transaction; None stands for a claim that has to come again.
    """

    def __init__(self, settle_together: SettleTogether) -> None:
        self._settle_together = settle_together
        self._waiting: deque[_Waiting] = deque()
        self._running: set[asyncio.Task[Any] | None] = set()
        self._held: set[int] = set()

    async def settle(self, incoming: Incoming) -> Settled:
        """Settle one claim. Raises what its own transaction raises."""
        done: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(incoming, frozenset(keys_of(incoming)), done))
        self._start()
        return await done

    def _start(self) -> None:
        if len(self._running) < TRANSACTIONS:
            task = asyncio.create_task(self._run(), name="claims")
            self._running.add(task)

    async def _run(self) -> None:
        try:
            while batch := self._take():
                await self._settle_held(batch)
                if self._waiting:
                    self._start()
        finally:  # at once, not when the loop comes to it: a claim that comes in between starts its own transaction
            self._running.discard(asyncio.current_task())

    async def _settle_held(self, batch: Sequence[_Waiting]) -> None:
        try:
            await self._settle(batch)
        finally:
            self._held.difference_update(*(one.keys for one in batch))

    def _take(self) -> list[_Waiting]:
        """The first that wait and share no key with one another, with those in work, or with one passed over."""
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        taken = set(self._held)
        for _ in range(min(len(self._waiting), LOOKED_THROUGH)):
            one = self._waiting.popleft()
            if one.done.done():
                continue  # nobody waits for it any more
            is_free = len(batch) < TOGETHER and taken.isdisjoint(one.keys)
            (batch if is_free else left).append(one)
            taken |= one.keys
        self._waiting.extendleft(reversed(left))
        self._held.update(*(one.keys for one in batch))
        return batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        attempt = asyncio.ensure_future(self._settle_together([one.incoming for one in batch]))
        await asyncio.wait([attempt])
        error = attempt.exception()
        if error is None:
            self._give(batch, attempt.result())
        elif len(batch) == 1:
            _fail(batch, error)
        else:
            await self._settle_each(batch)

    async def _settle_each(self, batch: Sequence[_Waiting]) -> None:
        """One of them has failed, nobody knows which: each alone, until the database itself is found to be away."""
        for place, one in enumerate(batch):
            await self._settle([one])
            error = one.done.exception() if one.done.done() and not one.done.cancelled() else None
            if isinstance(error, RetryLater):
                _fail(batch[place + 1 :], error)
                return

    def _give(self, batch: Sequence[_Waiting], settled: Sequence[Settled | None]) -> None:
        again = []
        for one, result in zip(batch, settled, strict=True):
            if result is None:
                again.append(one)
            elif not one.done.done():
                one.done.set_result(result)
        self._waiting.extendleft(reversed(again))


def _fail(batch: Sequence[_Waiting], error: BaseException) -> None:
    for one in batch:
        if not one.done.done():
            one.done.set_exception(error)
