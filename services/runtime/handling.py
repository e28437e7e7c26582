"""What belongs to the message that is being handled now: its entry, its headers, its outputs, its start."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .delivery.entry import Entry, Output

SendSlice = Callable[[list[Output]], Awaitable[None]]


@dataclass(slots=True)
class Handling:
    """One run of a handler. `started` is of the monotonic clock; `send_slice` hands over outputs before the end.

    `facts` are what is known of the message besides its entry, for its outcome line and its span; `outcome` is what
    that line said: event, outcome, reason.
    """

    entry: Entry
    send_slice: SendSlice | None = None
    headers: dict[str, str] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    trace_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    outcome: tuple[str, str, str] | None = None


_current: ContextVar[Handling] = ContextVar("handling")


@contextmanager
def handling(entry: Entry, send_slice: SendSlice | None = None) -> Iterator[Handling]:
    """Inside this, `emit`, `entry` and `log_outcome` speak of `entry`; tests walk handlers with it, without a server."""
    running = Handling(entry, send_slice)
    token = _current.set(running)
    try:
        yield running
    finally:
        _current.reset(token)


def current() -> Handling | None:
    """The handling this code runs in, or None outside of one."""
    return _current.get(None)


def required() -> Handling:
    """The handling this code runs in. Raises RuntimeError outside of one."""
    running = _current.get(None)
    if running is None:
        raise RuntimeError("no message is being handled here; outside of a handler use wire.publish()")
    return running
