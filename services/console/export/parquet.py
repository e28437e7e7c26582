"""Parquet, one row group a page; needs the extra `parquet`."""

from typing import IO

from services.console.exits import CommandError
from services.console.export.columns import NUMBERS, TEXTS, column_of
from services.console.export.events import ExportedEvent


class ParquetTable:
    """A Parquet file with the columns of the CSV table, compressed with zstd."""

    def __init__(self, output: IO[bytes]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as missing:
            raise CommandError(
                "--format parquet needs the extra `parquet`", "pip install 'cleanwire[parquet]'"
            ) from missing
        self._arrow = pyarrow
        kinds = dict.fromkeys(TEXTS, pyarrow.string()) | dict.fromkeys(NUMBERS, pyarrow.int64())
        self._schema = pyarrow.schema(list(kinds.items()))
        self._writer = pyarrow.parquet.ParquetWriter(output, self._schema, compression="zstd")

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page."""
        columns = [
            self._arrow.array(column_of(field.name, events), type=field.type) for field in self._schema
        ]
        self._writer.write_batch(self._arrow.record_batch(columns, schema=self._schema))

    def close(self) -> None:
        """Write the footer: without it the file cannot be read."""
        self._writer.close()
