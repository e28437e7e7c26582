"""From features to the ledger, compiled; what it does is told in _verdicts.c."""

from typing import Any

from services.normalize.core.reading.blocks import PageBlock

EDITION: int

def bind(block: type[PageBlock], /) -> None: ...
def sum_trees(
    rows: Any, features: Any, thresholds: Any, asked: Any, values: Any, candidates: int, depth: int, /
) -> bytearray: ...
def after_junk_heading(
    blocks: Any, elements: Any, junk_headings: Any, texts: list[str], keys: list[str], /
) -> bytearray: ...
def reasons_of_cuts(
    blocks: Any,
    words: Any,
    after_junk: Any,
    elements: Any,
    junk_headings: Any,
    bits: Any,
    telling: int,
    navigation: int,
    /,
) -> bytes: ...
def judged_blocks(
    judged: type[Any],
    blocks: tuple[PageBlock, ...],
    kept: list[bool],
    said: list[str],
    why: list[str],
    rules: list[str],
    scores: list[float | None],
    /,
) -> list[Any]: ...
def lines_of(judged: tuple[Any, ...], keys: tuple[str, ...], /) -> tuple[dict[str, Any], ...]: ...
def begin_again(texts: list[str], shortest: int, /) -> list[int]: ...
