"""One walk over the parsed page that cuts its text into blocks; no text stands in two of them, none is lost."""

from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.normalize.core.reading.blocks import UNNUMBERED, Element, PageBlock, root_element
from services.normalize.core.reading.node_reading import kind_around, read_node
from services.normalize.core.reading.tags import (
    BLOCK,
    BREAK,
    INLINE,
    KIND_OF_TAG,
    LINK,
    NAMED_INLINE,
    ROLE_OF_NUMBER,
    SKIPPED,
    TEXT,
)

MAX_DEPTH = 250  # deeper text is taken whole as one block: a page that deep is broken or hostile
MAX_BLOCKS = 6_000  # several times the largest real page seen; what follows is taken whole as one last block
LONG_LINK = 1_500  # bytes of UTF-8, for a Chinese letter says more; a link that long is an <a> around the body, not a teaser
MAX_WALKS = 3  # each but the first because the one before it met long links; they may hold others
BREAK_MARK = "\n\x00"  # no page has a NUL

Walked = tuple[list[Element], list[PageBlock]]
WalkOnce = Callable[[LexborNode, set[int]], Walked]
"""One walk below a page's body, given the links known to be too long; _walk.c holds another than the one here."""


def cut_blocks(tree: LexborHTMLParser, walk: WalkOnce | None = None) -> Walked:
    """Elements in document order (the root first) and the blocks of the page's body; `walk` is Python's if none is given."""
    body = tree.body or tree.root
    if body is None:
        return [root_element()], []
    long_links: set[int] = set()
    for _ in range(MAX_WALKS):
        known = len(long_links)
        walked = (walk or walk_once)(body, long_links)
        if len(long_links) == known:
            break
    return walked


def walk_once(body: LexborNode, long_links: set[int]) -> Walked:
    """One walk below `body`, which takes no `<a>` of `long_links` for a link and adds those that prove too long."""
    walk = _Walk(long_links)
    walk.whole(body)
    return walk.elements, walk.blocks


class _Walk:
    """The state of the walk: what has been cut, and the text gathered since the last block boundary.

    `long_links` are the nodes of `<a>` elements that turned out to hold too much to be links; those found on this walk
    are added.
    """

    __slots__ = ("articles", "blocks", "breaks", "broken", "datetime", "elements", "inline_names", "link_chars", "linked",
                 "links", "long_links", "long_links_known", "parts", "root", "shapes")  # fmt: skip

    def __init__(self, long_links: set[int]) -> None:
        self.root = root_element()
        self.elements = [self.root]
        self.blocks: list[PageBlock] = []
        self.parts: list[str] = []
        self.inline_names: list[str] = []
        self.datetime: str | None = None
        self.link_chars = self.links = self.breaks = self.articles = self.linked = 0
        self.broken = False
        self.shapes: dict[tuple[int, str], int] = {}
        self.long_links, self.long_links_known = long_links, len(long_links)

    def whole(self, body: LexborNode) -> None:
        """Walk the page's body; afterwards `elements` and `blocks` are complete."""
        first = body.first_child
        if first is not None:
            self.into(first, self.root, False, 0)
        self.flush(self.root, last=True)
        self.root.end, self.root.end_block = len(self.elements), len(self.blocks)

    def into(self, child: LexborNode | None, element: Element, in_link: bool, depth: int) -> None:
        """Take `child` and the nodes after it, whose nearest block-level element is `element`."""
        if depth > MAX_DEPTH:
            self._take_whole(child)
            return
        parts = self.parts
        while child is not None:
            role = ROLE_OF_NUMBER.get(child.tag_id, BLOCK)
            if role == TEXT:
                text = child.text_content or ""
                if (parts or not text.isspace()) and (not self.breaks or self._after_break(text, element)):
                    parts.append(text)
                    if in_link:
                        self.link_chars += len(text)
                        self.linked += len(text.encode("utf-8", "replace"))
            elif role == BLOCK:
                if parts:
                    self.flush(element)
                first = child.first_child
                if first is not None:
                    self._block_level(Element(element, child), first, in_link, depth)
            elif role >= INLINE:
                first = child.first_child
                if role == BREAK:
                    self.breaks += 1
                    self.broken = True
                    parts.append(BREAK_MARK)
                elif first is None:
                    pass
                elif role == INLINE:
                    self.into(first, element, in_link, depth + 1)
                else:
                    self._telling(child, first, role, element, in_link, depth)
            child = child.next

    def _after_break(self, text: str, element: Element) -> bool:
        """Whether the text after `<br>` counts; two breaks in a row end the block."""
        if text.isspace():
            return False
        if self.breaks >= 2:
            self.flush(element)
        self.breaks = 0
        return True

    def _telling(
        self, node: LexborNode, first: LexborNode, role: int, element: Element, in_link: bool, depth: int
    ) -> None:
        """An inline element whose attributes tell something of the text in it: a link, a span, a time."""
        if not self.parts:
            self.parts.append("")  # what it tells ends with its block, though it hold no text
        if role == NAMED_INLINE:
            self._note(node.attributes)
        if role != LINK or in_link or not self._is_link(node):
            self.into(first, element, in_link, depth + 1)
            return
        self.links += 1
        before = self.linked
        self.into(first, element, True, depth + 1)
        if self.linked - before >= LONG_LINK:
            self.long_links.add(node.mem_id)

    def _is_link(self, node: LexborNode) -> bool:
        return "href" in node.attributes and not (self.long_links_known and node.mem_id in self.long_links)

    def _note(self, attributes: dict[str, str | None]) -> None:
        """Keep what an inline element tells of the text in it."""
        names = attributes.get("class")
        if names and len(self.inline_names) < 3:
            self.inline_names.append(names)
        if self.datetime is None and "datetime" in attributes:
            self.datetime = attributes["datetime"]

    def _block_level(self, element: Element, first: LexborNode, in_link: bool, depth: int) -> None:
        self.into(first, element, in_link, depth + 1)
        if self.parts:
            self.flush(element)
        if element.index != UNNUMBERED:
            element.end, element.end_block = len(self.elements), len(self.blocks)

    def _take_whole(self, node: LexborNode | None) -> None:
        """The text of the nodes from here on without cutting it; scripts are left out as everywhere."""
        while node is not None:
            for below in node.traverse(include_text=True):
                if ROLE_OF_NUMBER.get(below.tag_id) == TEXT and (
                    below.parent is None or below.parent.tag not in SKIPPED
                ):
                    self.parts += (below.text_content or "", " ")
            node = node.next

    def flush(self, element: Element, *, last: bool = False) -> None:
        """End the block: what was gathered becomes one, if it holds any text."""
        if len(self.blocks) >= MAX_BLOCKS and not last:
            self.parts.append(" ")
            return
        text = "".join(self.parts)
        text = _lines_of(text) if self.broken else " ".join(text.split())
        if text:
            if element.index == UNNUMBERED:
                self._number(element)
            self.blocks.append(self._block(text, element))
        self.parts.clear()
        self.inline_names.clear()
        self.datetime = None
        self.link_chars = self.links = self.breaks = 0
        self.broken = False

    def _block(self, text: str, element: Element) -> PageBlock:
        kind = KIND_OF_TAG.get(element.tag) or kind_around(element)
        link_chars = min(self.link_chars, len(text)) if self.link_chars else 0
        return PageBlock(
            len(self.blocks),
            text,
            kind,
            element,
            link_chars,
            self.links,
            tuple(self.inline_names),
            self.datetime,
        )

    def _number(self, element: Element) -> None:
        """Number the element and those around it: they hold text. Parents come before their children."""
        parent = element.parent or self.root
        if parent.index == UNNUMBERED:
            self._number(parent)
        own = read_node(element, parent)
        element.article = parent.article
        if element.tag == "article":
            self.articles += 1
            element.article = self.articles
        element.shape = self.shapes.setdefault((parent.shape, own), len(self.shapes) + 1)
        element.index, element.first_block = len(self.elements), len(self.blocks)
        self.elements.append(element)


def _lines_of(text: str) -> str:
    """A line for each break of the page's own, each with single blanks."""
    return "\n".join(line for line in (" ".join(one.split()) for one in text.split(BREAK_MARK)) if line)
