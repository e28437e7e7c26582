"""Markup on which the parser would take minutes: its cost grows with the square of nesting and of attributes in a tag."""

import re
from collections.abc import Sequence

from services.normalize.core.reading.source import PYTHON, SourceLooks
from services.normalize.core.rejections import Rejection

MANY_TAGS = 25_000  # fewer cannot nest deep enough to matter
MAX_NESTING = 12_000  # the parser takes 0.1 s for 10,000 levels, 100 s for 200,000
MAX_SQUARES = 4e8  # sum over the tags of their attributes squared; the parser takes 1.4 ns for each unit
LARGE = 2_500_000
MANY_VALUES = 20_000  # signs of equality
LONG_TAG = 300  # bytes
TAG_NAME = re.compile(rb"<(/?)([a-z][a-z0-9]*)", re.I)
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


def refuse_hostile(source: bytes, looks: SourceLooks = PYTHON) -> Rejection | None:
    """A Rejection for markup made to be slow, before it is parsed; `source` is the page in UTF-8.

    What an ordinary page pays is a count and a look at every 5,000th byte; its tags are taken apart only where one is as
    long as that, or where the page is very large or has very many attributes.
    """
    tag_signs, values = looks.count_signs(source)
    many = len(source) > LARGE or values > MANY_VALUES
    tags = looks.long_tags(source, LONG_TAG) if many else looks.tags_without_end(source)
    if _squares(tags) > MAX_SQUARES:
        return Rejection("not an article", "tags with thousands of attributes")
    if tag_signs >= MANY_TAGS and _nesting(source) > MAX_NESTING:
        return Rejection("not an article", f"tags nested more than {MAX_NESTING:,} deep")
    return None


def _squares(tags: Sequence[bytes]) -> int:
    """The sum over the long tags of their attributes squared; only where as many as their bytes allow would matter are they counted."""
    long = [tag for tag in tags if len(tag) > LONG_TAG]
    most = sum((len(tag) // 2 + 1) ** 2 for tag in long)
    return sum(len(ATTRIBUTE.findall(tag)) ** 2 for tag in long) if most > MAX_SQUARES else most


def _nesting(source: bytes) -> int:
    depth = deepest = 0
    for end, name in TAG_NAME.findall(source):
        if name.lower() in UNNESTED:
            continue
        depth += -1 if end else 1
        deepest = max(deepest, depth)
    return deepest
