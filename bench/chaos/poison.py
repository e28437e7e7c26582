"""What a poison page carries, and the library fault it meets: installed in the processes of a chaos run, nowhere else."""

import os
import signal
from typing import Any

import zstandard

from .plan import POISONS

MARK = "poison of this run: {kind}"
_MARKS = {MARK.format(kind=kind).encode(): kind for kind in POISONS}
HEAD_BYTES = 400  # the mark stands at the head of its page
GULP_BYTES = 64 * 1024 * 1024


class LibraryFault(Exception):
    """What a bug in a library looks like from our code."""


class _FaultyReader:
    """A decompressed page that does harm to whoever reads it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __enter__(self) -> "_FaultyReader":
        self._reader.__enter__()
        return self

    def __exit__(self, *reason: Any) -> Any:
        return self._reader.__exit__(*reason)

    def read(self, size: int) -> bytes:
        return _harmful(self._reader.read(size))


def install_faults() -> None:
    """From now on the decompressing library of this process fails on poison pages."""
    stock = zstandard.ZstdDecompressor

    class FaultyDecompressor:
        def __init__(self, **options: Any) -> None:
            self._stock = stock(**options)

        def stream_reader(self, packed: bytes) -> _FaultyReader:
            return _FaultyReader(self._stock.stream_reader(packed))

        def decompress(self, packed: bytes) -> bytes:
            return _harmful(self._stock.decompress(packed))

    zstandard.ZstdDecompressor = FaultyDecompressor  # type: ignore[misc,assignment]


def _harmful(page: bytes) -> bytes:
    """The page, unless it is poison."""
    _harm(next((kind for mark, kind in _MARKS.items() if mark in page[:HEAD_BYTES]), None))
    return page


def _harm(kind: str | None) -> None:
    if kind == "raise":
        raise LibraryFault("a bug that this page always meets")
    if kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "eat":
        hoard = []
        while True:  # until the address space is used up: MemoryError
            hoard.append(b"\x01" * GULP_BYTES)
