"""Which walk cuts pages into blocks: the compiled one where it was built and fits the parser, else walk.py's own."""

from dataclasses import dataclass
from operator import attrgetter
from types import ModuleType

import selectolax
import selectolax.lexbor
from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.normalize.core.blocks import Element, PageBlock, root_element
from services.normalize.core.tags import BLOCK, KIND_OF_TAG, ROLE_OF_NUMBER
from services.normalize.core.walk import (
    LONG_LINK,
    MAX_BLOCKS,
    MAX_DEPTH,
    Walked,
    WalkOnce,
    cut_blocks,
    walk_once,
)

_walk: ModuleType | None
try:
    from services.normalize.core import _walk
except ImportError:
    _walk = None

EDITION = 1  # rises with _walk.c's, so that one built from older sources is not taken
PARSER = "1.0.2"  # the selectolax whose library _walk.c was written for
NUMBERS = 256
PROOF = "text that proves the layout: ąž中"
KNOWN_PAGE = f"<div class=a>{PROOF}<p id=b>two <a href=/>links</a><br>lines</div>"
NOT_BUILT = "not built: no C compiler or no Python headers when cleanwire was installed"

OF_ELEMENT = attrgetter(*(slot for slot in Element.__slots__ if slot not in ("node", "parent")))
OF_BLOCK = attrgetter(*(slot for slot in PageBlock.__slots__ if slot != "element"))


@dataclass(frozen=True, slots=True)
class Reader:
    """A walk with its name, `compiled` or `python`; `why_not` says why it is not the compiled one."""

    name: str
    walk_once: WalkOnce
    why_not: str = ""

    def cut_blocks(self, tree: LexborHTMLParser) -> Walked:
        """The page's elements and blocks, as `walk.cut_blocks`."""
        return cut_blocks(tree, self.walk_once)


def choose_reader(*, compiled: bool = True) -> Reader:
    """The compiled reader if it is wanted, built and fits the installed parser; else Python's, with the reason."""
    reason = _reason_against() if compiled else "switched off"
    return Reader("python", walk_once, reason) if reason else Reader("compiled", _walk_once)


def _reason_against() -> str:
    if _walk is None:
        return NOT_BUILT
    if _walk.EDITION != EDITION:
        return f"built from other sources (edition {_walk.EDITION}, not {EDITION}): install cleanwire again"
    if selectolax.__version__ != PARSER:
        return f"made for selectolax {PARSER}, not {selectolax.__version__}"
    try:
        _bind()
    except ImportError as odd:
        return f"does not fit this selectolax: {odd}"
    return "" if _reads_the_known_page() else "reads a known page otherwise than Python"


def _bind() -> None:
    """Tell the compiled walk the parser's library, the house's classes and its bounds."""
    assert _walk is not None
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
    )


def _reads_the_known_page() -> bool:
    tree = LexborHTMLParser(KNOWN_PAGE)
    return said_by(cut_blocks(tree, _walk_once)) == said_by(cut_blocks(tree, walk_once))


def said_by(walked: Walked) -> tuple[list[object], list[object]]:
    """All that a walk found, as plain values to compare: a row an element, a row a block."""
    elements, blocks = walked
    parents = [one.parent.index if one.parent is not None else None for one in elements]
    places = [one.element.index for one in blocks]
    return [*zip(map(OF_ELEMENT, elements), parents, strict=True)], [
        *zip(map(OF_BLOCK, blocks), places, strict=True)
    ]


def _walk_once(body: LexborNode, long_links: set[int]) -> Walked:
    """One compiled walk; the caller's `body` keeps the tree alive."""
    assert _walk is not None
    found: Walked = _walk.cut(body.mem_id, root_element(), long_links)
    return found


SHIPPED = choose_reader()
"""What reads pages unless something else is asked for; chosen once."""
