"""Parquet with the message's own fields as typed columns; needs the extra `parquet`."""

import contextlib
import io
from collections.abc import Mapping
from typing import IO, Any

from services.console.exits import CommandError
from services.console.export.events import ExportedEvent
from services.contracts.messages import CleanArticle
from services.contracts.versions import VERSIONS, Schema, schema_of

ROW_GROUP = 4_000  # events: some 20 MB in memory, and few enough groups that the footer stays small
ATTRIBUTES = ("entry_id", "id", "type", "time")
REPEATING = ["type", "outlet", "side", "language", "section", "engine"]
"""Columns worth a dictionary; the texts are each their own."""


class ParquetTable:
    """A Parquet file, compressed with zstd: lists stay lists, an object becomes columns (`published.value`)."""

    def __init__(self, output: IO[bytes]) -> None:
        try:
            import pyarrow
            import pyarrow.json
            import pyarrow.parquet
        except ImportError as missing:
            raise CommandError(
                "--format parquet needs the extra `parquet`", "pip install 'cleanwire[parquet]'"
            ) from missing
        with contextlib.suppress(NotImplementedError):  # 20 MB less than the default, where the wheel has it
            pyarrow.jemalloc_set_decay_ms(0)
            pyarrow.set_memory_pool(pyarrow.jemalloc_memory_pool())
        self._arrow: Any = pyarrow
        self._fields = _message_schema(pyarrow)
        self._pages: list[Any] = []
        self._writer = pyarrow.parquet.ParquetWriter(
            output,
            self._table([]).schema,
            compression="zstd",
            use_dictionary=REPEATING,
            write_statistics=["time", "entry_id"],
        )

    def write(self, events: list[ExportedEvent]) -> None:
        """Append a page; it is written with its row group."""
        if events:
            self._pages.append(self._table(events))
        if sum(page.num_rows for page in self._pages) >= ROW_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write what is left and the footer: without it the file cannot be read."""
        if self._pages:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(self._arrow.concat_tables(self._pages))
        self._pages = []

    def _table(self, events: list[ExportedEvent]) -> Any:
        """The events as a table; Arrow's own parser reads the messages."""
        messages = self._parsed("\n".join(event.fields["data"] for event in events).encode())
        values = zip(*(_attributes_of(event) for event in events), strict=True) if events else [()] * 4
        attributes = [self._arrow.array(column, type=self._arrow.string()) for column in values]
        columns = [*attributes, *messages.columns]
        return self._arrow.table(columns, names=[*ATTRIBUTES, *messages.column_names])

    def _parsed(self, lines: bytes) -> Any:
        if not lines:
            return self._fields.empty_table().flatten()
        json = self._arrow.json
        table = json.read_json(
            io.BytesIO(lines),
            read_options=json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
            parse_options=json.ParseOptions(explicit_schema=self._fields, unexpected_field_behavior="ignore"),
        )
        return table.flatten()


def _attributes_of(event: ExportedEvent) -> tuple[str, str, str, str]:
    return event.entry_id, event.fields["id"], event.fields["type"], event.fields["time"]


def _message_schema(arrow: Any) -> Any:
    """The Arrow schema of a clean article, made from its JSON Schema: a new field is a new column."""
    root = schema_of(next(row for row in VERSIONS if row.model is CleanArticle))
    return arrow.schema([(name, _type_of(arrow, node, root)) for name, node in root["properties"].items()])


def _type_of(arrow: Any, node: Mapping[str, Any], root: Schema) -> Any:
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    if "anyOf" in node:
        return next(_type_of(arrow, branch, root) for branch in node["anyOf"] if branch.get("type") != "null")
    if node["type"] == "object":
        return arrow.struct(
            [(name, _type_of(arrow, part, root)) for name, part in node["properties"].items()]
        )
    if node["type"] == "array":
        return arrow.list_(_type_of(arrow, node["items"], root))
    simple = {"integer": arrow.int64(), "number": arrow.float64(), "boolean": arrow.bool_()}
    return simple.get(node["type"], arrow.string())
