"""One export: events from the archive through a writer to a file, with a progress bar for people."""

import sys
from collections.abc import Callable
from typing import IO, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.console.exits import CommandError
from services.console.export.events import PAGE, ExportedEvent, Wanted, count_events, exported_events
from services.console.export.lines import CsvTable, JsonLines
from services.console.export.parquet import ParquetTable
from services.console.export.rss import RssFeed
from services.store.database.opening import Database


class Writer(Protocol):
    """Takes pages of events; `close` writes what a format needs at its end."""

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page."""
        ...

    def close(self) -> None:
        """End the output."""
        ...


FORMATS: dict[str, Callable[[IO[bytes]], Writer]] = {
    "jsonl": JsonLines,
    "csv": CsvTable,
    "rss": RssFeed,
    "parquet": ParquetTable,
}


def writer_of(name: str, output: IO[bytes]) -> Writer:
    """The writer of a format. Raises CommandError naming the formats there are."""
    if name not in FORMATS:
        raise CommandError.usage(f"unknown format {name!r}", f"formats: {', '.join(FORMATS)}")
    if name == "parquet" and output.isatty():
        raise CommandError.usage("Parquet is binary and this is a terminal", "add --output FILE")
    return FORMATS[name](output)


async def export_events(database: Database, wanted: Wanted, writer: Writer, *, limit: int = 0) -> int:
    """Write the wanted events, at most `limit` of them (0: all); returns how many."""
    written = 0
    with _bar() as bar:
        task = bar.add_task("export", total=None if bar.disable else await count_events(database, wanted))
        async for events in exported_events(database, wanted):
            page = events[: limit - written] if limit else events
            writer.write(page)
            written += len(page)
            bar.update(task, advance=PAGE)
            if limit and written >= limit:
                break
    writer.close()
    return written


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
