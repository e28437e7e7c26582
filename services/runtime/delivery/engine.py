"""The delivery engine: at-least-once in, effectively-once out, for one group of one stream (docs/delivery.md)."""

import asyncio
import os
import random
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from redis.asyncio import Redis

from services.contracts.failures import RetryLater, Unprocessable

from .breaker import Breaker
from .cancelling import cancel_until_ended
from .committing import Committer, OwnershipLost
from .endings import Endings, OriginOf
from .entry import Entry, Output
from .group import ConsumerGroup
from .parking import Parking
from .pause import Pause
from .policy import Policy
from .reading import Reader
from .running import PROCESS, Delivery, Running
from .standstill import Standstill
from .status import EngineStatus

logger = structlog.get_logger()

SendSlice = Callable[[list[Output]], Awaitable[None]]
Process = Callable[[Entry, SendSlice], Awaitable[list[Output]]]
Step = Callable[[], Awaitable[None]]

FIRST_BACKOFF_S = 0.1
LONGEST_BACKOFF_S = 5.0
LAST_COMMITS_S = 2.0  # what a stopping engine leaves Redis to take the last ends
REGROUP = ("NOGROUP", "UNBLOCKED")  # how the server says that the group, or the whole stream, is gone


def new_consumer_name() -> str:
    """New at every process start, never a pod's name: the name alone is the fence against an earlier life."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


class Engine:
    """Reads entries of one group, runs `process` on each, and hands its outputs over with the acknowledgement.

    `origin_of` names the host an entry comes from: deaths of many hosts open the breaker, deaths of one do not.
    """

    def __init__(
        self,
        stream: str,
        group: str,
        process: Process,
        policy: Policy | None = None,
        *,
        origin_of: OriginOf = lambda _: "",
    ) -> None:
        self.stream, self.group, self.policy = stream, group, policy or Policy()
        self.consumer = new_consumer_name()
        self._process, self._origin_of = process, origin_of
        self._running = Running()
        self._pause = Pause(self.policy.pause_after, self.policy.probe_s)
        self._breaker = Breaker(stream, group, self.policy.breaker)
        self._parking = Parking(stream, group, self.policy.parking)
        self._stopping = False
        self._ended = False
        self._whole = False  # the group is known to exist, and no reply of an earlier read is unaccounted for
        self._was_whole = False
        self._last_turn = self._last_read = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, redis: Redis) -> None:
        """Begin to read. Returns at once: a server that is away is waited for in the background."""
        self._remote = ConsumerGroup(redis, self.stream, self.group, self.consumer, self.policy.visibility_s)
        self._committer = Committer(
            self._remote, self._running, lambda entry, why: self._endings.refuse(entry, why)
        )
        self._standstill = Standstill(redis, self.stream, self.policy.gates, self._breaker, self._parking)
        self._reader = Reader(
            self._remote,
            self._running,
            self.policy,
            pause=self._pause,
            standstill=self._standstill,
            begin=self._begin,
        )
        self._endings = Endings(
            self._remote,
            self._committer,
            self.policy,
            pause=self._pause,
            breaker=self._breaker,
            parking=self._parking,
            origin_of=self._origin_of,
            on_resume=self._reader.take_soon,
        )
        PROCESS.join(self._running)
        loops = (self._read, self._committer.step, self._beat)
        self._tasks = [
            asyncio.create_task(self._keep(step), name=f"{self.stream} {step.__name__}") for step in loops
        ]

    async def stop(self) -> None:
        """Take nothing new, let the running handlers end within the grace time, release the others at once."""
        if not self._tasks:
            return
        self._stopping = True
        self._running.changed.set()
        # A blocking read must return: cancelled, it would strand the entries of its reply.
        await asyncio.wait([self._tasks[0]], timeout=self.policy.block_s + 1)
        await self._wait_until_idle(self.policy.grace_s)
        self._running.cancel_all()
        await self._wait_until_idle(LAST_COMMITS_S)
        await self._sweep_last()
        self._ended = True
        await cancel_until_ended(self._tasks)
        PROCESS.leave(self._running)
        self._tasks = []

    def status(self) -> EngineStatus:
        """How this engine is, from memory: asks no server."""
        now = time.monotonic()
        return EngineStatus(
            self.stream,
            self.group,
            alive=bool(self._tasks) and not any(task.done() for task in self._tasks),
            running=len(self._running),
            last_turn_s=now - self._last_turn,
            last_read_s=now - self._last_read,
            last_commit_s=now - self._committer.last_commit if self._tasks else 0.0,
            waits_for=self._pause.dependency or (self._standstill.trouble if self._tasks else None),
        )

    # ---- the loops: each repeats one step for ever, and outlives whatever the step meets

    async def _keep(self, step: Step) -> None:
        backoff_s = FIRST_BACKOFF_S
        while not (self._ended or (self._stopping and step == self._read)):
            try:
                await step()
                backoff_s = FIRST_BACKOFF_S
            except Exception as error:  # the async client lets more through than its own errors
                backoff_s = await self._back_off(step, error, backoff_s)
            if step == self._read:
                self._last_turn = time.monotonic()

    async def _back_off(self, step: Step, error: Exception, backoff_s: float) -> float:
        if step == self._read:
            self._whole = False
            if str(error).startswith(REGROUP) and backoff_s == FIRST_BACKOFF_S:
                return backoff_s * 2  # heal at once, the first time
        logger.warning(
            "delivery_interrupted", stream=self.stream, step=step.__name__.strip("_"), reason=_worded(error)
        )
        await asyncio.sleep(backoff_s * random.uniform(0.5, 1))
        return min(backoff_s * 2, LONGEST_BACKOFF_S)

    async def _read(self) -> None:
        if not self._whole:
            await self._make_whole()
        await self._reader.step()
        self._last_read = time.monotonic()

    async def _make_whole(self) -> None:
        """After a start, a lost group or a lost reply: the group exists, and nothing is ours that does not run here."""
        if await self._remote.create():
            log = logger.bind(stream=self.stream, group=self.group, reads_from="0")
            if self._was_whole:
                log.warning("group_healed")
            else:
                log.info("group_created")
        await self._remote.sweep(self._running)
        self._whole = self._was_whole = True

    async def _beat(self) -> None:
        await asyncio.sleep(self.policy.heartbeat_s)
        if len(self._running):
            lost = await self._remote.touch(self._running)
            if lost:
                logger.warning("ownership_lost", stream=self.stream, entries=len(lost), first=lost[0])
        if self._whole:
            await self._remote.rebase()

    # ---- one entry

    def _begin(self, entry: Entry, suspect: bool) -> None:
        if entry.id not in self._running:
            self._running.add(Delivery(entry, asyncio.create_task(self._run(entry, suspect))))

    async def _run(self, entry: Entry, suspect: bool) -> None:
        try:
            if entry.attempt > self.policy.max_deliveries:
                raise Unprocessable(f"{entry.attempt - 1} deliveries ended without a result")
            if parked := self._why_set_aside(entry):
                self._endings.set_aside(entry, parked)
                return
            outputs = await self._process(entry, partial(self._endings.send_slice, entry))
        except asyncio.CancelledError:
            if self._stopping:
                self._endings.release(entry, suspect=suspect)
            else:  # nobody but the handler itself did that
                self._endings.fail(entry, "CancelledError: the handler cancelled itself", suspect=suspect)
        except RetryLater as later:
            self._endings.postpone(entry, later, suspect=suspect)
        except OwnershipLost:
            self._running.remove(entry.id)
        except Unprocessable as fault:
            self._endings.bury(entry, f"Unprocessable: {fault}", suspect=suspect)
        except Exception as error:  # any other exception of a handler is a bug: counted, retried, buried
            self._endings.fail(entry, _worded(error), suspect=suspect)
        else:
            self._endings.hand_off(entry, outputs)

    def _why_set_aside(self, entry: Entry) -> str | None:
        if not self._parking.is_watching:
            return None
        return self._parking.reason_to_set_aside(self._origin_of(entry))

    # ---- the end

    async def _wait_until_idle(self, at_most_s: float) -> None:
        deadline = time.monotonic() + at_most_s
        while len(self._running) and (left := deadline - time.monotonic()) > 0:
            await self._running.wait_for_change(left)

    async def _sweep_last(self) -> None:
        try:
            await asyncio.wait_for(self._remote.sweep(self._running), LAST_COMMITS_S)
        except Exception as error:  # the visibility time does the same, later
            logger.warning("release_failed", stream=self.stream, reason=_worded(error))


def _worded(error: BaseException) -> str:
    """What went wrong in words; redis-py says nothing in the repr of its connection errors."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
