"""Reads a stream from a point on and prints its entries."""

import json
from datetime import UTC, datetime

from services.contracts.streams import ARTICLES_REPLAYED, INTERNAL_STREAMS, PUBLIC_STREAMS, STREAM_BY_NAME

from .connection import connected
from .entries import StreamEntry, entries_after, newest_entries
from .exits import CommandError
from .public_entries import entry_json, entry_line, text_of
from .settings import ConsoleSettings
from .subscribers.start_point import read_start_point
from .telling import tell

BLOCK_MS = 1_000  # so that Ctrl-C is heard
PUBLIC = frozenset(stream.name for stream in PUBLIC_STREAMS)
KNOWN = (*STREAM_BY_NAME, *(stream.dead for stream in INTERNAL_STREAMS), ARTICLES_REPLAYED)


async def tail_stream(
    settings: ConsoleSettings, stream: str, start: str, *, as_json: bool, limit: int = 0, follow: bool = True
) -> None:
    """Print the entries of `stream` after `start`; with `follow` go on for ever. Raises CommandError."""
    if stream not in KNOWN:
        raise CommandError.usage(f"no stream {stream[:60]!r}", f"there are: {', '.join(KNOWN)}")
    last = start_id(start, datetime.now(UTC))
    printed = 0
    async with connected(settings) as redis:
        if last == "$":  # made an id at once: what comes between two reads must not be passed over
            last = next((entry.id for entry in await newest_entries(redis, stream, "-", 1)), "0-0")
        while True:
            entries = await entries_after(redis, {stream: last}, BLOCK_MS if follow else None)
            for entry in entries:
                last = entry.id
                tell(_shown(entry, as_json=as_json))
                printed += 1
                if printed == limit:
                    return
            if not entries and not follow:
                return


def start_id(start: str, now: datetime) -> str:
    """The id after which to read, as `subscriber add --from` reads it too. Raises CommandError."""
    try:
        return read_start_point(start, now).after
    except ValueError as error:
        raise CommandError.usage(f"--from: {error}") from None


def _shown(entry: StreamEntry, *, as_json: bool) -> str:
    if as_json:
        return entry_json(entry.id, entry.fields)
    if entry.stream in PUBLIC:
        return entry_line(entry.id, entry.fields)
    sizes = {text_of(name): f"{len(value)} bytes" for name, value in entry.fields.items()}
    return f"{entry.id}  {json.dumps(sizes)}"
