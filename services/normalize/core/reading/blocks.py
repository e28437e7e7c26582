"""The blocks of a page and the elements they lie in: what the engine judges. Cutting them out is in walk.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from selectolax.lexbor import LexborNode

BlockKind = Literal[
    "paragraph", "heading", "list_item", "quotation", "caption", "table_cell", "preformatted", "line"
]


UNNUMBERED = -1


class Element:
    """One block-level element on the way from the page's root to a block, with the facts read from it once.

    `own` is the tag with its class attribute, `names` are class, id, role and the like in one string, `shape` is the
    number of its class path, equal for equal paths, `article` that of the `<article>` it lies in (0: none). What an
    element holds stands together: its blocks are those from `first_block` up to `end_block`, its elements those from
    `index` up to `end`. An element that holds no text is never numbered, and its facts are never read.
    """

    __slots__ = ("article", "end", "end_block", "first_block", "hidden", "index", "names", "node", "own", "parent", "shape", "tag")  # fmt: skip

    parent: Element | None
    tag: str
    names: str
    own: str
    index: int
    end: int
    first_block: int
    end_block: int
    shape: int
    hidden: bool
    article: int

    def __init__(self, parent: Element | None, node: LexborNode | None = None) -> None:
        self.parent = parent
        self.node = node
        self.index = UNNUMBERED

    def path(self) -> str:
        """The element's place as people read it: `body>main>div.story>p.lead`."""
        parts: list[str] = []
        element: Element | None = self
        while element is not None:
            parts.append(element.own)
            element = element.parent
        return ">".join(reversed(parts))


def root_element() -> Element:
    """The element that holds the whole page, numbered 0; whoever cuts the blocks sets its ends."""
    root = Element(None)
    root.tag = root.own = "body"
    root.names = ""
    root.index = root.shape = root.article = root.first_block = 0
    root.hidden = False
    root.end = 1
    root.end_block = 0
    return root


@dataclass(slots=True, eq=False)
class PageBlock:
    """A piece of the page's text between two block boundaries, with its place.

    `text` has single blanks; a line break inside it is one of the page's own (`<br>`). `inline_names` are the classes
    of the first inline elements in it, `datetime` the attribute of the first `<time>`; `blank_lines` stand before the
    line in a text dump, `indent` is its indentation.
    """

    index: int
    text: str
    kind: BlockKind
    element: Element
    link_chars: int = 0
    links: int = 0
    inline_names: tuple[str, ...] = ()
    datetime: str | None = None
    blank_lines: int = 0
    indent: int = 0

    @property
    def tag(self) -> str:
        """The tag of the element the text stands in; `body` for a line of a dump."""
        return self.element.tag

    @property
    def classes(self) -> str:
        """Class, id, role and the like of the element and of the inline elements in it, in one string."""
        return " ".join((self.element.names, *self.inline_names)).strip()

    @property
    def path(self) -> str:
        """The place as people read it: `body>main>div.story>p.lead`."""
        return self.element.path()
