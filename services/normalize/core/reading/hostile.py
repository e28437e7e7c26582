"""Markup on which the parser would take minutes: its cost grows with the square of nesting and of attributes in a tag."""

import re
from collections.abc import Iterator

import numpy as np

from services.normalize.core.rejections import Rejection

MANY_TAGS = 25_000  # fewer cannot nest deep enough to matter
SHORTEST_TAG = 3  # bytes
MAX_NESTING = 12_000  # the parser takes 0.1 s for 10,000 levels, 100 s for 200,000
MAX_SQUARES = 4e8  # sum over the tags of their attributes squared; the parser takes 1.4 ns for each unit
STRETCH = 5_000  # bytes; shorter tags hold too few attributes to matter on a page of less than LARGE
LARGE = 2_500_000
MANY_VALUES = 20_000  # signs of equality
LONG_TAG = 300  # bytes
TAG_NAME = re.compile(rb"<(/?)([a-z][a-z0-9]*)", re.I)
TAG = re.compile(
    rb"""<(?:(script|style|title|textarea)\b(?:[^<]++|<(?!/\1))*+|[a-z][^\s/>]*+((?:[^"'>]++|"[^"]*+"|'[^']*+')*+))""",
    re.I | re.S,
)
"""A tag's attributes; what stands in a script or the like is none, and is passed over a run without `<` at a time."""
ATTRIBUTE = re.compile(rb"""[^\s/>=]++\s*+(?:=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?""")
UNNESTED = frozenset(
    (
        b"br",
        b"img",
        b"meta",
        b"link",
        b"input",
        b"hr",
        b"source",
        b"wbr",
        b"p",
        b"li",
        b"option",
        b"td",
        b"tr",
        b"th",
    )
)
"""Tags without an end, or closed by the next of their kind."""


def refuse_hostile(source: bytes) -> Rejection | None:
    """A Rejection for markup made to be slow, before it is parsed; `source` is the page in UTF-8.

    What an ordinary page pays is a look at every 5,000th byte; its tags are taken apart only where one is as
    long as that, or where the page is very large or has very many attributes.
    """
    many = len(source) > LARGE or (len(source) > 4 * MANY_VALUES and _count("=", source) > MANY_VALUES)
    tags = (hit[2] or b"" for hit in TAG.finditer(source)) if many else _tags_without_end(source)
    if sum(_attributes(tag) ** 2 for tag in tags if len(tag) > LONG_TAG) > MAX_SQUARES:
        return Rejection("not an article", "tags with thousands of attributes")
    if len(source) < MANY_TAGS * SHORTEST_TAG or _count("<", source) < MANY_TAGS:
        return None
    if _nesting(source) > MAX_NESTING:
        return Rejection("not an article", f"tags nested more than {MAX_NESTING:,} deep")
    return None


def _count(sign: str, source: bytes) -> int:
    """How often an ASCII sign stands in the page; at a fifth of what `count` costs where there are many."""
    return int(np.count_nonzero(np.frombuffer(source, dtype=np.uint8) == ord(sign)))


def _tags_without_end(source: bytes) -> Iterator[bytes]:
    """The tags in which a stretch without `<` begins, down to the next `>`."""
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


def _attributes(tag: bytes) -> int:
    return len(ATTRIBUTE.findall(tag))


def _nesting(source: bytes) -> int:
    depth = deepest = 0
    for end, name in TAG_NAME.findall(source):
        if name.lower() in UNNESTED:
            continue
        depth += -1 if end else 1
        deepest = max(deepest, depth)
    return deepest
