"""The lines of a plain-text page as blocks of the same type as a page's; everything after them is shared."""

import re

from services.normalize.core.reading.blocks import BlockKind, Element, PageBlock, root_element
from services.normalize.core.reading.line_marks import (
    without_link_numbers,
    without_link_targets,
    without_quote_marks,
)
from services.normalize.core.reading.wrapping import unwrapped

BULLET = re.compile(r"^(?:[*•·▪◦‣∙+>–—-]|\d{1,2}[.)])\s+(?=\S)")
MAX_LINES = 20_000  # the rest is taken as one last block
MAX_LINE = 100_000  # characters; a longer line is cut into blocks of this length


def blocks_of_lines(text: str) -> tuple[list[Element], list[PageBlock]]:
    """One block a line, `blank_lines` before it counted, a list mark noted as the kind and left in place.

    A text that was broken at a fixed width gives a block for each of its paragraphs.
    """
    root = root_element()
    blocks: list[PageBlock] = []
    blank = 0
    for line in _lines(text):
        stripped = " ".join(line.split())
        if not stripped:
            blank += 1
            continue
        indent = len(line) - len(line.lstrip())
        kind: BlockKind = "list_item" if BULLET.match(stripped) else "line"
        blocks.append(PageBlock(len(blocks), stripped, kind, root, blank_lines=blank, indent=indent))
        blank = 0
    root.end_block = len(blocks)
    return [root], blocks


def _lines(text: str) -> list[str]:
    lines = without_link_targets(text).splitlines()
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = [" ".join(lines[MAX_LINES:])]
    whole = without_link_numbers(unwrapped(without_quote_marks(lines)))
    return [line[at : at + MAX_LINE] for line in whole for at in range(0, max(1, len(line)), MAX_LINE)]
