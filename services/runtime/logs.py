"""Logs: one JSON line per event, for our own records and every library's alike, on stderr."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

from .handling import current
from .monitoring.outcome_counts import count_outcome, count_trouble
from .redaction import redact

FOREIGN_LOGGERS = (
    "faststream",
    "faststream.redis",
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "redis",
    "httpx",
)
QUIET_LOGGERS = ("uvicorn.access", "uvicorn.error", "httpx", "httpcore", "alembic")
"""A line for each request of a probe or a fetch says nothing new."""

OUTCOME_FIELDS = {"article_id": None, "source": None, "reason": None}
"""What an outcome line has even where nothing is known of it, so that queries and programs may rely on it."""

DEAD_LETTERED = "message_dead_lettered"
"""The outcome line of a message that no handler ended: the delivery engine writes it."""
DEAD_FIELDS = {
    **OUTCOME_FIELDS,
    "outcome": "dead",
    "correlation_id": None,
    "trace_id": None,
    "duration_ms": None,
}

TROUBLE_LEVELS = frozenset({"warning", "error", "critical"})

SAMPLED_DIGITS = 8  # of the trace id: 2^32 shares

EventDict = MutableMapping[str, Any]
Processor = structlog.typing.Processor


def set_up_logs(
    service: str,
    level: str = "info",
    log_format: Literal["json", "console"] = "json",
    *,
    sample: float = 1.0,
    stream: TextIO | None = None,
) -> None:
    """Send every record of this process to `stream` (stderr) as `service`, in `log_format`, from `level` upwards.

    `sample` is the share of walks whose outcome lines are written; a walk has all of them, in every service, or none.
    """
    output = stream or sys.stderr
    shared = _shared_processors(service, sample)
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
    _leave_out_what_no_line_says()
    _route_everything_to(handler, level)


def log_outcome(event: str, outcome: str, **fields: Any) -> None:
    """The one outcome line of the running message, with its attempt and how long it took."""
    facts: dict[str, Any] = {**OUTCOME_FIELDS, **fields}
    running = current()
    if running is not None:
        facts |= {**running.facts, **fields}
        facts["duration_ms"] = round((time.monotonic() - running.started) * 1_000, 1)
        facts["attempt"] = running.entry.attempt
        running.outcome = (event, outcome, str(facts["reason"] or ""))
    count_outcome(event, outcome, str(facts["reason"] or ""), str(facts["source"] or ""))
    structlog.get_logger(__name__).info(event, outcome=outcome, **facts)


def bind_message(**facts: Any) -> None:
    """What is known by now of the running message (`article_id`, `source`): every line about it says so from here on."""
    running = current()
    if running is not None:
        running.facts |= facts
    structlog.contextvars.bind_contextvars(**facts)


def _shared_processors(service: str, sample: float) -> list[Processor]:
    def add_service(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return [
        structlog.contextvars.merge_contextvars,
        *([_sampling(sample)] if sample < 1 else []),
        structlog.stdlib.add_log_level,
        _counting,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
    ]


def _counting(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if event["level"] in TROUBLE_LEVELS:
        count_trouble(str(event["event"]), event["level"])
    if event["event"] == DEAD_LETTERED:
        event = {**DEAD_FIELDS, **event}
        no_reason = ""  # a dead letter's is free text
        count_outcome(DEAD_LETTERED, event["outcome"], no_reason, str(event["source"] or ""))
    return event


def _sampling(share: float) -> Processor:
    """Drops outcome lines of the walks that are not in the sample: the trace id decides, the same in every service."""
    limit = share * 16**SAMPLED_DIGITS

    def drop_unsampled(_logger: Any, method: str, event: EventDict) -> EventDict:
        if (
            method == "info"
            and "outcome" in event
            and int((event.get("trace_id") or "0")[:SAMPLED_DIGITS], 16) >= limit
        ):
            raise structlog.DropEvent
        return event

    return drop_unsampled


def _renderer(log_format: str, output: TextIO) -> list[Processor]:
    if log_format == "console":
        plain_traceback = structlog.dev.plain_traceback  # the rich one prints local variables, secrets too
        console = structlog.dev.ConsoleRenderer(colors=output.isatty(), exception_formatter=plain_traceback)
        return [_without_blanks, console]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _without_blanks(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """People need no fields that say nothing."""
    return {name: value for name, value in event.items() if value is not None}


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """No line carries a credential, whoever wrote it and wherever in it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _leave_out_what_no_line_says() -> None:
    """The library's own way to spare records what nobody prints: a sixth of a line's CPU went into caller, thread and process."""
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


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
