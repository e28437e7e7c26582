"""Which events the services log, read from their source: names, levels, services, fields. Nothing is imported or run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERVICES = Path(__file__).parents[2]
LEVELS = ("debug", "info", "warning", "error", "critical")
LOGGERS = ("log", "logger", "structlog.get_logger()")
OUTCOME = "log_outcome"
SAYS = "_say"  # the supervisor's lines, written beside those of the services
BOUND = (
    "stage",
    "stream",
    "message_id",
    "correlation_id",
    "trace_id",
    "article_id",
    "source",
    "outcome",
    "reason",
    "duration_ms",
    "attempt",
)
"""What every outcome line has besides its own fields."""


@dataclass
class LogEvent:
    """One event as the code logs it, in one or several places."""

    name: str
    levels: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    is_outcome: bool = False


def logged_events(root: Path = SERVICES) -> Mapping[str, LogEvent]:
    """Every event whose name stands in the source as text, by name, also where a function is handed it to log."""
    events: dict[str, LogEvent] = {}
    for path in sorted(root.rglob("*.py")):
        service = path.relative_to(root).parts[0]
        for naming, logging in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _names(naming):
                _note(events.setdefault(name, LogEvent(name)), logging, service)
    return events


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.Call]]:
    """Each call that names an event, and the one that logs it: the same, but where a function is handed the name."""
    handed = dict(_handed_on(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if _level(node):
            yield node, node
        elif (logging := handed.get(ast.unparse(node.func).removeprefix("self."))) is not None:
            yield node, logging


def _handed_on(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Functions of the module that log under the name they are given first, each with its logging call."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = {argument.arg for argument in function.args.args}
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not call.args or not _level(call):
                continue
            if isinstance(call.args[0], ast.Name) and call.args[0].id in given:
                yield function.name, call


def _level(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id="log_outcome"):
            return "info"
        case ast.Attribute(attr="_say"):
            given = [word.value for word in call.keywords if word.arg == "level"]
            return str(given[0].value) if given and isinstance(given[0], ast.Constant) else "info"
        case ast.Attribute(attr=attr, value=value) if attr in LEVELS and ast.unparse(value) in LOGGERS:
            return attr
    return ""


def _names(call: ast.Call) -> list[str]:
    """The event's name, or both where the call chooses between two; none where it is handed in."""
    texts = (node for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant))
    return [node.value for node in texts if isinstance(node.value, str) and node.value.isidentifier()]


def _note(event: LogEvent, call: ast.Call, service: str) -> None:
    event.levels.add(_level(call))
    event.services.add(service)
    event.is_outcome |= isinstance(call.func, ast.Name)
    event.fields |= {word.arg for word in call.keywords if word.arg and word.arg not in ("level", "exc_info")}
