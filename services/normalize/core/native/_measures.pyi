"""The compiled counting; what it does is told in _measures.c."""

from collections.abc import Sequence
from typing import Any

from services.normalize.core.reading.blocks import Element, PageBlock

EDITION: int

def bind(words: dict[str, int], element: type[Element], block: type[PageBlock], /) -> None: ...
def measure_blocks(blocks: Sequence[PageBlock], counted: bytes, marked: bytes, /) -> bytearray: ...
def measure_elements(
    elements: Sequence[Element], bits_of_tag: dict[str, int], article_body: int, /
) -> bytearray: ...
def from_above(parents: Any, carried: Any, /) -> bytearray: ...
