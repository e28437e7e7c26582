"""What was compiled to read and judge a page: loaded, held against its edition and the parser, handed on as Python calls it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from types import ModuleType
from typing import Any

import numpy as np
import selectolax
import selectolax.lexbor
from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.normalize.core.reading.blocks import Element, PageBlock, root_element
from services.normalize.core.reading.head import Head, read_head
from services.normalize.core.reading.measures import (
    BLOCK_ROWS,
    BLOCK_SHARES,
    ELEMENT_ROWS,
    ELEMENT_SUMS,
    Counting,
    Rows,
)
from services.normalize.core.reading.parse import parse_otherwise
from services.normalize.core.reading.source import SourceLooks
from services.normalize.core.reading.tags import BLOCK, KIND_OF_TAG, ROLE_OF_NUMBER
from services.normalize.core.reading.texts import SAID_ROWS, Groups, Said, TextReading, text_key
from services.normalize.core.reading.walk import (
    LONG_LINK,
    MAX_BLOCKS,
    MAX_DEPTH,
    Walked,
    cut_blocks,
    walk_once,
)
from services.normalize.core.words.class_words import MASK_OF_WORD
from services.normalize.core.words.containers import ARTICLE_BODY, OTHER_TAG, READING_OF_TAG
from services.normalize.core.words.letters import COUNT_TABLE, MARK_TABLE
from services.normalize.core.words.phrases import BEGINNINGS

_walk: ModuleType | None
_measures: ModuleType | None
_features: ModuleType | None
_texts: ModuleType | None
_source: ModuleType | None
_verdicts: ModuleType | None
_parse: ModuleType | None
try:
    from services.normalize.core.native import _features, _measures, _parse, _source, _texts, _verdicts, _walk
except ImportError:
    _features = _measures = _parse = _source = _texts = _verdicts = _walk = None

EDITIONS = (2, 4, 5, 2, 3, 3, 1)
"""Those of _walk.c, _measures.c, _features.c, _texts.c, _source.c, _verdicts.c and _parse.c; each rises with its file's face, so that what older sources made is not taken."""

PARSER = "1.0.2"  # the selectolax whose library _walk.c was written for
NUMBERS = 256
DOCUMENT = 3  # lexbor's number of the node above the root
PROOF = "text that proves the layout: ąž中"
KNOWN_PAGE = f"<div class=a>{PROOF}<p id=b>two <a href=/>links</a><br>lines</div>"
NOT_BUILT = "not built: no C compiler or no Python headers when cleanwire was installed"

OF_ELEMENT = attrgetter(*(slot for slot in Element.__slots__ if slot not in ("node", "parent")))
OF_BLOCK = attrgetter(*(slot for slot in PageBlock.__slots__ if slot != "element"))


PageFeatures = Callable[..., bytearray]
SecondFeatures = Callable[[dict[str, Any]], bytearray]
"""What compiled_features.py and compiled_context.py hand their arrays to."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What _verdicts.c does for trees, reasons, ledger and a rule; boosted_trees, facts, reasons, keep, ledger and repeats hand it what it asks for."""

    sum_trees: Callable[..., bytearray]
    after_junk_heading: Callable[..., bytearray]
    reasons_of_cuts: Callable[..., bytes]
    judged_blocks: Callable[..., list[Any]]
    lines_of: Callable[..., tuple[Any, ...]]
    begin_again: Callable[[list[str], int], list[int]]


def looks_in_c() -> SourceLooks:
    """The looks at a page's bytes."""
    assert _source is not None
    return SourceLooks(
        _source.is_utf8,
        _source.holds_controls,
        _source.count_odd,
        _source.count_signs,
        _source.long_tags,
        _source.tags_without_end,
    )


def reason_against() -> str:
    """Why the compiled parts cannot be used; empty if they can: they are built from these sources and fit the parser."""
    files = (_walk, _measures, _features, _texts, _source, _verdicts, _parse)
    if None in files:
        return NOT_BUILT
    if tuple(one.EDITION for one in files if one is not None) != EDITIONS:
        return "built from other sources than these: install cleanwire again"
    if selectolax.__version__ != PARSER:
        return f"made for selectolax {PARSER}, not {selectolax.__version__}"
    try:
        _bind()
    except (ImportError, TypeError, ValueError) as odd:
        return f"does not fit this selectolax: {odd}"
    return "" if _reads_the_known_page() else "reads a known page otherwise than Python"


def _bind() -> None:
    """Tell the compiled walk the parser's library, the house's classes and its bounds."""
    assert _walk is not None
    assert _measures is not None
    assert _texts is not None
    assert _verdicts is not None
    assert _parse is not None
    _texts.bind(BEGINNINGS)
    _verdicts.bind(PageBlock)
    _measures.bind(MASK_OF_WORD, Element, PageBlock)
    tree = LexborHTMLParser(f"<p>{PROOF}")
    paragraph = tree.css_first("p")
    proof = paragraph.first_child if paragraph is not None else None
    _walk.bind(
        selectolax.lexbor.__file__,
        proof.mem_id if proof is not None else 0,
        PROOF.encode(),
        Element,
        PageBlock,
        bytes(ROLE_OF_NUMBER.get(number, BLOCK) for number in range(NUMBERS)),
        {tree.create_node(tag).tag_id: kind for tag, kind in KIND_OF_TAG.items()},
        tree.create_node("article").tag_id,
        MAX_DEPTH,
        MAX_BLOCKS,
        LONG_LINK,
        tuple(tree.create_node(tag).tag_id for tag in ("title", "link", "meta", "script")),
    )
    passed_over = tuple(
        tree.create_node(tag).tag_id for tag in ("script", "style", "svg", "math", "figcaption")
    )
    _parse.bind(selectolax.lexbor.__file__, (DOCUMENT, *passed_over))


def _reads_the_known_page() -> bool:
    tree = LexborHTMLParser(KNOWN_PAGE)
    return said_by(cut_blocks(tree, walk_once_in_c)) == said_by(cut_blocks(tree, walk_once))


def said_by(walked: Walked) -> tuple[list[object], list[object]]:
    """All that a walk found, as plain values to compare: a row an element, a row a block."""
    elements, blocks = walked
    parents = [one.parent.index if one.parent is not None else None for one in elements]
    places = [one.element.index for one in blocks]
    return [*zip(map(OF_ELEMENT, elements), parents, strict=True)], [
        *zip(map(OF_BLOCK, blocks), places, strict=True)
    ]


def parse_page_in_c(source: bytes) -> LexborHTMLParser:
    """As `parse_page`."""
    assert _parse is not None
    return parse_otherwise(source, _parse.parse)


def walk_once_in_c(body: LexborNode, long_links: set[int]) -> Walked:
    """One compiled walk; the caller's `body` keeps the tree alive."""
    assert _walk is not None
    found: Walked = _walk.cut(body.mem_id, root_element(), long_links)
    return found


def read_head_in_c(tree: LexborHTMLParser) -> Head:
    """As `read_head`, which is asked where a title or script holds more than one text."""
    assert _walk is not None
    root = tree.root
    found = _walk.head(root.mem_id) if root is not None else None
    return Head(*found) if found is not None else read_head(tree)


def _measure_blocks(blocks: Sequence[PageBlock]) -> Rows:
    assert _measures is not None
    return _rows(_measures.measure_blocks(blocks, COUNT_TABLE, MARK_TABLE), BLOCK_ROWS, len(BLOCK_SHARES))


def _measure_elements(elements: Sequence[Element], blocks: Rows, negative: int) -> Rows:
    assert _measures is not None
    chars, prose, linked = blocks["chars"], blocks["prose"], blocks["link_chars"]
    found = _measures.measure_elements(
        elements, chars, prose, linked, READING_OF_TAG, OTHER_TAG, ARTICLE_BODY, negative
    )
    return _rows(found, ELEMENT_ROWS, len(ELEMENT_SUMS))


def _keys_of(texts: list[str]) -> tuple[list[str], Any]:
    assert _texts is not None
    keys, begins = _texts.keys_of(texts)
    return keys, np.frombuffer(begins, np.int64)


def _find_words(texts: list[str], groups: Groups, own: frozenset[bytes]) -> Any:
    assert _texts is not None
    return np.frombuffer(_texts.find_words(texts, groups, own), np.int64).reshape(2 + len(groups), -1)


def _said_by_head(keys: list[str], sizes: Any, judged: Any, head: Said) -> Any:
    assert _texts is not None
    found = _texts.said_by_head(keys, sizes, judged, *head, text_key)
    return np.frombuffer(found, np.int64).reshape(len(SAID_ROWS), -1)


def _rows(buffer: bytearray, names: Sequence[str], floats: int) -> Rows:
    """The rows by their names; the last ones are floats."""
    whole = np.frombuffer(buffer, np.int64).reshape(len(names), -1)
    rows = Rows(zip(names, whole, strict=True))
    rows.whole = whole
    rows.update(zip(names[-floats:], whole[-floats:].view(np.float64), strict=True))
    return rows


def first_features_in_c(*arrays: Any) -> bytearray:
    """The first pass's features; compiled_features.py names the arrays."""
    assert _features is not None
    found: bytearray = _features.first_features(*arrays)
    return found


def second_features_in_c(arrays: dict[str, Any]) -> bytearray:
    """The second pass's features; compiled_context.py names the arrays."""
    assert _features is not None
    found: bytearray = _features.second_features(arrays)
    return found


def second_features_of_page_in_c(*arrays: Any) -> bytearray:
    """The same of a page whose first features are arrays already."""
    assert _features is not None
    found: bytearray = _features.second_features_of_page(*arrays)
    return found


def verdicts_in_c() -> Verdicts:
    """What _verdicts.c does."""
    assert _verdicts is not None
    return Verdicts(
        _verdicts.sum_trees,
        _verdicts.after_junk_heading,
        _verdicts.reasons_of_cuts,
        _verdicts.judged_blocks,
        _verdicts.lines_of,
        _verdicts.begin_again,
    )


COUNTING_IN_C = Counting(_measure_blocks, _measure_elements)
TEXTS_IN_C = TextReading(_keys_of, _find_words, _said_by_head)
