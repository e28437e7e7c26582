"""The entry of a dead-letter stream: the original fields untouched, and beside them why, when and by whom."""

from datetime import UTC, datetime
from itertools import islice

from .entry import Entry, Output

PREFIX = "dead."
MAX_REASON_CHARS = 2_000
MAX_FIELDS = 1_000  # a message has four; an entry whose fields Lua cannot unpack could never be buried


def dead_letter_of(
    stream: str, group: str, consumer: str, entry: Entry, reason: str, now: datetime
) -> Output:
    """The output that puts `entry` on the dead-letter stream of `stream`; of very many fields it says what it leaves out."""
    kept = list(islice(entry.fields.items(), MAX_FIELDS))
    if len(kept) < len(entry.fields):
        reason = f"of {len(entry.fields)} fields the first {MAX_FIELDS} are kept; {reason}"
    facts: dict[str, str | int] = {
        "dead.reason": reason[:MAX_REASON_CHARS],
        "dead.count": entry.attempt,
        "dead.id": entry.id,
        "dead.stream": stream,
        "dead.group": group,
        "dead.consumer": consumer,
        "dead.first": _written_at(entry.id).isoformat(),
        "dead.last": now.isoformat(),
    }
    original = [part for pair in kept for part in pair]
    return Output(
        "XADD", f"{stream}.dead", ("*", *original, *(part for pair in facts.items() for part in pair))
    )


def _written_at(entry_id: str) -> datetime:
    """When the entry came onto its stream: the first half of its id is milliseconds of the server's clock."""
    return datetime.fromtimestamp(int(entry_id.split("-")[0]) / 1_000, UTC)
