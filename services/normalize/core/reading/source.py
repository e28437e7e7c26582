"""What is looked for in a page's bytes before anything is decoded or parsed."""

from collections.abc import Callable
from dataclasses import dataclass

CONTROLS = bytes((*range(9), *range(14, 32), 127))


@dataclass(frozen=True, slots=True)
class SourceLooks:
    """The looks at a page's bytes by one hand: those below, or _source.c's."""

    is_utf8: Callable[[bytes], bool]
    count_controls: Callable[[bytes], int]


def is_utf8(page: bytes) -> bool:
    """Whether the bytes are UTF-8, half surrogate pairs none."""
    try:
        page.decode()
    except UnicodeDecodeError:
        return False
    return True


def count_controls(text: bytes) -> int:
    """How many control characters there are, blanks not counted."""
    return len(text) - len(text.translate(None, CONTROLS))


PYTHON = SourceLooks(is_utf8, count_controls)
