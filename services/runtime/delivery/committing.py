"""Committing: every end of a delivery goes to Redis as one script, repeated until Redis has answered it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from enum import Enum
from itertools import islice
from typing import NamedTuple

import structlog
from redis.exceptions import NoScriptError, ResponseError

from .entry import Entry
from .group import Call, ConsumerGroup, Reply
from .running import Running

logger = structlog.get_logger()

BATCH = 256
WORLDLY = ("MISCONF", "BUSY", "NOREPLICAS", "UNKILLABLE", "UNBLOCKED")
"""Answers of a server in a state that is not the message's fault."""


class CommitFailed(Exception):
    """Redis did not take some of the ends; they wait and are sent again."""


class OwnershipLost(Exception):
    """The entry was taken over by another consumer: whatever this handler makes of it is dropped."""


class Kind(Enum):
    """What a call does with its entry."""

    FINISH = "finish"
    GIVE_BACK = "give back"
    SLICE = "slice"


class End(NamedTuple):
    """One call for one entry. Somebody waits for the `reply` of a slice, and its entry stays in the local table."""

    entry_id: str
    kind: Kind
    call: Call
    reply: "asyncio.Future[Reply] | None" = None


class Committer:
    """Sends ends in about the order they came, up to 256 in one round trip; the fence makes a repeated call harmless.

    `on_refused` is told of a hand-off that Redis would refuse for ever, with the reason.
    """

    def __init__(
        self, group: ConsumerGroup, running: Running, on_refused: Callable[[Entry, str], None]
    ) -> None:
        self._group, self._running, self._on_refused = group, running, on_refused
        self._ends: deque[End] = deque()
        self._filled = asyncio.Event()
        self.last_commit = time.monotonic()

    def finish(self, entry_id: str, call: Call) -> None:
        """This hand-off ends the delivery of the entry."""
        self._add(End(entry_id, Kind.FINISH, call))

    def give_back(self, entry_id: str, call: Call) -> None:
        """This release ends the delivery of the entry."""
        self._add(End(entry_id, Kind.GIVE_BACK, call))

    async def send_slice(self, entry_id: str, call: Call) -> None:
        """Send a slice of an entry that goes on running, and wait for it. Raises OwnershipLost, ResponseError."""
        reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._add(End(entry_id, Kind.SLICE, call, reply))
        if not await reply:
            raise OwnershipLost(entry_id)

    async def step(self) -> None:
        """Send what waits. Raises CommitFailed with the server's reason if some of it must be sent again."""
        if not self._ends:
            await self._filled.wait()
        self._filled.clear()
        while self._ends:
            failed = await self._send_batch()
            if isinstance(failed, NoScriptError):
                await self._group.load_scripts()
            elif failed is not None:
                raise CommitFailed(f"{len(self._ends)} ends wait: {failed}") from failed

    def _add(self, end: End) -> None:
        self._ends.append(end)
        self._filled.set()

    async def _send_batch(self) -> Exception | None:
        """Each reply counts by itself: an end that is refused for lack of memory holds up no other."""
        batch = list(islice(self._ends, BATCH))
        replies = await self._group.send([end.call for end in batch])
        for _ in batch:
            self._ends.popleft()
        failed: Exception | None = None
        for end, reply in zip(batch, replies, strict=True):
            if isinstance(reply, Exception) and not is_final(reply):
                self._ends.append(end)
                failed = reply
            else:
                self._settle(end, reply)
        return failed

    def _settle(self, end: End, reply: Reply) -> None:
        lost = not reply or "NOGROUP" in str(reply)  # a group made anew delivers the entry again
        if end.reply is not None:
            _answer(end.reply, 0 if lost else reply)
        elif isinstance(reply, Exception) and not lost and end.kind is Kind.FINISH:
            self._on_refused(self._running[end.entry_id], str(reply))
        else:
            self._note_end(end, reply)

    def _note_end(self, end: End, reply: Reply) -> None:
        if reply == 1:
            self.last_commit = time.monotonic()
        else:
            reason = str(reply) if isinstance(reply, Exception) else "the entry is no longer ours"
            logger.warning("result_dropped", message_id=end.entry_id, kind=end.kind.value, reason=reason)
        self._running.remove(end.entry_id)


def is_final(error: Exception) -> bool:
    """Whether the same call would be refused for ever: the plain error of a script or a command, and a lost group.

    Subclasses name states of the server (no memory, read-only, loading, no permission): those pass.
    """
    return type(error) is ResponseError and not str(error).startswith(WORLDLY)


def _answer(waiting: "asyncio.Future[Reply]", reply: Reply) -> None:
    if waiting.done():
        return
    if isinstance(reply, Exception):
        waiting.set_exception(reply)
    else:
        waiting.set_result(reply)
