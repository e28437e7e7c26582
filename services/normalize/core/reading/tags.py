"""What each HTML tag means for cutting a page into blocks: which are inline, which hold no text, which name a kind."""

from selectolax.lexbor import LexborHTMLParser

from services.normalize.core.reading.blocks import BlockKind

SKIPPED_TAGS = (
    "script style noscript iframe svg template select option button textarea object video audio canvas map math "
    "input source img wbr link meta head title"
)
SKIPPED = frozenset(SKIPPED_TAGS.split())
INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr picture q rb rp rt ruby s "
    "samp small span strike strong sub sup time tt u var"
)
KIND_OF_TAG: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("td", "th"), "table_cell"),
    "blockquote": "quotation",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "preformatted",
}

NOTHING, TEXT, BLOCK, INLINE, LINK, NAMED_INLINE, BREAK = range(7)
"""The roles of a node: no text; text; block-level; inline; `<a>`; inline with telling attributes; `<br>`."""

_ROLES = {
    **dict.fromkeys(SKIPPED, NOTHING),
    **dict.fromkeys(INLINE_TAGS.split(), INLINE),
    "a": LINK,
    "span": NAMED_INLINE,
    "time": NAMED_INLINE,
    "br": BREAK,
}
_NO_ELEMENTS = {1: NOTHING, 2: TEXT, 3: NOTHING, 4: NOTHING, 5: NOTHING}
"""lexbor's numbers for the end of the file, text, the document, comments, the document type."""


def _roles_by_number() -> dict[int, int]:
    tree = LexborHTMLParser("")
    return _NO_ELEMENTS | {tree.create_node(tag).tag_id: role for tag, role in _ROLES.items()}


ROLE_OF_NUMBER = _roles_by_number()
"""The parser's number of a tag → its role; a tag that is not here is block-level."""
