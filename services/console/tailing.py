"""Reads a stream from a point on and prints its entries."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import typer

from services.contracts.streams import PUBLIC_STREAMS

from .connection import connected
from .exits import CommandError
from .public_entries import entry_json, entry_line
from .settings import ConsoleSettings

ENTRY_ID = re.compile(r"\d+(-\d+)?")
BLOCK_MS = 1_000  # so that Ctrl-C is heard
BATCH = 100
PUBLIC = frozenset(stream.name for stream in PUBLIC_STREAMS)


async def tail_stream(
    settings: ConsoleSettings, stream: str, start: str, *, as_json: bool, limit: int = 0, follow: bool = True
) -> None:
    """Print the entries of `stream` after `start`; with `follow` go on for ever. Raises CommandError."""
    last = start_id(start)
    printed = 0
    async with connected(settings) as redis:
        while True:
            replies = await redis.xread({stream: last}, count=BATCH, block=BLOCK_MS if follow else None)
            for entry_id, fields in (entry for _name, entries in replies for entry in entries):
                last = entry_id.decode()
                typer.echo(_shown(stream, last, fields, as_json=as_json))
                printed += 1
                if printed == limit:
                    return
            if not replies and not follow:
                return


def start_id(start: str) -> str:
    """The id after which to read: `0`, `$`, an entry's id, or a date (its first instant, UTC unless it says otherwise).

    Raises CommandError for anything else.
    """
    if start in ("0", "$"):
        return start
    if ENTRY_ID.fullmatch(start) and ("-" in start or len(start) > len("20251201")):
        return start
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise CommandError.usage(
            f"--from is {start!r}", "allowed: 0, $, a date (2025-12-01, 2025-12-01T08:00+03:00) or an entry id (1764547200000-0)"
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{int(aware.timestamp() * 1_000) - 1}-{2**64 - 1}"  # an id is read from exclusively


def _shown(stream: str, entry_id: str, fields: dict[Any, Any], *, as_json: bool) -> str:
    if as_json:
        return entry_json(entry_id, fields)
    if stream in PUBLIC:
        return entry_line(entry_id, fields)
    sizes = {name.decode(): f"{len(value)} bytes" for name, value in fields.items()}
    return f"{entry_id}  {json.dumps(sizes)}"
