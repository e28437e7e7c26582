"""The compiled counting; what it does is told in _measures.c."""

from collections.abc import Sequence
from typing import Any

from services.normalize.core.reading.blocks import Element, PageBlock

EDITION: int

def bind(words: dict[str, int], element: type[Element], block: type[PageBlock], /) -> None: ...
def measure_blocks(blocks: Sequence[PageBlock], counted: bytes, marked: bytes, /) -> bytearray: ...
def measure_elements(
    elements: Sequence[Element],
    chars: Any,
    prose: Any,
    link_chars: Any,
    readings: dict[str, int],
    other_tag: int,
    article_body: int,
    negative: int,
    /,
) -> bytearray: ...
