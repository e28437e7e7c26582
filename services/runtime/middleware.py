"""FastStream's middleware of every handler: the message's headers for its outputs and logs, its failures by name."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from faststream import BaseMiddleware, StreamMessage
from faststream.exceptions import IgnoredException
from pydantic import ValidationError

from services.contracts.failures import RetryLater, Unprocessable

from .handling import current
from .monitoring.spans import message_span
from .monitoring.tracing import tracer
from .trace_ids import trace_id_of

MAX_FAULTS = 3  # fields named in one reason
MAX_INPUT_CHARS = 80


class ExpectedFailure(IgnoredException):
    """Carries what is no bug through FastStream, which logs a traceback for every other exception.

    A failure that has a name, or the cancellation by which a stopping engine takes back what still runs.
    """

    def __init__(self, failure: RetryLater | Unprocessable | asyncio.CancelledError) -> None:
        super().__init__(str(failure))
        self.failure = failure


class HandlingMiddleware(BaseMiddleware):
    """Binds what comes with the message before the handler runs, and names what went wrong after it."""

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        """Run the handler. Raises ExpectedFailure, or whatever else the handler raised."""
        running = current()
        if running is not None:
            running.headers = dict(msg.headers)
            correlation_id = running.headers.get("correlation_id", running.entry.id)
            running.trace_id = trace_id_of(running.headers, correlation_id)
            structlog.contextvars.bind_contextvars(correlation_id=correlation_id, trace_id=running.trace_id)
        if running is None or tracer() is None:
            return await self._named(call_next, msg)
        with message_span(running, msg.raw_message["channel"]):
            return await self._named(call_next, msg)

    async def _named(self, call_next: Callable[[Any], Awaitable[Any]], msg: StreamMessage[Any]) -> Any:
        try:
            return await call_next(msg)
        except (RetryLater, Unprocessable, asyncio.CancelledError) as failure:
            raise ExpectedFailure(failure) from failure
        except (
            ValidationError
        ) as error:  # of the message, or of what the handler made of it: again would not help
            raise ExpectedFailure(Unprocessable(_named_faults(error))) from error


def _named_faults(error: ValidationError) -> str:
    """Which fields are wrong, what they were and what is allowed."""
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}, was {_shown(fault['input'])}"
        for fault in error.errors(include_url=False)[:MAX_FAULTS]
    ]
    return f"message does not fit: {'; '.join(faults)}"


def _shown(given: object) -> str:
    """A short value as it is; of anything longer its kind and size only, as it may be an article's text."""
    text = repr(given)
    if isinstance(given, str | int | float | bool | None) and len(text) <= MAX_INPUT_CHARS:
        return text
    size = f" of {len(given)}" if isinstance(given, str | list | tuple | dict) else ""
    return f"a {type(given).__name__}{size}"
