"""docs/events.md: every log event with its level, its fields, its meaning and what to do, from the code and events.toml."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from .log_events import BOUND, LogEvent, logged_events

HEAD = """# Log events
Generated from the code by `./run docs`; do not edit. Every service logs JSON lines on stderr, with `event`, `level`, `timestamp`,
`service` and the fields below. In each stage every message ends with exactly one outcome line (marked ●), which also has
{bound}; what is not known about a message is null. If no handler finished the message, its outcome line is
`message_dead_lettered`. `correlation_id` links everything that one request or one poll set off; `trace_id`, one article's walk.
Settings: `CLEANWIRE_LOG_LEVEL` (info), `CLEANWIRE_LOG_FORMAT` (json, or console for people) and `CLEANWIRE_LOG_SAMPLE` (1: the
share of walks whose outcome lines are logged; warnings always are). No line contains an article's text, a password or a token.

| event | level | from | fields | meaning | what to do |
|---|---|---|---|---|---|
"""


def events_text() -> str:
    """The page. An event that events.toml does not know is left out; a test fails then."""
    meanings, events = read_meanings(), logged_events()
    rows = [_row(events[name], meanings[name]) for name in sorted(meanings) if name in events]
    return HEAD.format(bound=", ".join(f"`{name}`" for name in BOUND)) + "\n".join(rows) + "\n"


def read_meanings() -> Mapping[str, Mapping[str, str]]:
    """Event → `means` and, where there is something to do, `do`."""
    return tomllib.loads(files(__package__).joinpath("events.toml").read_text("utf-8"))


def _row(found: LogEvent, told: Mapping[str, str]) -> str:
    mark = " ●" if found.is_outcome else ""
    cells = (
        f"`{found.name}`{mark}",
        "/".join(sorted(found.levels)),
        ", ".join("every service" if one == "runtime" else one for one in sorted(found.services)),
        ", ".join(f"`{one}`" for one in sorted(found.fields)),
        told["means"],
        told.get("do", ""),
    )
    return f"| {' | '.join(cells)} |".replace("  |", " |")
