"""Spans: one for each handled message, the next one's parent; parts of it where they are worth a look. Nothing while tracing is off."""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from services.contracts.failures import RetryLater

from ..handling import Handling
from ..redaction import redact
from ..trace_ids import TRACEPARENT, TRACESTATE
from .tracing import tracer

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

MAX_DESCRIPTION_CHARS = 300
FACTS = ("article_id", "source")

OFF: AbstractContextManager[Any] = nullcontext()


def message_span(running: Handling, stream: str) -> AbstractContextManager[Any]:
    """The span of the message that is handled inside; its outputs carry it on as their parent."""
    active = tracer()
    return OFF if active is None else MessageSpan(active, running, stream)


def part_span(name: str, **attributes: str | int | float) -> AbstractContextManager[Any]:
    """A part of the running message's work, worth a span of its own. Attributes are redacted."""
    active = tracer()
    if active is None:
        return OFF
    redacted = {key: redact(value) if isinstance(value, str) else value for key, value in attributes.items()}
    return active.start_as_current_span(name, attributes=redacted, record_exception=False)


def note_published(stream: str, event_id: str, traceparent: str, since: datetime) -> None:
    """An announcement stands on a public stream: the last span of an article's walk, from its claim on."""
    active = tracer()
    if active is None or not traceparent:
        return
    from opentelemetry.trace import SpanKind

    began_ns = int(since.timestamp() * 1e9)
    attributes = {**_destination(stream, "publish"), "messaging.message.id": event_id}
    parent = _context_of({TRACEPARENT: traceparent})
    active.start_span(
        f"publish {stream}", parent, SpanKind.PRODUCER, attributes=attributes, start_time=began_ns
    ).end()


class MessageSpan(AbstractContextManager["Span"]):
    """Ends with the outcome that the log line has too. What the world withholds for a while is no error of the span."""

    def __init__(self, active: "Tracer", running: Handling, stream: str) -> None:
        self._tracer, self._running, self._stream = active, running, stream

    def __enter__(self) -> "Span":
        """Start the span; what runs inside has it as its parent."""
        from opentelemetry import context, trace

        running = self._running
        attributes = {
            **_destination(self._stream, "process"),
            "messaging.message.id": running.entry.id,
            "messaging.message.conversation_id": running.headers.get("correlation_id", running.entry.id),
            "cleanwire.attempt": running.entry.attempt,
        }
        self._span = self._tracer.start_span(
            f"process {self._stream}",
            _context_of(running.headers),
            trace.SpanKind.CONSUMER,
            attributes=attributes,
        )
        inside = trace.set_span_in_context(self._span)
        _carry(inside, running.headers)
        self._token = context.attach(inside)
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """End the span with what came of the message."""
        from opentelemetry import context

        context.detach(self._token)
        self._note_facts()
        if error is not None:
            self._note_failure(getattr(error, "failure", error))
        self._span.end()

    def _note_facts(self) -> None:
        for name in FACTS:
            if (value := self._running.facts.get(name)) is not None:
                self._span.set_attribute(f"cleanwire.{name}", str(value))
        for name, text in zip(("event", "outcome", "reason"), self._running.outcome or (), strict=False):
            if text:
                self._span.set_attribute(f"cleanwire.{name}", redact(text))

    def _note_failure(self, failure: BaseException) -> None:
        from opentelemetry.trace import Status, StatusCode

        told = redact(str(failure))[:MAX_DESCRIPTION_CHARS]
        if isinstance(failure, RetryLater):
            self._span.set_attributes({"cleanwire.outcome": "retry later", "cleanwire.reason": told})
        else:
            self._span.set_attribute("error.type", type(failure).__name__)
            self._span.set_status(Status(StatusCode.ERROR, told))


def _destination(stream: str, operation: str) -> dict[str, Any]:
    """The attributes that OpenTelemetry's messaging conventions name."""
    return {
        "messaging.system": "redis",
        "messaging.destination.name": stream,
        "messaging.operation.name": operation,
        "messaging.operation.type": "send" if operation == "publish" else operation,
    }


def _context_of(headers: dict[str, str]) -> "Context":
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract(headers, Context())


def _carry(inside: "Context", headers: dict[str, str]) -> None:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    headers.pop(TRACESTATE, None)
    TraceContextTextMapPropagator().inject(headers, inside)
