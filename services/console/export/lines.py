"""JSONL and CSV: one event a line."""

import csv
import io
import json
from typing import IO

from services.console.export.columns import COLUMNS, row_of
from services.console.export.events import ExportedEvent

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class JsonLines:
    """Each line is the entry as `cleanwire tail --json` prints it: the attributes, `entryid`, and `data` opened."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page. `data` is JSON already and goes out as it is."""
        self._output.write("".join(_json_line(event) for event in events).encode())

    def close(self) -> None:
        """Nothing is left to write."""


class CsvTable:
    """A table with a head row. A cell that a spreadsheet would run as a formula gets an apostrophe before it."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._rows = io.StringIO(newline="")
        self._writer = csv.DictWriter(self._rows, list(COLUMNS))
        self._writer.writeheader()

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page."""
        for event in events:
            self._writer.writerow({name: _harmless(cell) for name, cell in row_of(event).items()})
        self.close()

    def close(self) -> None:
        """Write what is left: the head row, where there were no events."""
        self._output.write(self._rows.getvalue().encode())
        self._rows.seek(0)
        self._rows.truncate()


def _json_line(event: ExportedEvent) -> str:
    attributes = {name: value for name, value in event.fields.items() if name != "data"}
    head = json.dumps(attributes | {"entryid": event.entry_id}, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-1]},"data":{event.fields["data"]}}}\n'


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
