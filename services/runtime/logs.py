"""Logs: one JSON line per event, for our own records and every library's alike, on stderr."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

from .handling import current
from .settings import mask_passwords

FOREIGN_LOGGERS = (
    "faststream",
    "faststream.redis",
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "redis",
    "httpx",
)
QUIET_LOGGERS = (
    "uvicorn.access",
    "httpx",
    "httpcore",
)  # a line per request of a probe or a fetch says nothing new

EventDict = MutableMapping[str, Any]
Processor = structlog.typing.Processor


def set_up_logs(
    service: str,
    level: str = "info",
    log_format: Literal["json", "console"] = "json",
    *,
    stream: TextIO | None = None,
) -> None:
    """Send every record of this process to `stream` (stderr) as `service`, in `log_format`, from `level` upwards."""
    output = stream or sys.stderr
    shared = _shared_processors(service)
    renderer = _renderer(log_format, output)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,  # loggers made at import time must follow this call too
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        _Redacting(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    _route_everything_to(handler, level)


def log_outcome(event: str, outcome: str, **fields: Any) -> None:
    """The one outcome line of the running message, with its attempt and how long it took."""
    running = current()
    if running is not None:
        fields["duration_ms"] = round((time.monotonic() - running.started) * 1_000, 1)
        fields["attempt"] = running.entry.attempt
    structlog.get_logger().info(event, outcome=outcome, **fields)


def _shared_processors(service: str) -> list[Processor]:
    def add_service(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
    ]


def _renderer(log_format: str, output: TextIO) -> list[Processor]:
    if log_format == "console":
        plain_traceback = structlog.dev.plain_traceback  # the rich one prints local variables, secrets too
        return [structlog.dev.ConsoleRenderer(colors=output.isatty(), exception_formatter=plain_traceback)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """No URL in a log carries its password, whoever wrote the line and wherever in it."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return mask_passwords(line) if "://" in line and "@" in line else line


def _route_everything_to(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in FOREIGN_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
