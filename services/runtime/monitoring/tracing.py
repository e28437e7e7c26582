"""OpenTelemetry tracing of one process: off, and not even imported, unless the standard OTEL_* variables ask for it."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..handling import current
from ..settings import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTER = "OTEL_TRACES_EXPORTER"
PROTOCOL = "http/protobuf"
LAST_EXPORT_S = 1.5  # what a stopping process leaves the collector to take the last spans

EXPORT_LOGGERS = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.sdk._shared_internal",
)
SAY_AGAIN_S = 60.0

_tracer: "Tracer | None" = None


class OncePerMinute(logging.Filter):
    """Lets the exporter say once a minute that its collector is away, not at every try."""

    def __init__(self) -> None:
        super().__init__()
        self._silent_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is written."""
        now = time.monotonic()
        if now < self._silent_until:
            return False
        self._silent_until = now + SAY_AGAIN_S
        return True


def tracer() -> "Tracer | None":
    """The tracer of this process; None while tracing is off."""
    return _tracer


@contextmanager
def tracing(service: str, environ: Mapping[str, str]) -> Iterator[None]:
    """Trace inside this, as the standard variables say; OTEL_SERVICE_NAME is `cleanwire-<service>` unless set.

    Raises SettingsError for a variable that asks for what there is not.
    """
    global _tracer
    if not is_asked_for(environ):
        yield
        return
    provider = _provider(service, environ)
    _tracer = provider.get_tracer("cleanwire")
    for name in EXPORT_LOGGERS:
        logging.getLogger(name).addFilter(OncePerMinute())
    try:
        yield
    finally:
        _tracer = None
        last_export = threading.Thread(target=provider.shutdown, daemon=True)
        last_export.start()
        last_export.join(LAST_EXPORT_S)


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Whether spans are to be exported. Raises SettingsError for an exporter or a protocol that we have not."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get(EXPORTER, "").strip()
    if exporter not in ("", "none", "otlp"):
        raise SettingsError(f"{EXPORTER} is {exporter!r}: allowed are otlp and none")
    named = [name for name in ENDPOINTS if environ.get(name, "").strip()]
    if exporter == "none" or not (exporter or named):
        return False
    for name in named:
        if not environ[name].strip().startswith(("http://", "https://")):
            raise SettingsError(f"{name} is {environ[name]!r}: must start with http:// or https://")
    for name in PROTOCOLS:
        if environ.get(name, "").strip() not in ("", PROTOCOL):
            raise SettingsError(f"{name} is {environ[name]!r}: allowed is {PROTOCOL}")
    return True


def _provider(service: str, environ: Mapping[str, str]) -> "TracerProvider":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(
            f"{' or '.join((*ENDPOINTS, EXPORTER))} is set and OpenTelemetry is not installed: pip install 'cleanwire[otel]'"
        ) from None
    named = {} if environ.get("OTEL_SERVICE_NAME") else {"service.name": f"cleanwire-{service}"}
    try:
        provider = TracerProvider(
            resource=Resource.create(named), id_generator=_walk_ids(), shutdown_on_exit=False
        )
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    except ValueError as error:
        raise SettingsError(f"an OTEL_ variable is wrong: {error}") from None
    return provider


def _walk_ids() -> Any:
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class WalkIds(RandomIdGenerator):
        """A trace that begins with a message has the id that its log lines carry."""

        def generate_trace_id(self) -> int:
            running = current()
            return int(running.trace_id, 16) if running and running.trace_id else super().generate_trace_id()

    return WalkIds()
