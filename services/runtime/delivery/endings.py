"""How a delivery ends: handed off, given back, postponed, failed, or buried; each is one call to the server."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from services.contracts.failures import RetryLater

from .breaker import Breaker
from .committing import Committer
from .dead_entry import dead_letter_of
from .entry import Entry, Output
from .group import ConsumerGroup
from .parking import Parking
from .pause import Pause
from .policy import Policy

logger = structlog.get_logger()

OriginOf = Callable[[Entry], str]


class Endings:
    """What becomes of an entry after its handler; pause and breaker learn from it. `on_resume` is told of a pause's end."""

    def __init__(
        self,
        remote: ConsumerGroup,
        committer: Committer,
        policy: Policy,
        *,
        pause: Pause,
        breaker: Breaker,
        parking: Parking,
        origin_of: OriginOf,
        on_resume: Callable[[], None],
    ) -> None:
        self._remote, self._committer, self._policy = remote, committer, policy
        self._pause, self._breaker, self._parking = pause, breaker, parking
        self._origin_of, self._on_resume = origin_of, on_resume

    def hand_off(self, entry: Entry, outputs: Sequence[Output]) -> None:
        """Its outputs and its acknowledgement, together or not at all."""
        self._committer.finish(entry.id, self._remote.finishing(entry.id, outputs))
        self._breaker.note_end(entry.id)
        if self._parking.is_watching:
            self._parking.note_end(self._origin_of(entry))
        self._note_end()

    async def send_slice(self, entry: Entry, outputs: Sequence[Output]) -> None:
        """Outputs of an entry that goes on running. Raises OwnershipLost."""
        await self._committer.send_slice(entry.id, self._remote.finishing(entry.id, outputs, last=False))

    def release(self, entry: Entry, *, suspect: bool) -> None:
        """Back at once, uncounted."""
        self._give_back(entry, 0, entry.attempt - 1, suspect=suspect)

    def postpone(self, entry: Entry, later: RetryLater, *, suspect: bool) -> None:
        """The world's fault: back, uncounted; several in a row pause the stage."""
        self._give_back(entry, later.after_s, entry.attempt - 1, suspect=suspect)
        if self._pause.note_later(later.dependency, time.monotonic()):
            logger.warning(
                "stage_paused", stream=self._remote.stream, dependency=later.dependency, reason=str(later)
            )

    def fail(self, entry: Entry, reason: str, *, suspect: bool) -> None:
        """A bug: back, counted, after a wait; after the last delivery it is buried."""
        if entry.attempt >= self._policy.max_deliveries:
            self.bury(entry, reason, suspect=suspect)
            return
        wait_s = self._policy.backoff_after(entry.attempt)
        logger.warning(
            "message_failed", message_id=entry.id, attempt=entry.attempt, reason=reason, again_in_s=wait_s
        )
        self._give_back(entry, wait_s, entry.attempt, suspect=suspect)
        self._note_end()

    def bury(self, entry: Entry, reason: str, *, suspect: bool) -> None:
        """To the dead-letter stream; or, where the breaker is open, back and uncounted."""
        self._note_end()
        origin = self._origin_of(entry)
        if not self._breaker.allows_burial(origin):
            self.release(entry, suspect=suspect)
            return
        logger.error("message_dead_lettered", message_id=entry.id, attempt=entry.attempt, reason=reason)
        self._parking.note_death(origin, reason)
        self._write_letter(entry, reason)

    def set_aside(self, entry: Entry, reason: str) -> None:
        """Its host is parked: to the dead-letter stream without having run."""
        logger.info("message_set_aside", message_id=entry.id, reason=reason)
        self._write_letter(entry, reason)

    def refuse(self, entry: Entry, reason: str) -> None:
        """Redis will never take its hand-off; the handler's bug. Not buried from here: that may be what was refused."""
        wait_s = self._policy.backoff_after(entry.attempt)
        logger.error(
            "hand_off_refused", message_id=entry.id, attempt=entry.attempt, reason=reason, again_in_s=wait_s
        )
        self._give_back(entry, wait_s, entry.attempt, suspect=False)

    def _write_letter(self, entry: Entry, reason: str) -> None:
        remote = self._remote
        letter = dead_letter_of(
            remote.stream, remote.group, remote.consumer, entry, reason, datetime.now(UTC)
        )
        self._committer.finish(entry.id, remote.burying(entry.id, letter))

    def _give_back(self, entry: Entry, wait_s: float, attempts: int, *, suspect: bool) -> None:
        self._committer.give_back(
            entry.id, self._remote.giving_back(entry.id, wait_s, attempts, suspect=suspect)
        )

    def _note_end(self) -> None:
        back = self._pause.note_end()
        if back is not None:
            logger.warning("stage_resumed", stream=self._remote.stream, dependency=back)
            self._on_resume()
