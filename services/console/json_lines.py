"""Reads JSON lines, plain or gzipped, naming the line that is none."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from .exits import CommandError

GZIP_MAGIC = b"\x1f\x8b"


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Each line's object; blank lines are skipped. Raises CommandError naming the line."""
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _object(line, number, path)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError.usage(
            f"cannot read {str(path)!r}: {reason}", "give a .jsonl or .jsonl.gz file, or -"
        ) from None


def _opened(path: Path) -> IO[bytes]:
    if str(path) == "-":
        return sys.stdin.buffer
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP_MAGIC
    return cast("IO[bytes]", gzip.open(path)) if is_gzip else path.open("rb")


def _object(line: bytes, number: int, path: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CommandError.usage(
            f"{path}, line {number}: {error}", "each line must be one JSON object"
        ) from None
    if not isinstance(row, dict):
        raise CommandError.usage(
            f"{path}, line {number}: {type(row).__name__}, not an object", "each line must be one JSON object"
        )
    return row
