"""The end of a process: each closing step has its time, and nothing that hangs keeps the process alive."""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

logger = structlog.get_logger()

CLOSING_S = 8.0  # for all closing steps together; the longest, the relay's last sending, allows itself 3
LEAST_S = 0.5  # what each of them has, however much those before it took
TELLING_S = 1.0  # for the last log line: stderr may be a pipe that nobody reads

Closing = Callable[[], Awaitable[Any]]


async def close_all(closings: Iterable[Closing], within_s: float = CLOSING_S) -> None:
    """Await one after the other; one that fails or hangs is logged, and keeps none of the others from its turn."""
    deadline = time.monotonic() + within_s
    for closing in closings:
        await _close(closing, max(deadline - time.monotonic(), LEAST_S))


def end_within(seconds: float, code: int) -> threading.Timer:
    """End this process with exit code `code` in so many seconds, unless it has ended or the timer was cancelled.

    Python waits at its end for every thread of a pool, and nobody can stop one that sits in the system's resolver.
    A stage's unfinished work is taken over as after any death, so no more is lost than time.
    """
    timer = threading.Timer(seconds, _end_now, (seconds, code))
    timer.daemon = True
    timer.start()
    return timer


async def _close(closing: Closing, within_s: float) -> None:
    step = getattr(closing, "__qualname__", repr(closing))
    task = asyncio.ensure_future(closing())
    # Not wait_for: it would wait for the end of what it cancelled.
    done, _ = await asyncio.wait([task], timeout=within_s)
    if not done:
        task.cancel()
        logger.warning("closing_given_up", step=step, after_s=round(within_s, 1))
    elif not task.cancelled() and (error := task.exception()) is not None:
        logger.warning("closing_failed", step=step, reason=f"{type(error).__name__}: {error}")


def _end_now(after_s: float, code: int) -> None:
    teller = threading.Thread(target=_tell, args=(after_s,), daemon=True)
    teller.start()
    teller.join(TELLING_S)
    os._exit(code)


def _tell(after_s: float) -> None:
    waited_for = sorted(thread.name for thread in threading.enumerate() if not thread.daemon)
    logger.warning("process_cut_off", after_s=after_s, threads=waited_for)
