"""The logs of a chaos run's services: every warning and error must be one that the faults of the run explain. Pure."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LOUD = ("warning", "error", "critical")

SERVER_AWAY = "Redis or the way to it was away"
ARCHIVE_AWAY = "the archive's disk or server was away"
OVERTAKEN = "an entry was taken over, or its group made anew"
POISON = "poison pages"
EXPLAINED = {
    "delivery_interrupted": SERVER_AWAY,
    "release_failed": SERVER_AWAY,
    "relay_waits": SERVER_AWAY,
    "relay_not_flushed": SERVER_AWAY,
    "scheduler_paused": SERVER_AWAY,
    "revisits_paused": SERVER_AWAY,
    "gate_closed": "Redis was full",
    "trimming_failed": SERVER_AWAY,
    "site_memory_away": SERVER_AWAY,
    "retention_waits": SERVER_AWAY,
    "standing_unknown": SERVER_AWAY,
    "clearing_postponed": SERVER_AWAY,
    "closing_given_up": SERVER_AWAY,
    "closing_failed": SERVER_AWAY,
    "group_healed": OVERTAKEN,
    "ownership_lost": OVERTAKEN,
    "result_dropped": OVERTAKEN,
    "message_failed": POISON,
    "message_dead_lettered": POISON,
    "stage_paused": ARCHIVE_AWAY,
    "stage_resumed": ARCHIVE_AWAY,
    "stories_wait": ARCHIVE_AWAY,
    "index_waits": ARCHIVE_AWAY,
    "archive_waits": ARCHIVE_AWAY,
    "process_cut_off": "a thread of a stopped process had not ended yet",
    "store_waits": "the store before had not ended yet",
}
"""The events that faults bring about, and which. An event that is not here, or a line that is no event, is a finding."""
BUGS = (
    "LibraryFault: ",
    "MemoryError: ",
)  # FastStream logs what poison made a handler raise under the error's own words


@dataclass
class Logbook:
    """What the logs said: loud events by name, and those that nothing explains, with one line of each."""

    loud: Counter[str] = field(default_factory=Counter)
    unexplained: dict[str, str] = field(default_factory=dict)


def read_logs(lines: Iterable[str]) -> Logbook:
    """Sort the loud lines of all services; a last line that a kill cut off is passed over."""
    book = Logbook()
    for line in lines:
        _read_line(book, line)
    return book


def _read_line(book: Logbook, line: str) -> None:
    if not line.strip():
        return
    try:
        said = json.loads(line)
    except ValueError:
        if line.startswith("{"):  # cut off by the death of its process
            return
        book.unexplained.setdefault("not an event", line[:300])
        return
    name = said.get("event", "")
    if said.get("level") in LOUD:
        book.loud[name] += 1
        if name not in EXPLAINED and not name.startswith(BUGS):
            book.unexplained.setdefault(name, line[:600])
