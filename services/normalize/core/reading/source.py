"""What is looked for in a page's bytes before anything is decoded or parsed. How much of it is too much is in hostile.py."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CONTROLS = bytes((*range(9), *range(14, 32), 127))
HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
REPLACEMENT = "\ufffd".encode()
STRETCH = 5_000  # bytes; shorter tags hold too few attributes to matter on a page of less than LARGE
TAG = re.compile(
    rb"""<(?:(script|style|title|textarea)\b(?:[^<]++|<(?!/\1))*+|[a-z][^\s/>]*+((?:[^"'>]++|"[^"]*+"|'[^']*+')*+))""",
    re.I | re.S,
)
"""A tag's attributes; what stands in a script or the like is none, and is passed over a run without `<` at a time."""


@dataclass(frozen=True, slots=True)
class SourceLooks:
    """The looks at a page's bytes by one hand: those below, or _source.c's."""

    is_utf8: Callable[[bytes], bool]
    holds_controls: Callable[[bytes], bool]
    count_odd: Callable[[bytes], int]
    count_signs: Callable[[bytes], tuple[int, int]]
    long_tags: Callable[[bytes, int], list[bytes]]
    tags_without_end: Callable[[bytes], list[bytes]]


def is_utf8(page: bytes) -> bool:
    """Whether the bytes are UTF-8, half surrogate pairs none."""
    try:
        page.decode()
    except UnicodeDecodeError:
        return False
    return True


def holds_controls(page: bytes) -> bool:
    """Whether one of the control characters U+0080 to U+009F, which no text has, stands in a page in UTF-8."""
    return HIGH_CONTROL.search(page) is not None


def count_odd(text: bytes) -> int:
    """How many control characters other than blanks, and marks of what could not be decoded, there are."""
    return text.count(REPLACEMENT) + len(text) - len(text.translate(None, CONTROLS))


def count_signs(source: bytes) -> tuple[int, int]:
    """How often `<` and `=` stand in the page."""
    return source.count(b"<"), source.count(b"=")


def long_tags(source: bytes, longest: int) -> list[bytes]:
    """What stands behind their names in the tags where that is more than `longest` bytes."""
    found = (hit[2] or b"" for hit in TAG.finditer(source))
    return [tag for tag in found if len(tag) > longest]


def tags_without_end(source: bytes) -> list[bytes]:
    """The tags in which a stretch of 5,000 bytes without `<` begins, down to the next `>`."""
    return [*_tags_without_end(source)]


def _tags_without_end(source: bytes) -> Iterator[bytes]:
    at = searched = 0
    while at < len(source) - STRETCH:
        if source.find(b"<", at, at + STRETCH) >= 0:
            at += STRETCH
            continue
        start, searched = source.rfind(b"<", searched, at), at
        end = source.find(b">", at)
        end = end if end >= 0 else len(source)
        if start >= 0 and source[start + 1 : start + 2].isalpha() and source.find(b">", start, at) < 0:
            yield source[start + 1 : end]
        at = max(end, at + STRETCH)


PYTHON = SourceLooks(is_utf8, holds_controls, count_odd, count_signs, long_tags, tags_without_end)
