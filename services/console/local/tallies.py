"""What the services' log lines add up to, for the live view. Pure."""

import json
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

NOTES_KEPT = 6


@dataclass
class Tallies:
    """Counts since the start. `notes` are the newest events an operator should see."""

    polls: Counter[str] = field(default_factory=Counter)
    sources: dict[str, str] = field(default_factory=dict)
    """Source name → outcome of its newest poll."""
    pages: int = 0
    bytes_fetched: int = 0
    unfetched: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    normalized: int = 0
    dead: int = 0
    paused: set[str] = field(default_factory=set)
    notes: deque[str] = field(default_factory=lambda: deque(maxlen=NOTES_KEPT))

    def take_line(self, line: bytes) -> Mapping[str, object] | None:
        """Count one log line; the record it held, or None where it is no JSON object."""
        try:
            record = json.loads(line)
        except ValueError:
            return None
        if not isinstance(record, dict):
            return None
        self.take(record)
        return record

    def take(self, record: Mapping[str, object]) -> None:
        """Count one log record. Events nobody counts are noted where they are warnings or worse."""
        count = _COUNTS.get(str(record.get("event")))
        if count is not None:
            count(self, record)
        if record.get("level") in ("warning", "error", "critical"):
            self.notes.append(_noted(record))


def _count_poll(tallies: Tallies, record: Mapping[str, object]) -> None:
    outcome = str(record.get("outcome", "?"))
    tallies.polls[outcome] += 1
    tallies.sources[str(record.get("source", "?"))] = outcome


def _count_page(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.pages += 1
    size = record.get("bytes")
    tallies.bytes_fetched += size if isinstance(size, int) else 0


def _count_unfetched(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.unfetched[str(record.get("reason", "?"))] += 1


def _count_rejected(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.rejected[str(record.get("reason", "?"))] += 1


def _count_normalized(tallies: Tallies, _record: Mapping[str, object]) -> None:
    tallies.normalized += 1


def _count_verdict(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.verdicts[str(record.get("verdict", "?"))] += 1


def _count_dead(tallies: Tallies, _record: Mapping[str, object]) -> None:
    tallies.dead += 1


def _pause(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.paused.add(str(record.get("service", "?")))


def _resume(tallies: Tallies, record: Mapping[str, object]) -> None:
    tallies.paused.discard(str(record.get("service", "?")))


_COUNTS = {
    "feed_polled": _count_poll,
    "page_fetched": _count_page,
    "fetch_failed": _count_unfetched,
    "fetch_refused": _count_unfetched,
    "page_rejected": _count_rejected,
    "article_normalized": _count_normalized,
    "article_stored": _count_verdict,
    "message_dead_lettered": _count_dead,
    "stage_paused": _pause,
    "stage_resumed": _resume,
}

_NOTE_FIELDS = (
    "of",
    "stream",
    "source",
    "url",
    "dependency",
    "reason",
    "outcome",
    "exit_code",
    "error",
    "said",
)


def _noted(record: Mapping[str, object]) -> str:
    shown = [f"{name}={record[name]}" for name in _NOTE_FIELDS if record.get(name) not in (None, "")]
    return " ".join(
        [
            str(record.get("timestamp", ""))[11:19],
            str(record.get("service", "")),
            str(record.get("event")),
            *shown,
        ]
    ).strip()
